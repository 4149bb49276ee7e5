/**
 * Plays a made-up run on a real screen, to look at:
 *
 *     deno run --allow-env --allow-read --allow-sys tests/ui/demo.ts [digits|glyphs] [auto|tui|plain|json|off] [speed]
 *
 * @module
 */
import process from "node:process";
import { chooseScreen, colorLevel, startScreen, type UiName } from "../../src/ui/choose.ts";
import { digitRun, glyphRun } from "./fake_run.ts";

const [which = "digits", ui = "auto", speed = "1"] = Deno.args;
const events = which === "glyphs" ? glyphRun() : digitRun();
const env = Deno.env.toObject();
const isTerminal = Deno.stdout.isTerminal();
let interrupts = 0;
const screen = await startScreen(chooseScreen(ui as UiName, { isTerminal, env }), {
  stdout: process.stdout,
  stdin: process.stdin,
  write: (text) => void process.stdout.write(text),
  color: colorLevel(env, isTerminal),
  controls: { stop: () => interrupts++, abort: () => interrupts = 2 },
});
const begun = Date.now(), first = events[0].t;
for (const event of events) {
  // Times of the made-up run become times of now, so that clocks and estimates are right.
  const t = begun + (event.t - first) / Number(speed);
  while (Date.now() < t && interrupts < 2) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, t - Date.now())));
  }
  if (interrupts > 1) break;
  if (interrupts === 0) screen.event({ ...event, t });
  else {
    screen.event({
      type: "end",
      t,
      status: "stopped",
      exitCode: 130,
      reason: "stopped by SIGINT",
      seconds: (t - begun) / 1000,
    });
    break;
  }
}
await screen.finish();
