// Small things that a page cannot do by itself: the browser's time zone, the keyboard in lists, and saying that a request failed.
(() => {
  "use strict";

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  function move(step) {
    const links = [...document.querySelectorAll("[data-rows] [data-row] th a")];
    if (links.length === 0) return;
    const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
    links[next].focus();
    links[next].closest("[data-row]").scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
    }
  });

  // browsers give the clipboard to pages that came over HTTPS or from this machine; elsewhere there is no button
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }

  // an address says only what was chosen
  document.addEventListener("htmx:configRequest", (event) => {
    const { parameters, verb } = event.detail;
    if (verb !== "get") return;
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  });

  // further filters keep what the first line says: they are asked again when it was changed
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "results" && document.querySelector("#more form")) window.htmx.trigger("#more", "narrowed");
  });

  // a session that ended answers with the sign-in page: show it as the page it is
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/login/")) return;
    event.detail.shouldSwap = false;
    location.reload();
  });

  // what was pressed is gone when its part of the page was replaced: the part takes the focus, so that keyboards and
  // screen readers go on from there; a part that nobody was in (loaded late, asked again) takes nothing
  const left = new Set();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { target } = event.detail; // before the pressed button is disabled, which takes the focus from it
    if (target.id && target.contains(document.activeElement)) left.add(target.id);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const { target } = event.detail;
    const part = left.delete(target.id) && document.getElementById(target.id);
    if (!part || document.activeElement !== document.body) return;
    const next = ["[role=alert]", "[aria-current=true]", "h1, h2"].map((each) => part.querySelector(each)).find(Boolean);
    if (!next) return;
    if (!next.matches("a")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  });

  const say = (text) => {
    const note = document.getElementById("trouble");
    if (!note) return;
    note.textContent = text;
    note.hidden = text === "";
  };
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403) say("That was refused. Load the page again; your session may have ended.");
    else say(`That failed (error ${event.detail.xhr.status}). Nothing was changed; try again in a moment.`);
  });
  document.addEventListener("htmx:sendError", () => say("The server does not answer. What you see may be out of date."));
  document.addEventListener("htmx:afterOnLoad", () => say(""));
})();
