// Makes numbered calls with whatever client a page has: `call.track(name, properties)` and so on.
window.makeCalls = async (call, from, to, pause = 0) => {
  for (let n = from; n < to; n++) {
    if (n % 5 === 1) call.identify(`person-${n % 3}`, { n, email: "owner@firm.example" });
    else if (n % 5 === 2) call.page("Pricing", { n });
    else if (n % 5 === 3) call.group("firm", { n, employees: 38 });
    else call.track("Tool Used", { n, tool: "calculator", completed: true });
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
  }
};
