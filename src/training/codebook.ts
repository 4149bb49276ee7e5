// C = codes, d = dimensions of a code, g = decay, N_i, m_i = averages of code i.

/**
 * Updates the codes of a VQ-VAE after each batch, by moving averages.
 *
 * The codebook has no gradient: the training graph gives, in the place of the gradients of its averages, how often each code was chosen and the
 * sum of the encoder's outputs that it replaced, which data parallelism adds up as it does gradients. They are taken out before the optimizer's update, and the codes
 * are written after it, so that no optimizer, clipping or weight decay affects them.
 *
 * @module
 */
import { type DrawKey, fillUniform } from "../core/random.ts";
import { sampleSize } from "../core/shape.ts";
import type { Floats, Program } from "../engine/engine.ts";
import { CODEBOOK, codePositions, hasCodebook } from "../models/codebook.ts";
import { modelParameters } from "../models/layers.ts";
import type { ModelSpec, VectorQuantisedSpec } from "../models/spec.ts";

/** The updates of a codebook. */
export interface CodebookUpdate {
  /** Reads what a batch of `rows` samples gave, and clears it. `steps`: those before this one. */
  read(rows: number, steps: number): void;
  /** Writes the codes that follow from it, after the update of all other parameters. */
  write(): void;
}

/** Keeps the usage of codes that no batch chose above 0 (Laplace smoothing). */
const SMOOTHING = 1e-5;

/** Prepares the update of a model's codebook; `undefined` for a model without, or whose codebook is frozen. */
export function codebookUpdate(
  program: Program,
  model: ModelSpec,
  { seed, freeze = [], average }: {
    readonly seed: number;
    readonly freeze?: readonly string[];
    readonly average?: Floats;
  },
): CodebookUpdate | undefined {
  if (!hasCodebook(model)) return undefined;
  const { start, end } = codebookRange(model), found = program.gradients.subarray(start, end);
  if (freeze.includes("codebook")) return { read: () => void found.fill(0), write() {} };
  const targets = [program.parameters, ...average === undefined ? [] : [average]]
    .map((numbers) => numbers.subarray(start, end));
  const next = new Float32Array(end - start), encoded = program.output("encoded");
  const key: DrawKey & { epoch: number } = { seed, stream: "codes", epoch: 0 };
  return {
    read(rows, steps) {
      next.set(targets[0]);
      key.epoch = steps;
      moveCodes(model, { numbers: next, found, encoded, rows: rows * codePositions(model), key });
      found.fill(0);
    },
    write() {
      for (const target of targets) target.set(next);
    },
  };
}

/** The parameters of the codebook among those of its model. */
function codebookRange(model: ModelSpec): { start: number; end: number } {
  let at = 0, start = 0, end = 0;
  for (const { name, shape } of modelParameters(model)) {
    const size = sampleSize(shape);
    if (name === CODEBOOK.codes) start = at;
    at += size;
    if (name === CODEBOOK.sum) end = at;
  }
  return { start, end };
}

/** What a batch gave: `found` has the usage and the sums in their places, `encoded` what the encoder gave [rows, d]. */
interface Batch {
  /** The codebook's parameters, which are changed. */
  readonly numbers: Float32Array;
  readonly found: Floats;
  readonly encoded: Floats;
  /** Rows of `encoded`: positions of all samples. */
  readonly rows: number;
  readonly key: DrawKey;
}

const draw = new Float32Array(1), drawnFor = new Uint32Array(1);

/**
 * One step of the averages (appendix A.1): `N_i = g N_i + (1 - g) n_i`, `m_i = g m_i + (1 - g) sum z` and
 * `e_i = m_i / ((N_i + 1e-5) / (N + 1e-5 C) N)` with `N = sum_i N_i`.
 *
 * A code is dead when its average use is below `restart` times uniform use. It is restarted at the encoder's output at a position
 * of the batch, drawn by the seed, the step and the number of the code, with uniform use (Dhariwal et al. 2020, arXiv:2005.00341, section 3.1).
 * So the first step, when no code has been in use, takes all codes that the batch did not choose from the data.
 */
export function moveCodes(
  { codes, dimensions, decay, restart }: VectorQuantisedSpec,
  { numbers, found, encoded, rows, key }: Batch,
): void {
  const usageAt = codes * dimensions, sumAt = usageAt + codes, even = rows / codes;
  for (let at = usageAt; at < numbers.length; at++) {
    numbers[at] = decay * numbers[at] + (1 - decay) * found[at];
  }
  for (let code = 0; code < codes && restart !== null; code++) {
    if (numbers[usageAt + code] >= restart * even) continue;
    drawnFor[0] = code;
    fillUniform(draw, 1, 1, drawnFor, key);
    const from = Math.min(rows - 1, Math.floor(draw[0] * rows)) * dimensions;
    numbers[usageAt + code] = even;
    for (let k = 0; k < dimensions; k++) numbers[sumAt + code * dimensions + k] = even * encoded[from + k];
  }
  let total = 0;
  for (let code = 0; code < codes; code++) total += numbers[usageAt + code];
  for (let code = 0; code < codes; code++) {
    const smooth = (numbers[usageAt + code] + SMOOTHING) / (total + codes * SMOOTHING) * total;
    for (let k = 0; k < dimensions; k++) {
      numbers[code * dimensions + k] = numbers[sumAt + code * dimensions + k] / smooth;
    }
  }
}
