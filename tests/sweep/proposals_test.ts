import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { ae, evaluate, glyphs, load, logUniform, pipeline, sweep, train } from "../../mod.ts";
import { trialsFolder } from "../../src/sweep/folder.ts";
import { openProposals } from "../../src/sweep/proposals.ts";
import { writeResult } from "../../src/sweep/result.ts";
import { fixtureResult } from "../support/sweep_fixture.ts";

const LETTERS = pipeline("letters").pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 8], latent: 2 }), { epochs: 1 }))
  .pipe(evaluate());
const SWEEP = sweep(
  LETTERS,
  { "train.optimizer.learningRate": logUniform(1e-4, 1e-1) },
  { sampler: "tpe", trials: 20, metric: "evaluate.mse" },
);
const opened = (folder: string) => openProposals(folder, SWEEP, { file: import.meta.url, set: [], seed: 1 });

Deno.test("openProposals() chooses by the result of a trial that failed and was run again", async () => {
  const root = await Deno.makeTempDir({ prefix: "hourglass-proposals-" });
  try {
    const [folder, copy] = ["long", "new"].map((name) => `${root}/${name}`);
    for (const own of [folder, copy]) await Deno.mkdir(trialsFolder(own), { recursive: true });
    const write = async (...written: Parameters<typeof fixtureResult>) => {
      for (const own of [folder, copy]) await writeResult(own, fixtureResult(...written));
    };
    const long = opened(folder), rates: number[] = [];
    let failed: Parameters<typeof fixtureResult>[0] | undefined;
    for (let at = 0; at < 15; at++) {
      const [trial] = await long.next(), rate = trial.settings["train.optimizer.learningRate"] as number;
      rates.push(rate);
      // Its best value is at a rate of 0.003; the last two have failed at first.
      const mse = Math.abs(Math.log(rate / 0.003));
      await write(trial, mse, at < 13 ? {} : { state: "failed", exitCode: 1 });
      if (at === 13) failed = trial;
    }
    equal(new Set(rates).size, 15);
    await write(failed!, 0);
    await Deno.copyFile(`${folder}/proposals.jsonl`, `${copy}/proposals.jsonl`);
    deepEqual(await long.next(), await opened(copy).next());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
