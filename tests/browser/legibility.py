"""What a page says of itself: whether its drawings can be read, and whether anything moves or changes its size."""

from playwright.sync_api import Page

CROWDED = """(figure) => {
    const frame = figure.querySelector("svg").getBoundingClientRect();
    const words = [...figure.querySelectorAll("svg .mark-text text")].filter((each) => each.textContent);
    const boxes = words.map((each) => [each.textContent, each.getBoundingClientRect()]);
    const together = (one, other, low, high) => Math.min(one[high], other[high]) - Math.max(one[low], other[low]);
    const out = boxes.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    const over = boxes.flatMap(([text, one], place) => boxes.slice(place + 1)
        .filter(([, other]) => together(one, other, "left", "right") > 1 && together(one, other, "top", "bottom") > 4)
        .map(([other]) => `${text} / ${other}`));
    return { over, out: out.map(([text]) => text), written: boxes.length };
}"""
"""Of a figure, the words that lie on each other and those that stand outside. A line's box is higher than its signs."""
RESIZES = """new Promise((resolve) => {
    const watched = document.querySelectorAll(".pinned, .slot, figure.chart, .drawing, figure.chart svg");
    let count = -watched.length;
    const watch = new ResizeObserver((seen) => { count += seen.length; });
    for (const each of watched) watch.observe(each);
    setTimeout(() => resolve(count), 700);
})"""
"""How often any room or drawing changes its size in the time that follows."""
WATCH_SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
"""Adds up in `window.shift` what moved without anybody's doing, from the beginning of the page on."""


def shifted(page: Page) -> float:
    """How much has moved in this page so far."""
    page.evaluate(WATCH_SHIFTS)
    page.wait_for_timeout(300)
    return float(page.evaluate("window.shift"))
