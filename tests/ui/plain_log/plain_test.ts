import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { jsonLines } from "../../../src/ui/text/json.ts";
import { plainLines, type PlainOptions } from "../../../src/ui/plain_log/plain.ts";
import { digitRun, glyphRun, onPlateau } from "../fake_run.ts";

/** What plain lines write about events, with the clock at each event's time. */
function written(events: readonly RunEvent[], color: 0 | 1 = 0, every?: PlainOptions["every"]): string {
  let text = "", now = 0;
  const write = (more: string) => text += more;
  const screen = plainLines({ write, now: () => now, color, every, later: () => () => {} });
  for (const event of events) {
    now = event.t;
    screen.event(event);
  }
  screen.finish();
  return text;
}

Deno.test("plainLines logs a run of digits in these lines", () => {
  const lines = written(digitRun()).split("\n");
  const expected = `\
mnist-vae-2d  6 stages  seed 42  wasm, 1 thread  runs/mnist-vae-2d/20261123-220700-77b1
load  finished in 0.31 s: 60,000 + 10,000 images of 28x28
train  vae 784-500-300-2-300-500-784, 1,088,388 parameters, 54,000 samples + 6,000 to validate, batches of 128, at most 60 epochs, patience 8
train  epoch 1/60  loss 205.947  validation 205.266  best 205.266 at 1  no improvement for 0 of 8 epochs  13,846 samples/s  ETA 3:50`;
  deepEqual(lines.slice(0, 4), expected.split("\n"));
  equal(
    lines.filter((line) => line.startsWith("train  epoch ")).length,
    19,
    "30 epochs of four seconds: all at first, then each second and third one",
  );
  deepEqual(
    lines.slice(21),
    `\
train  epoch 30/60  loss 139.089  validation 148.565  best 147.680 at 22  no improvement for 8 of 8 epochs  13,846 samples/s  ETA 1:57
train  finished in 1:57: 30 epochs, stopped early: 8 without improvement
warning  evaluate  1 of 2 latent units is hardly used
evaluate  finished in 2.2 s
interpolate  made artifacts/morph.gif (morph from 3 to 8)
interpolate  finished in 0.20 s: morph from 3 to 8, 16 steps
generate  finished in 0.30 s: 20x20 grid
export  finished in 0.40 s: tfjs

mnist-vae-2d  completed after 2:01: all stages done
  train        30 of 60 epochs in 1:57: stopped early, 8 epochs without improvement
               best validation 147.680 at epoch 22 (nats/sample)
               final loss 139.089, validation 148.565
  evaluate     elbo -146.820 nats/sample ↑
               reconstruction 140.610 nats/sample ↓   kl 6.2100 nats/sample
               mse 0.03890 squared error/pixel ↓
               activeUnits 2 latent dimensions
  warning      evaluate: 1 of 2 latent units is hardly used
  artifacts    1 file
  run          runs/mnist-vae-2d/20261123-220700-77b1
`.split("\n"),
  );
});

Deno.test("plainLines says that weights are averaged", () => {
  const events = digitRun().map((event) => event.type === "training" ? { ...event, ema: 0.999 } : event);
  equal(written(events).split("\n")[2].endsWith("patience 8, averaged weights (ema 0.999)"), true);
});

Deno.test("plainLines logs the falls of the learning rate, and how close the next is", () => {
  const lines = written(onPlateau(digitRun(), 2), 0, { epochs: 1 }).split("\n");
  deepEqual(
    lines.slice(3, 7).map((line) => line.match(/epoch \d+\/60|learning rate .*? of 5|learning rate .*/g)),
    [
      ["epoch 1/60", "learning rate 0.001, plateau 2 of 5"],
      ["epoch 2/60", "learning rate 0.001, plateau 0 of 5"],
      ["learning rate 0.001 -> 0.0001 after epoch 2, without improvement"],
      ["epoch 3/60", "learning rate 0.0001, plateau 2 of 5"],
    ],
  );
});

Deno.test("plainLines writes quick epochs once a second at first, with the first and the last", () => {
  const text = written(glyphRun());
  const epochs = [...text.matchAll(/^train {2}epoch (\d+)\//gm)].map(([, epoch]) => Number(epoch));
  deepEqual(epochs.slice(0, 3), [1, 85, 169]);
  equal(epochs.at(-1), 3000);
  equal(epochs.length, 24, "3,000 epochs of 12 ms");
});

Deno.test("plainLines writes the last epoch of a training that stops early, though it comes within a second", () => {
  const events = glyphRun().filter((event) => event.type !== "epoch" || event.epoch <= 100);
  const epochs = [...written(events).matchAll(/^train {2}epoch (\d+)\//gm)].map(([, epoch]) => Number(epoch));
  deepEqual(epochs, [1, 85, 100]);
});

Deno.test("plainLines shows metrics at noise levels as a table", () => {
  const text = written(glyphRun());
  const table = `
  evaluate   mse 2.130e-4 squared error/pixel ↓   worstWrongPixels 1 pixels ↓
             noise                        0.2      0.3      0.4      0.5
             pixelAccuracy                  1  0.99991  0.99923  0.99501  share of pixels ↑
             threshold.pixelAccuracy  0.99000  0.98320  0.96460  0.87520  share of pixels ↑
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

Deno.test("plainLines says that a stage has started only if it runs for a while", () => {
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
  const started = digitRun().slice(0, 3);
  equal(written(started).includes("\nmnist-vae-2d  ended unexpectedly (no end event)\n"), true);
  const failed = written([
    ...started,
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

/** A training of so many epochs that take so many seconds each. */
function training(epochs: number, seconds: number): RunEvent[] {
  const started = digitRun().slice(0, 5), t = started.at(-1)!.t;
  const one = digitRun().find((event) => event.type === "epoch")!;
  return [
    ...started.filter(({ type }) => type !== "epoch").map((event) =>
      event.type === "training" ? { ...event, epochs, patience: null } : event
    ),
    ...Array.from({ length: epochs }, (_, index): RunEvent => ({
      ...one,
      t: t + 1000 * seconds * (index + 1),
      epoch: index + 1,
      seconds,
    })),
  ];
}
/** The epochs that have a line, and when. */
const epochsIn = (text: string) =>
  [...text.matchAll(/^train {2}epoch (\d+)\/\d+ {2}loss/gm)].map(([, epoch]) => Number(epoch));

for (
  const [epochs, hours, most] of [[60_000, 8, 100], [100, 8, 100], [1e6 / 2, 24 * 7, 420], [
    20,
    0.005,
    20,
  ]] as const
) {
  Deno.test(`plainLines fits ${epochs} epochs in ${hours} hours into ${most} lines, rarer as the run gets longer`, () => {
    const seconds = 3600 * hours / epochs, shown = epochsIn(written(training(epochs, seconds)));
    equal(shown.length <= most, true, `${shown.length} lines`);
    deepEqual([shown[0], shown.at(-1)], [1, epochs]);
    const gaps = shown.slice(1).map((epoch, index) => (epoch - shown[index]) * seconds);
    // A tenth of the time so far, never more than half an hour, and an epoch to come to the next end.
    gaps.slice(0, -1).forEach((gap, index) => {
      const allowed = Math.min(1800, Math.max(1, 0.1 * shown[index + 1] * seconds)) + seconds;
      equal(gap <= allowed + 1e-6, true, `${gap} s before epoch ${shown[index + 1]}`);
    });
  });
}

Deno.test("plainLines writes each N-th epoch, or one per duration, as --log-every says", () => {
  const shown = (every: PlainOptions["every"]) => epochsIn(written(training(100, 4), 0, every));
  deepEqual(shown({ epochs: 30 }), [1, 30, 60, 90, 100]);
  deepEqual(shown({ milliseconds: 100_000 }), [1, 26, 51, 76, 100]);
});

Deno.test("plainLines writes lines in the order in which things happened", () => {
  const [run, stage, , ...rest] = training(3, 0.1), { t } = rest.at(-1)!;
  const events: RunEvent[] = [
    run,
    stage,
    ...rest.slice(0, -1),
    { type: "warning", t, stage: "train", message: "after epoch 2" },
    { type: "stage", t, stage: "train", state: "stopped", seconds: 1 },
    { type: "stage", t, stage: "evaluate", state: "started" },
    { type: "log", t, message: "said while evaluate runs" },
    { type: "stage", t, stage: "evaluate", state: "finished", seconds: 0.1 },
    { type: "stage", t, stage: "export", state: "started" },
    { type: "artifact", t, stage: "export", file: "artifacts/a.png", title: "a" },
    { type: "stage", t, stage: "export", state: "finished", seconds: 0.1 },
  ];
  const lines = written(events).split("\n\n")[0].split("\n").map((line) =>
    line.split("  ").slice(0, 2).join(" ")
  );
  deepEqual(
    lines.slice(-8),
    [
      "train epoch 1/3",
      "train epoch 2/3",
      "warning train",
      "train stopped after 1.0 s",
      "evaluate started",
      "said while evaluate runs",
      "evaluate finished in 0.10 s",
      "export made artifacts/a.png (a)",
      "export finished in 0.10 s",
    ].slice(-8),
  );
});

Deno.test("plainLines shows the batches and an ETA inside an epoch of an hour, and of an epoch of seconds none", () => {
  const shown = (seconds: number, every?: PlainOptions["every"]) => {
    let text = "", now = 0;
    const screen = plainLines({
      write: (more) => text += more,
      now: () => now,
      every,
      later: () => () => {},
    });
    const started = training(1, 1).slice(0, -1), t = started.at(-1)!.t;
    started.forEach(screen.event);
    for (let passed = 0.5; passed < seconds; passed += 0.5) {
      now = t + 1000 * passed;
      const batch = Math.floor(3600 * passed / seconds);
      screen.progress({
        stage: "train",
        at: now,
        epoch: 1,
        batch,
        batches: 3600,
        loss: 180.25,
        batchesPerSecond: 3600 / seconds,
      });
    }
    return text.split("\n").filter((line) => line.includes("  batch "));
  };
  const lines = shown(3600);
  equal(lines[0], "train  epoch 1/1  batch 5/3600  loss 180.250  15 samples/s  ETA 59:55");
  equal(lines.length > 20 && lines.length < 60, true, `${lines.length} lines`);
  deepEqual(shown(4), []);
  deepEqual(shown(3600, { epochs: 1 }), [], "only ends of epochs were requested");
  equal(shown(3600, { milliseconds: 600_000 }).length, 5);
});
