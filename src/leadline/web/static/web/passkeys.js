// Forms that need passkeys show where the browser has them, and say in words what went wrong with one.
(() => {
  "use strict";

  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const form of document.querySelectorAll("[data-needs-passkeys]")) form.hidden = !able;
  for (const note of document.querySelectorAll("[data-lacks-passkeys]")) note.hidden = able;

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const trouble = document.getElementById("passkey-trouble");
    if (!trouble) return;
    if (event.detail.exception.name === "InvalidStateError") trouble.textContent = "This device holds a passkey of yours already.";
    trouble.hidden = false;
  });
})();
