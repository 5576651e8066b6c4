// Makes numbered calls with whatever client a page has: `call.track(name, properties)` and so on. Answers the number
// that would be next; earlier than asked when somebody says that it is `enough`.
window.makeCalls = async (call, from, to, pause = 0) => {
  let n = from;
  for (; n < to && !window.enough; n++) {
    if (n % 5 === 1) call.identify(`person-${n % 3}`, { n, email: "owner@firm.example" });
    else if (n % 5 === 2) call.page("Pricing", { n });
    else if (n % 5 === 3) call.group("firm", { n, employees: 38 });
    else call.track("Tool Used", { n, tool: "calculator", completed: true });
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return n;
};
