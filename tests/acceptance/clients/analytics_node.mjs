// Sends with @segment/analytics-node: `node analytics_node.mjs JOB`.
import { existsSync } from "node:fs";
import { Analytics } from "@segment/analytics-node";

const job = JSON.parse(process.argv[2]);
const givenUp = [];
const analytics = new Analytics({ writeKey: job.key, host: job.host, ...job.options });
analytics.on("error", (error) => givenUp.push(error.ctx?.event?.messageId ?? error.reason?.message ?? error.code));

const call = [
  (userId, n) => analytics.track({ userId, event: "Tool Used", properties: { n, tool: "calculator", completed: true } }),
  (userId, n) => analytics.identify({ userId, traits: { n, email: `${userId}@firm.example` } }),
  (userId, n) => analytics.page({ userId, name: "Pricing", properties: { n } }),
  (userId, n) => analytics.group({ userId, groupId: "firm", traits: { n, employees: 38 } }),
  (userId, n) => analytics.screen({ userId, name: "Courses", properties: { n } }),
];
let n = 0;
for (; n !== job.calls && !(job.until && existsSync(job.until)); n++) {
  call[n % 5](`person-${n % 7}`, n);
  if (job.pause) await new Promise((resolve) => setTimeout(resolve, job.pause * 1000));
}
await analytics.closeAndFlush({ timeout: 60000 });
console.log(JSON.stringify({ called: n, given_up: givenUp }));
