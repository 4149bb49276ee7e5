import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, readJson, runProgram, withRunsFolder } from "../support/program.ts";

const QUICK = [
  "pipelines/glyphs-ae.ts",
  "--ui",
  "plain",
  "--engine",
  "wasm",
  "--set",
  "train.epochs=3",
  "--no-report",
];

/** Settings that are refused, and what is said. */
const REFUSED: { name: string; args: string[]; says: RegExp }[] = [
  { name: "no parts", args: ["--parts", "0"], says: /must be a whole number from 1, got "0"/ },
  {
    name: "more parts than rows",
    args: ["--parts", "64", "--set", "train.batchSize=32"],
    says: /train\.parts must be at most the batchSize 32, got 64/,
  },
  {
    name: "parts of a step with free bits",
    args: ["--parts", "4", "--set", 'train.model={"kind":"vae","encoder":[35,9],"latent":2,"freeBits":0.5}'],
    says:
      /train\.parts \(or --parts\) must be left out with model\.freeBits, which bounds the mean KL of a whole batch, got 4/,
  },
  {
    name: "parts of a step under a capacity",
    args: [
      "--parts",
      "4",
      "--set",
      'train.model={"kind":"vae","encoder":[35,9],"latent":2,"klSchedule":{"kind":"capacity","nats":4,"epochs":2}}',
    ],
    says:
      /train\.parts .* a capacity \(model\.klSchedule\), which is compared with the mean KL of a whole batch/,
  },
  {
    name: "parts of a total correlation",
    args: [
      "--set",
      "train.parts=2",
      "--set",
      'train.model={"kind":"vae","encoder":[35,9],"latent":2,"totalCorrelation":{"beta":6}}',
    ],
    says: /train\.parts .* model\.totalCorrelation, which is estimated by all pairs of a whole batch, got 2/,
  },
  {
    name: "a network without a unit",
    args: ["--network", "10"],
    says: /must be a rate such as 1GB\/s or 500MB\/s, got "10"/,
  },
];

for (const { name, args, says } of REFUSED) {
  Deno.test(`plan refuses ${name} with exit code 2`, async () => {
    const { code, stderr } = await runProgram("plan", ["pipelines/glyphs-ae.ts", ...args]);
    equal(code, 2, stderr);
    match(stderr, says);
    ok(!stderr.includes("    at "), stderr);
  });
}

Deno.test("plan states how a step divides, and from which batch on processes pay", async () => {
  const { stdout, code } = await runProgram("plan", [
    ...["pipelines/glyphs-ae.ts", "--set", "train.batchSize=30", "--parts", "4"],
    ...["--network", "1GB/s", "--latency", "50us", "--speed", "10GFLOP/s"],
  ]);
  equal(code, 0);
  match(stdout, /a step in 4 parts of 7 or 8 rows: the bits depend on this number alone/);
  match(stdout, /a step shared by processes, estimated at 10 GFLOP\/s, 1 GB\/s, latency 0\.05 ms: .* by one/);
  deepEqual([...stdout.matchAll(/(\d+) processes: .* pays from a batch of/g)].map(([, count]) => count), [
    "2",
    "4",
  ]);
  const rows = [...stdout.matchAll(
    /processes: (\S+) ms \((\S+) ms to compute, (\S+) ms to sum, (\S+) ms to update\)/g,
  )];
  equal(rows.length, 2);
  for (const [, total, ...terms] of rows.map((row) => row.map(Number))) {
    const sum = terms.reduce((sum, term) => sum + term);
    // Each has three digits.
    ok(Math.abs(sum / total - 1) < 0.01, `${terms} ${total}`);
  }
});

Deno.test("run --parts divides every training, and records it as a setting", async () => {
  await withRunsFolder(async (folder) => {
    const { code, stdout } = await runProgram("run", [...QUICK, "--parts", "4", "--runs", folder]);
    equal(code, 0, stdout);
    const { overrides, spec } = readJson(`${onlyRun(folder, "glyphs-ae")}/run.json`);
    deepEqual(overrides, ["train.parts=4", "train.epochs=3"]);
    const trained = spec.stages.find(({ kind }: { kind: string }) => kind === "train");
    equal(trained.options.parts, 4);
  });
});
