/**
 * What a training step in parts costs, compared with one in one piece, by one thread and by two, in turns: medians, and ratios to one piece
 * on as many threads.
 *
 *     deno run -A --no-lock bench/parts.ts [--rounds 25] [--only B,C,D]
 *     deno run -A --no-lock bench/parts.ts --processor-time ...      one thread, on a machine that does other things, too
 *
 * @module
 */
import { parseArgs } from "node:util";
import { loadEngine } from "../src/engine/load.ts";
import { interleave } from "./interleave.ts";
import { circumstances, note, show } from "./note.ts";
import { CASES } from "./steps/cases.ts";
import { hourglassStepper } from "./steps/hourglass.ts";
import { timeByProcessor } from "./steps/stepper.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "25" },
    only: { type: "string", default: "B,C,D,VAE" },
    "processor-time": { type: "boolean", default: false },
  },
});

/** Threads and parts; `undefined`: one piece. */
const ALL = [[1, undefined], [2, undefined], [1, 1], [1, 2], [1, 4], [2, 2], [2, 4]] as const;
/** Threads that wait for one another spin, which is processor time, too. */
const WAYS = ALL.filter(([threads]) => threads === 1 || !flags["processor-time"]);
if (flags["processor-time"]) timeByProcessor();

/** How far losses of the first batch may differ, relatively. */
const CLOSE = 1e-5;

note(circumstances());
for (const one of CASES.filter(({ name }) => flags.only.split(",").includes(name))) {
  note(`${one.name}: ${one.title}`);
  const steppers = [];
  for (const [threads, parts] of WAYS) {
    steppers.push(hourglassStepper(await loadEngine("native", { threads }), one, threads, parts));
  }
  const [{ firstLoss }] = steppers;
  for (const stepper of steppers) {
    if (Math.abs(stepper.firstLoss / firstLoss - 1) > CLOSE) {
      throw new Error(`${one.name}: the losses differ`);
    }
  }
  const times = await interleave(steppers, { rounds: Number(flags.rounds) });
  WAYS.forEach(([threads, parts], at) => {
    const whole = WAYS.findIndex(([others, pieces]) => others === threads && pieces === undefined);
    const ratio = times[at] / times[whole];
    show(
      `${one.name}  ${threads} ${threads === 1 ? "thread " : "threads"}  ${
        (parts === undefined ? "one piece" : `${parts} part${parts === 1 ? "" : "s"}`).padEnd(9)
      }  ${times[at].toFixed(2)} ms  ${ratio.toFixed(2)}`,
    );
  });
  for (const stepper of steppers) await stepper.close?.();
}
Deno.exit(0);
