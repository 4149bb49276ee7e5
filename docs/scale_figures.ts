// P = parameters, M = bytes of the gradients (4 P), R = ranks, a = latency in seconds, B = bytes per second, f = operations per second of a rank.

/**
 * The arithmetic of scale.md: prints its tables. A test looks for them on the page.
 *
 *     deno run -A --no-lock docs/scale_figures.ts
 *
 * @module
 */
import { CASES, flopsOf, initialParameters } from "../bench/steps/cases.ts";
import { markdown, show } from "../bench/note.ts";
import { bytesText, countText } from "../src/core/amounts.ts";
import { stepCost } from "../src/engine/parts/cost.ts";

/** A network, as assumed. */
export interface Network {
  readonly name: string;
  readonly bandwidth: number;
  readonly latency: number;
}
export const ETHERNET: Network = { name: "10 Gbit/s, 50 us", bandwidth: 1.25e9, latency: 50e-6 };
export const FABRIC: Network = { name: "100 Gbit/s, 5 us", bandwidth: 12.5e9, latency: 5e-6 };

/** Bytes of gradients that a rank adds up in a second, as `stepCost` counts them. */
const ADDED_BYTES = 1e10;
/** f: step E of performance.md on two threads, measured. */
export const FLOP_RATE = 157e9;
export const IMAGES = 1e9, RANKS = 1000;

/** A model, and how many images of a batch each rank has. */
export interface Model {
  readonly name: string;
  readonly parameters: number;
  /** Operations of a training step for each image, two for each multiplication with an addition. */
  readonly flops: number;
  readonly rows: number;
}

const E = CASES.find(({ name }) => name === "E")!;
export const MODELS: readonly Model[] = [
  {
    name: "step E: 64x64x3, four convolutions",
    parameters: initialParameters(E).reduce((sum, { length }) => sum + length, 0),
    flops: flopsOf(E) / E.batch,
    rows: 64,
  },
  // He et al. 2016, table 1: 3.8e9 multiplications with an addition forward; backward twice as many.
  { name: "of ResNet-50's size, 224x224x3", parameters: 25.6e6, flops: 3 * 2 * 3.8e9, rows: 32 },
  // Kaplan et al. 2020, section 2.1: 6 operations per parameter and token; 256 patches of 14x14 pixels.
  { name: "1e9 parameters, 256 patches an image", parameters: 1e9, flops: 6 * 1e9 * 256, rows: 8 },
];

/** Three digits, or all of a whole number with more. */
const three = (value: number) => value >= 100 ? countText(value) : value.toPrecision(3);

export const seconds = (value: number) =>
  value >= 3600 * 48
    ? `${countText(value / 86400)} d`
    : value >= 7200
    ? `${(value / 3600).toFixed(1)} h`
    : value >= 120
    ? `${countText(value / 60)} min`
    : value >= 1
    ? `${value.toFixed(1)} s`
    : `${Number((1000 * value).toPrecision(3))} ms`;

export function costOf({ parameters, flops, rows }: Model, { bandwidth, latency }: Network, ranks: number) {
  const work = { flops: ranks * rows * flops, parameters, rows: ranks * rows };
  return stepCost(work, { flopRate: FLOP_RATE, bandwidth, latency }, { processes: ranks, parts: ranks });
}

/**
 * Rabenseifner's allreduce (Thakur, Rabenseifner and Gropp 2005, section 5.1), with the additions at the speed that ours are counted with:
 * `2 lg P a + 2 (P - 1) / P M / B + (P - 1) / P M / A` for P ranks, a power of two. Any other number R > P is brought down to P first, which
 * adds `3 a + 2 M / B + M / (2 A)`.
 */
function rabenseifner({ parameters }: Model, { latency, bandwidth }: Network, ranks: number): number {
  const bytes = 4 * parameters, steps = Math.floor(Math.log2(ranks)), power = 2 ** steps;
  const share = (power - 1) / power * bytes;
  const sum = 2 * steps * latency + 2 * share / bandwidth + share / ADDED_BYTES;
  return power === ranks ? sum : sum + 3 * latency + 2 * bytes / bandwidth + bytes / 2 / ADDED_BYTES;
}

function sumTable(): string {
  const rows = [2, 8, 64, 256, 1000, 1024, 4096].map((ranks) => [
    countText(ranks),
    ...[ETHERNET, FABRIC].flatMap((network) => [
      seconds(costOf(MODELS[0], network, ranks).sum),
      seconds(rabenseifner(MODELS[0], network, ranks)),
    ]),
  ]);
  const head = [ETHERNET, FABRIC].flatMap(({ name }) => [`${name}: this project`, `${name}: Rabenseifner`]);
  return markdown(["ranks", ...head], rows);
}

/** Bytes of a checkpoint: parameters, two numbers of Adam for each, and the best weights. */
export const checkpointOf = ({ parameters }: Model) => 4 * 4 * parameters;
/** Seconds between failures of one of the machines, each of which fails once in five years. */
export const FAILURE = 5 * 365 * 86400 / RANKS;
const DISK = 1e9;

function trainingTable(): string {
  const rows = MODELS.map((model) => {
    const { parameters, flops, rows } = model;
    const costs = [ETHERNET, FABRIC].map((network) => costOf(model, network, RANKS));
    const steps = Math.ceil(IMAGES / (RANKS * rows)), writing = checkpointOf(model) / DISK;
    return [
      model.name,
      `${three(parameters / 1e6)} million`,
      `${three(flops / 1e9)} GFLOP`,
      `${countText(RANKS * rows)}, ${countText(steps)}`,
      bytesText(2 * (RANKS - 1) / RANKS * 4 * parameters),
      seconds(costs[0].compute),
      ...costs.map(({ sum }) => seconds(sum)),
      ...costs.map(({ compute, total }) => `${(100 * compute / total).toFixed(0)} %`),
      seconds(steps * costs[1].total),
      seconds(IMAGES * flops / FLOP_RATE),
      `${bytesText(checkpointOf(model))}, ${seconds(writing)}`,
      // Young 1974.
      seconds(Math.sqrt(2 * writing * FAILURE)),
    ];
  });
  const names = rows.map(([name]) => name),
    lines = [
      "parameters",
      "operations of a training step, per image",
      "batch of all ranks, steps per epoch",
      "bytes sent by a rank in a step",
      "computing a step",
      `sum, ${ETHERNET.name}`,
      `sum, ${FABRIC.name}`,
      `share of computing, ${ETHERNET.name}`,
      `share of computing, ${FABRIC.name}`,
      `epoch, ${FABRIC.name}`,
      "epoch of one rank alone",
      "checkpoint, written at 1 GB/s",
      "best time between checkpoints",
    ];
  return markdown(["", ...names], lines.map((line, at) => [line, ...rows.map((row) => row[at + 1])]));
}

/** What a trial does in its folder of runs, by strace: the difference of sweeps of six and of two trials of 100 epochs, divided by four. */
export const TRIALS = [
  { name: "as they are", files: 17, folders: 7, bytes: 264e3, changing: 56, reading: 86, synced: 26 },
  {
    name: "`--no-report --no-cache`",
    files: 9,
    folders: 3,
    bytes: 110e3,
    changing: 31,
    reading: 54,
    synced: 22,
  },
];
export const MANY = 100_000;

function sweepTable(): string {
  const lines: [string, (of: typeof TRIALS[number]) => string][] = [
    ["files of a trial, folders", ({ files, folders }) => `${files}, ${folders}`],
    ["bytes of a trial", ({ bytes }) => bytesText(bytes)],
    ["operations that create, rename or remove", ({ changing }) => `${changing}`],
    ["operations that open or stat", ({ reading }) => `${reading}`],
    ["syncs to the disk", ({ synced }) => `${synced}`],
    [
      "100,000 trials: files and folders",
      ({ files, folders }) => `${((files + folders) * MANY / 1e6).toFixed(1)} million`,
    ],
    ["100,000 trials: bytes", ({ bytes }) => bytesText(bytes * MANY)],
    [
      "100,000 trials: changing operations",
      ({ changing }) => `${(changing * MANY / 1e6).toFixed(1)} million`,
    ],
    ["the same at 15,000 per second", ({ changing }) => seconds(changing * MANY / 15_000)],
    ["trials per second that 15,000 per second allow", ({ changing }) => countText(15_000 / changing)],
    ["trials per second that 2,000 per second allow", ({ changing }) => countText(2000 / changing)],
  ];
  return markdown(
    ["", ...TRIALS.map(({ name }) => name)],
    lines.map(([line, of]) => [line, ...TRIALS.map(of)]),
  );
}

/** The tables, in the order of the document. */
export const scaleTables = (): string[] => [sweepTable(), sumTable(), trainingTable()];

if (import.meta.main) show(scaleTables().join("\n\n"));
