import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { jsonLines } from "../../src/ui/json.ts";
import { plainLines } from "../../src/ui/plain.ts";
import { digitRun, glyphRun } from "./fake_run.ts";

/** What plain lines write about events, with the clock at each event's time. */
function written(events: readonly RunEvent[], color: 0 | 1 = 0): string {
  let text = "", now = 0;
  const screen = plainLines({ write: (more) => text += more, now: () => now, color, later: () => () => {} });
  for (const event of events) {
    now = event.t;
    screen.event(event);
  }
  screen.finish();
  return text;
}

Deno.test("plainLines tells a run of digits in these words", () => {
  const lines = written(digitRun()).split("\n");
  const expected = `\
mnist-vae-2d  6 stages  seed 42  wasm, 1 thread  runs/mnist-vae-2d/20261123-220700-77b1
load  finished in 0.31 s: 60,000 + 10,000 images of 28x28
train  vae 784-500-300-2-300-500-784, 1,088,388 parameters, 54,000 samples + 6,000 to validate, batches of 128, at most 60 epochs, patience 8
train  epoch 1/60  loss 205.947  validation 205.266  best 205.266 at 1  waited 0/8  13,846 samples/s  eta 3:50`;
  deepEqual(lines.slice(0, 4), expected.split("\n"));
  equal(
    lines.filter((line) => line.startsWith("train  epoch ")).length,
    30,
    "epochs of four seconds all get a line",
  );
  deepEqual(
    lines.slice(32),
    `\
train  epoch 30/60  loss 139.089  validation 148.565  best 147.680 at 22  waited 8/8  13,846 samples/s  eta 1:57
train  finished in 1:57: 30 epochs, stopped early: 8 without improvement
warning  evaluate  1 of 2 latent units is hardly used
evaluate  finished in 2.2 s
interpolate  made artifacts/morph.gif (morph from 3 to 8)
interpolate  finished in 0.20 s: morph from 3 to 8, 16 steps
generate  finished in 0.30 s: 20x20 grid
export  finished in 0.40 s: tfjs

mnist-vae-2d  completed after 2:01: all stages done
  train        30 of 60 epochs in 1:57: stopped early, 8 epochs without improvement
               best validation 147.680 at epoch 22 (nats a sample)
               final loss 139.089, validation 148.565
  evaluate     elbo -146.820   reconstruction 140.610   kl 6.2100   mse 0.03890
               activeUnits 2
  warning      evaluate: 1 of 2 latent units is hardly used
  artifacts    1 file
  run          runs/mnist-vae-2d/20261123-220700-77b1
`.split("\n"),
  );
});

Deno.test("plainLines writes quick epochs once a second, with the first and the last", () => {
  const text = written(glyphRun());
  const epochs = [...text.matchAll(/^train {2}epoch (\d+)\//gm)].map(([, epoch]) => Number(epoch));
  deepEqual(epochs.slice(0, 3), [1, 85, 169]);
  equal(epochs.at(-1), 3000);
  equal(epochs.length, 37, "3,000 epochs of 12 ms");
});

Deno.test("plainLines writes the last epoch of a training that stops early, though it comes within a second", () => {
  const events = glyphRun().filter((event) => event.type !== "epoch" || event.epoch <= 100);
  const epochs = [...written(events).matchAll(/^train {2}epoch (\d+)\//gm)].map(([, epoch]) => Number(epoch));
  deepEqual(epochs, [1, 85, 100]);
});

Deno.test("plainLines shows metrics at noise levels as a table", () => {
  const text = written(glyphRun());
  const table = `
  evaluate   mse 2.130e-4   worstWrongPixels 1
             noise                        0.2      0.3      0.4      0.5
             pixelAccuracy                  1  0.99991  0.99923  0.99501
             threshold.pixelAccuracy  0.99000  0.98320  0.96460  0.87520
`;
  equal(text.includes(table), true, text.slice(-800));
});

Deno.test("plainLines writes no carriage return and no escape code without colour, and only colours with it", () => {
  const events = [...glyphRun(), ...digitRun()];
  // deno-lint-ignore no-control-regex
  equal(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(written(events)), false);
  const colored = written(events, 1);
  equal(colored.includes("\u001b["), true);
  // deno-lint-ignore no-control-regex
  equal(colored.replace(/\u001b\[\d+m/g, ""), written(events));
});

Deno.test("plainLines strips control characters from names and messages", () => {
  const text = written([
    { ...glyphRun()[0], pipeline: "evil\u001b[2J\u009b1mname" } as RunEvent,
    { type: "stage", t: 1, stage: "lo\u001b]0;x\u0007ad", state: "failed", seconds: 1, note: "bad\r\nfile" },
    { type: "log", t: 2, message: "two\nlines\u001b[31m" },
  ]);
  deepEqual(text.split("\n").slice(0, 4), [
    "evilname  5 stages  seed 42  wasm, 1 thread  runs/glyphs-dae/20261123-220700-4f2a",
    "load  failed after 1.0 s: bad file",
    "two",
    "lines",
  ]);
});

Deno.test("plainLines says that a stage has started only when it takes its time", () => {
  let text = "", due = () => {};
  let cancelled = 0;
  const screen = plainLines({
    write: (more) => text += more,
    now: () => 0,
    later: (callback) => {
      due = callback;
      return () => cancelled++;
    },
  });
  screen.event({ type: "stage", t: 0, stage: "load", state: "started" });
  equal(text, "");
  due();
  equal(text, "load  started\n");
  screen.event({ type: "stage", t: 0, stage: "load", state: "finished", seconds: 20 });
  equal(cancelled, 1);
  equal(text, "load  started\nload  finished in 0:20\n");
});

Deno.test("plainLines says how a run that was cut off or failed ended", () => {
  const begun = digitRun().slice(0, 3);
  equal(written(begun).includes("\nmnist-vae-2d  ended without a word\n"), true);
  const failed = written([
    ...begun,
    { type: "stage", t: 5, stage: "train", state: "failed", seconds: 1, note: "Cannot train as ..." },
    { type: "end", t: 5, status: "failed", exitCode: 1, reason: "Cannot train as ...", seconds: 1.2 },
  ]);
  equal(failed.includes("\nmnist-vae-2d  failed after 1.2 s: Cannot train as ...\n"), true, failed);
});

Deno.test("plainLines says that a loss was not finite", () => {
  const events = digitRun().slice(0, 6).map((event) =>
    event.type === "epoch" ? { ...event, loss: null, validation: null, best: null } : event
  );
  equal(written(events).includes("loss not finite  validation not finite  best not finite at 1"), true);
});

Deno.test("jsonLines writes each event as a line that reads back, without a control character", () => {
  let text = "";
  const event: RunEvent = { type: "log", t: 1, message: "a\u001b[1m\u009b\n\u007fb" };
  const screen = jsonLines((more) => text += more);
  screen.event(event);
  screen.finish();
  equal(text, '{"type":"log","t":1,"message":"a\\u001b[1m\\u009b\\n\\u007fb"}\n');
  deepEqual(JSON.parse(text), event);
});
