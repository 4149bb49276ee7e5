import { deepStrictEqual as deepEqual, doesNotThrow, strictEqual as equal, throws } from "node:assert/strict";
import { jobFlags } from "../../bench/job_flags.ts";
import { checkLoss, type Job } from "../../bench/job_runs.ts";
import { UsageError } from "../../src/core/errors.ts";
import { LOCKED, ROOT } from "../support/program.ts";

Deno.test("jobFlags() reads lists with each entry once", () => {
  deepEqual(jobFlags(["--job", "conv", "--threads", "1,2,1", "--engines", "wasm", "--without", "pytorch"]), {
    json: false,
    job: "conv",
    epochs: 3,
    rounds: 3,
    engines: ["wasm"],
    threads: [1, 2],
    withPytorch: false,
  });
});

const REFUSED: readonly [flags: string, message: string][] = [
  ["--job konv", '--job must be one of dense, conv, got "konv" (did you mean "conv"?)'],
  ["--job toString", '--job must be one of dense, conv, got "toString"'],
  ["--epochs 1.5", '--epochs must be a whole number from 1, got "1.5"'],
  ["--rounds 0", '--rounds must be a whole number from 1, got "0"'],
  ["--threads 1,", '--threads must be a whole number from 1, got ""'],
  ["--engines native,cuda", '--engines must be one of reference, wasm, native, tfjs, got "cuda"'],
  ["--without jax", '--without must be one of pytorch, got "jax"'],
  ["--jobs conv", "Unknown option '--jobs'"],
];

for (const [flags, message] of REFUSED) {
  Deno.test(`jobFlags() refuses ${flags}`, () =>
    throws(() => jobFlags(flags.split(" ")), (thrown) => {
      equal((thrown as Error).message, message);
      return thrown instanceof UsageError;
    }));
}

Deno.test("bench/job.ts ends with the message of a wrong flag and exit code 2", async () => {
  const args = ["run", "-A", "--quiet", ...LOCKED, "bench/job.ts", "--job", "x"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  deepEqual([code, text(stdout), text(stderr)], [
    2,
    "",
    'error: --job must be one of dense, conv, got "x"\n',
  ]);
});

Deno.test("checkLoss() refuses a validation loss that is more than 1.5 % from the first, and none at all", () => {
  const job = (engine: string, validation: number): Job => ({
    engine,
    validation,
    loss: validation,
    wallSeconds: 1,
    trainSeconds: 1,
    peakMegabytes: null,
  });
  const first = job("native", 100);
  for (const near of [98.5, 100, 101.5]) doesNotThrow(() => checkLoss(job("wasm", near), first));
  for (const far of [98.4, 101.6, NaN]) {
    throws(() => checkLoss(job("wasm", far), first), {
      name: "RangeError",
      message: `the validation loss of wasm must be within 1.5 % of that of native, 100, got ${far} ` +
        "(after few epochs it depends on the seed: more --epochs may help)",
    });
  }
});
