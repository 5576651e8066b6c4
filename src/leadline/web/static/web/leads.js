// Selecting leads in the list: by click, by x on the lead that has the focus, all of a page; and the help for the keys.
(() => {
  "use strict";

  const boxes = () => [...document.querySelectorAll("[data-bulk] [data-row] input[name=lead]")];

  function tell() {
    const picked = boxes().filter((box) => box.checked).length;
    const said = document.querySelector("[data-picked]");
    if (said) said.textContent = picked ? `With ${picked} selected lead${picked === 1 ? "" : "s"}` : "With the selected leads";
    const all = document.querySelector("[data-pick-all]");
    if (all) {
      all.checked = picked > 0 && picked === boxes().length;
      all.indeterminate = picked > 0 && !all.checked;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.closest("[data-bulk]")) tell();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "x") {
      const row = event.target.closest("[data-row]");
      const box = row && row.querySelector("input[name=lead]");
      if (!box) return;
      box.checked = !box.checked;
      tell();
    } else if (event.key === "?") {
      const keys = document.querySelector("[data-keys]");
      if (!keys) return;
      keys.open = !keys.open;
      if (keys.open) keys.scrollIntoView({ block: "nearest" });
    }
  });

  // the list was asked anew: what is saved and narrowed is the list that is there now
  document.addEventListener("htmx:afterSettle", () => {
    const kept = document.querySelector("[data-query]");
    if (kept) kept.value = location.search;
    tell();
  });

  window.addEventListener("pageshow", tell);
})();
