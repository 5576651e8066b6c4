// A button in each password's field shows what is typed; sent, it is hidden again, so that no browser keeps it as a text.
(() => {
  "use strict";

  function reveal(field) {
    const named = document.querySelector(`label[for="${field.id}"]`).textContent;
    const button = document.createElement("button");
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-label", `${button.textContent}: ${named}`);
    };
    field.spellcheck = false; // a browser may send what it checks elsewhere
    field.autocapitalize = "off";
    button.type = "button";
    button.className = "reveal";
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
    show(false);
    field.after(button);
  }

  document.querySelectorAll("input[type=password]").forEach(reveal);
})();
