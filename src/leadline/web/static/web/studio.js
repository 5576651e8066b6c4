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
    text.addEventListener("edited", number);
    text.addEventListener("scroll", follow, { passive: true });
    number();
    follow();
  }

  // two tabs over one form: without this script both parts stand below each other and both are sent
  const tabs = [...document.querySelectorAll(".sheet-tabs [role=tab]")];
  const sheet = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
  function choose(chosen, focus = false) {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      sheet(tab).hidden = tab !== chosen;
    }
    if (focus) chosen.focus();
  }
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => { event.preventDefault(); choose(tab); });
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      choose(tabs[(tabs.indexOf(tab) + 1) % tabs.length], true);
    });
  }
  if (tabs.length) choose(tabs[0]);

  // arrow keys in a number: one step, of the size of its last digit; ten of them with Shift
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-step]:not([readonly])") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const decimals = (field.value.split(".")[1] || "").length;
    const value = Number(field.value) + (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1) * 10 ** -decimals;
    if (field.value.trim() === "" || !Number.isFinite(value) || value < 0) return;
    event.preventDefault();
    field.value = value.toFixed(decimals);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // a change is drawn when the typing pauses: soon in a field, later in the document; htmx ends an older request
  let pause = 0;
  document.querySelector(".studio-editor")?.addEventListener("input", (event) => {
    const wait = event.target.closest("#factors") ? 120 : event.target.id === "document" ? 500 : 0;
    if (!wait) return;
    clearTimeout(pause);
    pause = setTimeout(() => document.getElementById("redraw")?.dispatchEvent(new Event("rules-typed")), wait);
  });

  // what was edited by fields stands in the document at once; when the document was typed, its fields were drawn again
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "redraw") return;
    const edited = document.getElementById("edited");
    const text = document.getElementById("document");
    if (edited && text.value !== edited.value) {
      text.value = edited.value;
      text.dispatchEvent(new Event("edited"));
    }
    const chosen = tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
    if (chosen) choose(chosen);
    document.body.dispatchEvent(new Event("rules-drawn"));
  });

  function goTo(line) {
    if (tabs.length) choose(tabs[1]);
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
