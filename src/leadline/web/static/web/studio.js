// The ruleset editor: line numbers beside the text, and faults that lead to their line.
(() => {
  "use strict";

  for (const lines of document.querySelectorAll("[data-lines]")) {
    const text = lines.querySelector("textarea");
    const gutter = lines.querySelector(".gutter");
    let shown = 0;

    const number = () => {
      const count = text.value.split("\n").length;
      if (count === shown) return;
      shown = count;
      gutter.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n") + "\n\n";
    };
    const follow = () => { gutter.scrollTop = text.scrollTop; };

    text.addEventListener("input", number);
    text.addEventListener("scroll", follow, { passive: true });
    number();
    follow();
  }

  function goTo(line) {
    const text = document.getElementById("document");
    const rows = text.value.split("\n");
    const start = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
    const height = parseFloat(getComputedStyle(text).lineHeight);
    text.focus();
    text.setSelectionRange(start, start + (rows[line - 1] || "").length);
    text.scrollTop = Math.max((line - 5) * height, 0);
    text.scrollLeft = 0;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });

  // what was typed and not saved is not left by mistake
  const form = document.querySelector(".studio-editor");
  if (!form) return;
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
