// Charts: drawn by Vega in the colours of the page's tokens, again when the theme changes. What draws them is loaded by
// the first chart of a page, from our own address; nothing is evaluated (ast), and no style is put into the page.
(() => {
  "use strict";

  const TOKEN = /^var\((--[\w-]+)\)$/;
  const drawn = new Map(); // figure -> what ends its drawing
  let loading = null;

  function load(address) {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => resolve(window.vegaEmbed));
      script.addEventListener("error", () => { loading = null; reject(new Error("The script that draws charts did not load.")); });
      document.head.append(script);
    });
    return loading;
  }

  // a token may be light-dark(): only the browser knows what it is now
  function colours() {
    const probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
    const known = new Map();
    const colour = (token) => {
      if (!known.has(token)) {
        probe.style.color = `var(${token})`;
        known.set(token, getComputedStyle(probe).color);
      }
      return known.get(token);
    };
    return { colour, done: () => probe.remove() };
  }

  function resolved(spec, colour) {
    if (typeof spec === "string") {
      const token = TOKEN.exec(spec);
      return token ? colour(token[1]) : spec;
    }
    if (Array.isArray(spec)) return spec.map((each) => resolved(each, colour));
    if (spec === null || typeof spec !== "object") return spec;
    return Object.fromEntries(Object.entries(spec).map(([name, value]) => [name, resolved(value, colour)]));
  }

  async function draw(figure) {
    const room = figure.querySelector(".drawing");
    const { colour, done } = colours();
    const spec = resolved(JSON.parse(figure.querySelector("script[type='application/json']").textContent), colour);
    done();
    try {
      const embed = await load(figure.dataset.bundle);
      const { finalize, view } = await embed(room, spec, {
        ast: true, actions: false, defaultStyle: false, renderer: "svg", hover: false,
        tooltip: { disableDefaultStyle: true, theme: "page" },
      });
      drawn.get(figure)?.();
      drawn.set(figure, finalize);
      view.addEventListener("click", (_, item) => { if (item?.datum) figure.dispatchEvent(new CustomEvent("chart:pressed", { bubbles: true, detail: item.datum })); });
      figure.dataset.drawn = "";
    } catch (error) {
      console.error(error);
      room.textContent = "The chart could not be drawn. Its numbers are in the table.";
      figure.dataset.failed = "";
    }
  }

  const waiting = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      waiting.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "300px" });

  function find(root) {
    for (const figure of root.querySelectorAll("figure.chart:not([data-seen])")) {
      figure.dataset.seen = "";
      waiting.observe(figure);
    }
    for (const [figure, end] of drawn) if (!figure.isConnected) { end(); drawn.delete(figure); }
  }

  function again() {
    for (const figure of drawn.keys()) if (figure.isConnected) draw(figure);
  }

  document.addEventListener("htmx:load", (event) => find(event.detail.elt.parentElement ?? document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  find(document);

  // a slot whose report did not come says so, and offers to try again
  function failed(event, what) {
    const slot = event.detail.elt.closest?.(".slot");
    if (!slot) return;
    slot.removeAttribute("aria-busy");
    const said = document.createElement("p");
    said.className = "pad";
    said.setAttribute("role", "alert");
    said.append(`${what} The rest of the page is not affected. `);
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "btn";
    retry.textContent = "Try again";
    retry.addEventListener("click", () => window.htmx.ajax("GET", slot.getAttribute("hx-get"), { target: slot, swap: "outerHTML", source: slot }));
    said.append(retry);
    slot.querySelector(".card").replaceChildren(said);
  }
  document.addEventListener("htmx:responseError", (event) => failed(event, `This report failed (error ${event.detail.xhr.status}).`));
  document.addEventListener("htmx:sendError", (event) => failed(event, "The server does not answer."));
})();
