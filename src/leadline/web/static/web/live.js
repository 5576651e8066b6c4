// The live page: rows as the server sends them (server-sent events), newest first; pause, and a filter without a button.
(() => {
  "use strict";

  const form = document.querySelector("[data-submit-on-change]");
  form?.addEventListener("change", () => form.requestSubmit());

  const list = document.getElementById("live-rows");
  if (!list || !list.dataset.stream) return;
  const state = document.getElementById("live-state");
  const pause = document.getElementById("live-pause");
  const held = document.createElement("ul"); // what comes while paused
  const MOST = 200; // rows on the page
  const AGAIN_MS = 10000; // after a refusal; an EventSource tries again by itself only when the connection broke
  const address = new URL(list.dataset.stream, location.href);
  let paused = false;
  let source = null;

  function put(target, nodes) {
    target.prepend(...nodes);
    while (target.children.length > MOST) target.lastElementChild.remove();
  }

  function gap(count) {
    const row = document.createElement("li");
    row.className = "live-gap";
    row.textContent = `${count.toLocaleString("en")} more came in between and are not shown`;
    return row;
  }

  function say(text) {
    state.textContent = paused ? `Paused, ${held.children.length} waiting` : text;
  }

  function show(event) {
    const { html, more } = JSON.parse(event.data);
    address.searchParams.set("after", event.lastEventId);
    const holder = document.createElement("template");
    holder.innerHTML = html; // our own template, escaped
    put(paused ? held : list, [...holder.content.children, ...(more ? [gap(more)] : [])]);
    document.getElementById("live-empty").hidden = list.children.length > 0;
    say("Live");
  }

  function connect() {
    source = new EventSource(address);
    source.addEventListener("open", () => say("Live"));
    source.addEventListener("rows", show);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return say("Connecting again…");
      say("The server refused the connection; trying again in 10 s");
      setTimeout(connect, AGAIN_MS);
    });
  }

  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
    if (!paused) put(list, [...held.children]);
    document.getElementById("live-empty").hidden = list.children.length > 0;
    say("Live");
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
  say("Connecting…");
  connect();
})();
