// A press on a step of the journeys' drawing narrows to the paths from it or to it, as the filter "around" does.
(() => {
  "use strict";

  // on a small screen the drawing is wider than its room: the keyboard scrolls it
  document.addEventListener("htmx:load", () => {
    for (const figure of document.querySelectorAll("#analysis figure.chart")) figure.tabIndex = 0;
  });

  // conversions and stages are drawn in words; they are there only as what is chosen already
  function isCalled(chosen, name) {
    const [, own] = /^(?:conversion|stage):(.*)$/.exec(chosen) ?? [];
    return own !== undefined && name.replace(/^Stage /, "").toLowerCase() === own.trim().replaceAll("_", " ").toLowerCase();
  }

  document.addEventListener("chart:pressed", (event) => {
    const field = document.querySelector("#analysis input[name=anchor]");
    const name = String(event.detail.name ?? "").replace(/^-?\d+ /, "");
    if (!field || !name || name === "Other" || isCalled(field.value, name)) return;
    field.value = name.startsWith("/") ? `Page ${name}` : name;
    field.form.requestSubmit();
  });
})();
