/**
 * How long a training step takes: this project's engines compared with PyTorch, JAX, TensorFlow.js and jax-js, taken in turns in one run.
 *
 * A step is: gather a batch, forward, backward, Adam. Its FLOPs are counted as `6 batch sum(places rows columns)` over its matrices; the peak is the speed of
 * a product of 1024 x 1024 by the fastest engine there on the same threads, measured in the same rounds.
 *
 *     deno run -A --no-lock bench/steps.ts [--json | --markdown] [--rounds 25] [--only A,B] [--without pytorch,jax,tfjs,jax-js]
 *     deno run -A --no-lock bench/steps.ts --processor-time ...      one thread, on a machine that does other things, too
 *     deno run -A --no-lock bench/steps.ts --profile [--only B]
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Engine } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/load.ts";
import { messageOf } from "../src/core/errors.ts";
import { interleave } from "./interleave.ts";
import { circumstances, note, show } from "./note.ts";
import { type Jax, JAX_ENGINES, startJax } from "./peers/jax.ts";
import { jaxStepper } from "./peers/jax_js.ts";
import { pythonWithTorch } from "./peers/python.ts";
import { startTorch, type Torch } from "./peers/pytorch.ts";
import { tfjsStepper } from "./peers/tfjs.ts";
import { type Case, CASES, flopsOf, isDense } from "./steps/cases.ts";
import { hourglassStepper, peakContestant, PRODUCT } from "./steps/hourglass.ts";
import { profile } from "./steps/profile.ts";
import { markdownOf, type Row, rowsOf, tableOf } from "./steps/rows.ts";
import { type Stepper, timeByProcessor } from "./steps/stepper.ts";

/** How far first losses may differ, relatively; the VAE's have draws of their own. */
const CLOSE = { plain: 1e-3, VAE: 0.03 };

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    rounds: { type: "string", default: "25" },
    only: { type: "string", default: CASES.map(({ name }) => name).join(",") },
    without: { type: "string", default: "" },
    "processor-time": { type: "boolean", default: false },
  },
});
/** Threads that are compared. Threads that wait for one another spin, which is processor time, too. */
const THREADS = flags["processor-time"] ? [1] : [1, 2];
const peerFlags = flags["processor-time"] ? ["--processor-time"] : [];
if (flags["processor-time"]) timeByProcessor();
const cases = CASES.filter(({ name }) => flags.only.split(",").includes(name));
const isWanted = (peer: string) => !flags.without.split(",").includes(peer);

if (flags.profile) {
  for (const one of cases) show(await profile(one));
} else await compareAll();
// jax-js leaves its workers behind.
Deno.exit(0);

async function compareAll(): Promise<void> {
  const peers = await startPeers(), rows: Row[] = [];
  for (const one of cases) rows.push(...await compare(one, peers));
  for (const peer of [...peers.torches, ...peers.jaxes]) await peer.close();
  if (flags.json) show(JSON.stringify(rows, null, 2));
  else if (flags.markdown) {
    const versions = [...peers.torches.slice(0, 1), ...peers.jaxes].map(({ description }) => description);
    show(`${[circumstances(), ...versions].join("; ")}\n\n${markdownOf(rows)}`);
  } else show(tableOf(rows));
}

/** The peers in Python; none where there is no Python for them. */
interface Peers {
  readonly torches: readonly Torch[];
  readonly jaxes: readonly Jax[];
}

async function startPeers(): Promise<Peers> {
  const torches: Torch[] = [], jaxes: Jax[] = [];
  const python = isWanted("pytorch") || isWanted("jax") ? await pythonWithTorch() : "not wanted";
  if (typeof python === "string") {
    note(`without PyTorch and JAX: ${python}`);
    return { torches, jaxes };
  }
  if (isWanted("pytorch")) {
    for (const threads of THREADS) torches.push(await startTorch(python, threads, peerFlags));
  }
  if (isWanted("jax")) jaxes.push(await startJax(python.command, peerFlags));
  [...torches.slice(0, 1), ...jaxes].forEach(({ description }) => note(description));
  return { torches, jaxes };
}

/** Times all engines and peers at a case, and the products of each number of threads between them. */
async function compare(one: Case, peers: Peers): Promise<Row[]> {
  const steppers = await steppersOf(one, peers), { torches } = peers;
  const peaks = await Promise.all(
    THREADS.map(async (threads) => peakContestant(await fastest(threads), threads)),
  );
  const contestants = [
    ...steppers,
    ...peaks,
    ...torches.map(({ product }) => product),
  ];
  const medians = await interleave(contestants, { rounds: Number(flags.rounds) });
  const speed = (at: number) => 2 * PRODUCT ** 3 / medians[at] / 1e6;
  contestants.slice(steppers.length).forEach(({ name }, at) =>
    note(`  ${name}: ${speed(steppers.length + at).toFixed(0)} GFLOP/s`)
  );
  for (const { close } of steppers) await close?.();
  return rowsOf(
    one.name,
    flopsOf(one),
    steppers.map(({ engine, threads }, at) => ({ engine, threads, medianMs: medians[at] })),
    new Map(THREADS.map((threads, at) => [threads, speed(steppers.length + at)])),
  );
}

/** The engine whose product is the peak: ONNX Runtime's, or the kernels' where that is not there. */
async function fastest(threads: number): Promise<Engine> {
  try {
    return await loadEngine("native", { threads });
  } catch {
    return await loadEngine("wasm");
  }
}

/** All engines and peers that can run a case; for the others a note says why not. */
async function steppersOf(one: Case, { torches, jaxes }: Peers): Promise<Stepper[]> {
  note(`${one.name} ${one.title}`);
  const steppers: Stepper[] = [];
  const add = async (name: string, make: () => Promise<Stepper>) => {
    try {
      const made = await make();
      // A native engine that runs a small graph by its kernels has one thread, whatever its options.
      const isThere = steppers.some(({ name }) => name === made.name);
      if (isThere) made.close?.();
      else steppers.push(made);
    } catch (thrown) {
      note(`  without ${name}: ${messageOf(thrown)}`);
    }
  };
  await add("wasm", async () => hourglassStepper(await loadEngine("wasm"), one, 1));
  for (const threads of THREADS) {
    await add("native", async () => hourglassStepper(await loadEngine("native", { threads }), one, threads));
  }
  if (isDense(one)) {
    if (isWanted("tfjs")) await add("tfjs wasm", () => tfjsStepper(one, "wasm"));
    if (isWanted("tfjs") && one.name === "A") await add("tfjs cpu", () => tfjsStepper(one, "cpu"));
    if (isWanted("jax-js") && one.name !== "VAE") await add("jax-js", () => jaxStepper(one));
  }
  for (const torch of torches) {
    for (const mode of torch.modes(one).filter(({ engine }) => isWanted(engine))) {
      await add(mode.engine, () => torch.stepper(one, mode));
    }
  }
  for (const jax of one.name === "VAE" ? [] : jaxes) {
    for (const engine of JAX_ENGINES.filter(isWanted)) await add(engine, () => jax.stepper(one, engine));
  }
  checkLosses(one, steppers);
  return steppers;
}

/** All must compute the same: the loss of the first batch under the first weights says whether they do. */
function checkLosses(one: Case, steppers: readonly Stepper[]): void {
  const [{ firstLoss: expected }] = steppers;
  const tolerance = one.name === "VAE" ? CLOSE.VAE : CLOSE.plain;
  for (const { name, firstLoss } of steppers) {
    if (Math.abs(firstLoss - expected) <= tolerance * expected) continue;
    throw new RangeError(
      `the first loss of ${name} at ${one.name} must be ${expected}, got ${firstLoss}`,
    );
  }
}
