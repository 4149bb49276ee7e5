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
import { rowsBeforePart, rowsOfPart } from "../core/parts.ts";
import { type DrawKey, fillUniform } from "../core/random.ts";
import { sampleSize } from "../core/shape.ts";
import type { Floats, Program } from "../engine/engine.ts";
import { CODEBOOK, codePositions, hasCodebook } from "../models/codebook.ts";
import { modelParameters } from "../models/layers.ts";
import type { ModelSpec, VectorQuantisedSpec } from "../models/spec.ts";
import type { Share } from "./share.ts";
import type { OwnUpdate } from "./update.ts";

/** The updates of a codebook. */
export interface CodebookUpdate extends OwnUpdate {
  /**
   * Adds to what this process has computed of a batch of `rows` samples: in parts, the encoder's outputs at which dead codes would be
   * restarted, in the places of the codes, whose gradients are 0. Called before the sum over processes. `steps`: those before this one.
   */
  add(rows: number, steps: number): void;
  /** Parts of the loss that are no sums over parts, by name, as of the last `read`. */
  readonly computed: Readonly<Record<string, ArrayLike<number>>>;
}

/** Keeps the usage of codes that no batch chose above 0 (Laplace smoothing). */
const SMOOTHING = 1e-5;

/** Prepares the update of a model's codebook; `undefined` for a model without. That of a frozen codebook changes nothing. */
export function codebookUpdate(
  program: Program,
  model: ModelSpec,
  { seed, freeze = [], average, share }: {
    readonly seed: number;
    readonly freeze?: readonly string[];
    readonly average?: Floats;
    readonly share?: Share;
  },
): CodebookUpdate | undefined {
  if (!hasCodebook(model)) return undefined;
  const { start, end } = codebookRange(model), found = program.gradients.subarray(start, end);
  const isInParts = share?.parts !== undefined, used = new Float32Array(1);
  const computed: Record<string, Float32Array> = isInParts ? { perplexity: used } : {};
  const observe = (rows: number) => {
    if (isInParts) used[0] = perplexityOf(model, found, rows * codePositions(model));
  };
  if (freeze.includes("codebook")) {
    return {
      add() {},
      computed,
      read(rows) {
        observe(rows);
        found.fill(0);
      },
      write() {},
    };
  }
  const targets = [program.parameters, ...average === undefined ? [] : [average]]
    .map((numbers) => numbers.subarray(start, end));
  const next = new Float32Array(end - start), encoded = program.output("encoded");
  const key: DrawKey & { epoch: number } = { seed, stream: "codes", epoch: 0 };
  return {
    add(rows, steps) {
      key.epoch = steps;
      if (isInParts) addCandidates(model, share, { found, encoded, partRows: program.partRows, rows, key });
    },
    computed,
    read(rows, steps) {
      observe(rows);
      next.set(targets[0]);
      key.epoch = steps;
      const positions = rows * codePositions(model), candidates = isInParts ? found : undefined;
      moveCodes(model, { numbers: next, found, encoded, candidates, rows: positions, key });
      found.fill(0);
    },
    write() {
      for (const target of targets) target.set(next);
    },
  };
}

/** What this process has computed of a batch of `rows` samples. */
interface Computed extends Pick<Batch, "found" | "encoded" | "rows" | "key"> {
  readonly partRows: number;
}

/** Writes what the encoder gave at the positions drawn for codes, as far as they are in parts of this process. */
function addCandidates(
  model: VectorQuantisedSpec,
  { parts = 1, first, count }: Share,
  { found, encoded, partRows, rows, key }: Computed,
): void {
  const { codes, dimensions, restart } = model, positions = codePositions(model);
  if (restart === null) return;
  for (let code = 0; code < codes; code++) {
    const position = restartPosition(code, rows * positions, key), row = Math.floor(position / positions);
    for (let part = 0; part < count; part++) {
      const own = row - rowsBeforePart(rows, parts, first + part);
      if (own < 0 || own >= rowsOfPart(rows, parts, first + part)) continue;
      const from = ((part * partRows + own) * positions + position % positions) * dimensions;
      for (let k = 0; k < dimensions; k++) found[code * dimensions + k] = encoded[from + k];
    }
  }
}

/** The perplexity of the codes by how often a batch chose them: that of `models/codebook.ts`, which is no sum over parts. */
function perplexityOf({ codes, dimensions }: VectorQuantisedSpec, found: Floats, positions: number): number {
  let entropy = 0;
  for (let code = 0; code < codes; code++) {
    const share = found[codes * dimensions + code] / positions;
    entropy -= share * Math.log(share + 1e-10);
  }
  return Math.exp(entropy);
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
  /** The row of `encoded` at which each code would be restarted [C, d]. @default {taken from `encoded`} */
  readonly candidates?: Floats;
  /** Rows of `encoded`: positions of all samples. */
  readonly rows: number;
  readonly key: DrawKey;
}

const draw = new Float32Array(1), drawnFor = new Uint32Array(1);

/** The row of `encoded` at which a code is restarted, by the seed, the step and the number of the code. */
function restartPosition(code: number, rows: number, key: DrawKey): number {
  drawnFor[0] = code;
  fillUniform(draw, 1, 1, drawnFor, key);
  return Math.min(rows - 1, Math.floor(draw[0] * rows));
}

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
  { numbers, found, encoded, candidates, rows, key }: Batch,
): void {
  const usageAt = codes * dimensions, sumAt = usageAt + codes, even = rows / codes;
  for (let at = usageAt; at < numbers.length; at++) {
    numbers[at] = decay * numbers[at] + (1 - decay) * found[at];
  }
  for (let code = 0; code < codes && restart !== null; code++) {
    if (numbers[usageAt + code] >= restart * even) continue;
    const from = (candidates === undefined ? restartPosition(code, rows, key) : code) * dimensions;
    const restarted = candidates ?? encoded;
    numbers[usageAt + code] = even;
    for (let k = 0; k < dimensions; k++) numbers[sumAt + code * dimensions + k] = even * restarted[from + k];
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
