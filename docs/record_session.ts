// deno-lint-ignore-file no-console -- a tool that prints.

/**
 * Records the session that docs/runs.md shows: a run whose dashboard is left, a viewer, a stop and a resumed run, each as it stands on the
 * screen. It takes three epochs.
 *
 *     deno run -A --lock=tests/deno.lock docs/record_session.ts
 *
 * @module
 */
import { outcomeOf, start } from "../tests/support/program.ts";
import { openTerminal, type Session } from "../tests/support/terminal.ts";

const PIPELINE = "pipelines/mnist-vae-2d.ts";
/** How much of the viewer's screen is shown. */
const VIEWER_LINES = 9;
/** How many lines from inside an epoch are shown. */
const BATCH_LINES = 2;
/** Milliseconds between two readings of a screen, and the most readings: an epoch takes up to minutes. */
const POLL_MS = 200, POLLS = 6000;

const lines: string[] = [];
const say = (command: string, shown: readonly string[]) => lines.push(`$ deno task ${command}`, ...shown, "");
const written = (session: Session) =>
  session.screen().map((line) => line.trimEnd()).filter((line) => line !== "");

async function until(isThere: () => boolean, what: string): Promise<void> {
  for (let polls = 0; polls < POLLS; polls++) {
    if (isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`The session must show ${what}`);
}

const shows = (session: Session, pattern: RegExp) => () => pattern.test(session.screen().join("\n"));

const dashboard = openTerminal("run", [PIPELINE, "--no-cache"]);
await until(shows(dashboard, /best +\d/), "the first epoch");
let isLeft = false;
dashboard.exit.then(() => isLeft = true);
while (!isLeft) {
  await dashboard.type("d").catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5 * POLL_MS));
}
say(`run ${PIPELINE}                # the dashboard; d leaves it`, written(dashboard));

const viewer = openTerminal("monitor", []);
await until(shows(viewer, /best .*(?:at|epoch) [2-9]\b/), "the second epoch");
say("monitor                                      # the same screen, from any other login; q leaves it", [
  ...viewer.screen().slice(0, VIEWER_LINES).map((line) => line.trimEnd()),
  "...",
]);
await viewer.type("q");
await viewer.exit;

const stopped = await outcomeOf(start("stop", []));
say("stop", (stopped.stdout + stopped.stderr).trim().split("\n"));

const resumed = start("run", [PIPELINE, "--resume", "auto"]);
let log = "";
const reading = (async () => {
  for await (const text of resumed.stdout.pipeThrough(new TextDecoderStream())) log += text;
})();
const EPOCH_LINE = /^train +epoch \d+\/\d+ {2}loss.*\n/m;
await until(() => EPOCH_LINE.test(log), "the next epoch");
resumed.kill("SIGTERM");
await resumed.stderr.cancel();
await Promise.all([resumed.status, reading]);
const [line] = EPOCH_LINE.exec(log)!, before = log.slice(0, log.indexOf(line)).trimEnd().split("\n");
const batches = before.filter((text) => /batch \d/.test(text));
const shown = [...before.filter((text) => !batches.includes(text)), ...batches.slice(0, BATCH_LINES)];
say(`run ${PIPELINE} --resume auto | cat`, [...shown, "...", line.trimEnd(), "..."]);

console.log(lines.map((line) => line === "" ? "" : `    ${line}`).join("\n").trimEnd());
Deno.exit(0);
