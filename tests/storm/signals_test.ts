/** Many signals, each the only one of its run: none is ever aborted, and each leaves a checkpoint. */
import { stopInGroup, stopInTerminal, stopInTime } from "../support/signal_storm.ts";
import { hasScript } from "../support/terminal.ts";

const TIMES = 20;
const times = Array.from({ length: TIMES }, (_, time) => time);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`run under deno task stops once at ${signal} of its group, ${TIMES} times`, async () => {
    for (const time of times) await stopInGroup(signal, time);
  });
}
for (const ui of ["plain", "tui"] as const) {
  Deno.test({
    name: `run --ui ${ui} under deno task stops once at Ctrl-C in a terminal, ${TIMES} times`,
    ignore: !hasScript,
    async fn() {
      for (const time of times) await stopInTerminal(ui, time);
    },
  });
}
Deno.test(`run under deno task and timeout stops once, ${TIMES} times`, async () => {
  for (const time of times) await stopInTime(time);
});
