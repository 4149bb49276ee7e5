// N = rows of a batch, C = columns, P = all parameters together; every block is row-major.

/**
 * The engine contract: what runs a graph.
 *
 * An engine compiles a graph into a {@link Program}: one planned piece of memory with the parameters (contiguous, in the graph's
 * order), their gradients, the optimizer's state, the inputs and all values in between. The caller fills inputs, runs, updates,
 * and reads through views of that memory. After `compile` nothing is allocated. Engines know graphs, not models; one test suite,
 * `tests/engine/contract.ts`, holds for all of them.
 *
 * @module
 */
import type { SummedBlock, UpdatedState, UpdateRange } from "../core/collective.ts";
import type { DrawKey } from "../core/random.ts";
import type { SampleValues, ValueKind } from "../core/shape.ts";
import type { Graph } from "../graph/graph.ts";
import type { UpdateRule } from "./update_rule.ts";

/** The names of all engines. */
export const ENGINE_NAMES = ["reference", "wasm", "native", "tfjs"] as const;

/** The name of an engine. */
export type EngineName = typeof ENGINE_NAMES[number];

/** Numbers in an engine's precision. */
export type Floats = Float32Array | Float64Array;

/** The samples that a program has room for, and how {@link Program.gather} reads them. */
export interface SampleOptions {
  /** How many samples there is room for. */
  readonly capacity: number;
  /** How many values a sample has. */
  readonly size: number;
  /** How values are stored. */
  readonly kind: ValueKind;
  /** How the values of targets are stored, where samples have targets of their own. @default {there are none} */
  readonly targets?: ValueKind;
  /**
   * Values x become `(x - shift) / divisor` as they are gathered, in single precision: one number for all values of a sample, or one for
   * each. @default {bytes become `x * (1 / 255)`, floats stay as they are}
   */
  readonly scale?: { readonly shift: readonly number[]; readonly divisor: readonly number[] };
}

/** The parts of a run: each has its rows (`core/parts.ts`), and their gradients and outputs of one number are summed as a tree. */
export interface PartOptions {
  /** How many parts a run of this program has. */
  readonly count: number;
  /** How many processes run such programs and sum what these have summed; above 1 there is memory for what the others send. */
  readonly processes: number;
}

/** What a run with parts has summed over them, for other processes to add theirs. */
export interface SummedParts extends SummedBlock {
  /** One number more, which runs leave alone. */
  readonly flag: Float32Array;
}

/** Options for {@link Engine.compile}. */
export interface ProgramOptions {
  /** At most how many rows a run may have; with parts, each of them. */
  readonly capacity: number;
  /** Computes a run in parts. Its graph may have outputs of one number and of one or more rows per sample. @default {in one piece} */
  readonly parts?: PartOptions;
  /** How {@link Program.update} changes parameters. @default {it cannot} */
  readonly rule?: UpdateRule;
  /** Room for samples that {@link Program.gather} reads. @default {none} */
  readonly samples?: SampleOptions;
  /** At most how many entries {@link Program.order} has. @default {capacity} */
  readonly orderLength?: number;
}

/** How {@link Program.corrupt} corrupts an input. The draws of (sample, pixel) depend on the key alone. */
export type Corruption =
  /** Adds `N(0, std)` to each pixel; with `maximumStd` above `std` each sample has its own std, uniform between the two. */
  | { readonly kind: "gaussian"; readonly std: number; readonly maximumStd: number }
  /** Sets a share of the pixels to 0 or 1, one as likely as the other. */
  | { readonly kind: "saltAndPepper"; readonly share: number }
  /** Sets a share of the pixels to 0. */
  | { readonly kind: "masking"; readonly share: number }
  /** Flips a share of the pixels: x becomes `1 - x`. */
  | { readonly kind: "flips"; readonly share: number }
  /** Samples each pixel: 1 with probability x, else 0. */
  | { readonly kind: "bernoulli" };

/** A compiled graph with its memory. Views stay valid until {@link Program.dispose}. */
export interface Program {
  /** All parameters, one after the other in the order of `graph.parameters`. Length P. */
  readonly parameters: Floats;
  /** Their gradients after a run, in the same order. Length P, or 0 for a graph without gradients. */
  readonly gradients: Floats;
  /** The optimizer's state: as many blocks of length P as its rule has slots. */
  readonly slots: readonly Floats[];
  /** The samples, before they are scaled, filled by the caller. Shape [samples.capacity, samples.size]. */
  readonly samples: SampleValues;
  /** Their targets, in the same order; empty where they have none of their own. */
  readonly targets: SampleValues;
  /** The order in which {@link Program.gather} takes samples; the caller fills it, once an epoch. */
  readonly order: Uint32Array;
  /** How often each kernel ran, to prove which path was taken: `{ "matmul+bias+tanh": 3, ... }`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The memory of the whole program in bytes. */
  readonly bytes: number;
  /** Row `part * partRows` of inputs and outputs is the first of a part; without parts, their rows. */
  readonly partRows: number;
  /** What the last run has summed: the gradients and the outputs of one number. @default {it has no parts} */
  readonly summed?: SummedParts;
  /** Parameters and slots, of which {@link update} can change a range. @default {it changes all of them} */
  readonly state?: UpdatedState;
  /** The view of an input: [capacity, C], or [parts partRows, C] (a fixed shape as it is). */
  input(name: string): Floats;
  /** The view of an output: [capacity, C], or [parts partRows, C], of which the rows of the last run hold. */
  output(name: string): Floats;
  /**
   * Fills an input with samples: row `at + r` becomes sample `order[start + r] mod samples.capacity`, scaled as its options say. The default
   * of `at`, here and below, is 0.
   */
  gather(input: string, start: number, rows: number, at?: number): void;
  /** Fills an input with the targets of the samples that {@link gather} takes, scaled in the same way. */
  gatherTargets(input: string, start: number, rows: number, at?: number): void;
  /** Copies rows of one input to another and corrupts the copy; the sample of row `at + r` is `order[start + r]`. */
  corrupt(
    from: string,
    to: string,
    corruption: Corruption,
    key: DrawKey,
    start: number,
    rows: number,
    at?: number,
  ): void;
  /** Fills an input with standard normal numbers; the sample of row `at + r` is `order[start + r]`. */
  drawNormal(input: string, key: DrawKey, start: number, rows: number, at?: number): void;
  /**
   * Computes all outputs and gradients for the first `rows` rows of the inputs; with parts, for `rows` rows in all, which may be none: each
   * part has the first of its own.
   */
  run(rows: number): void;
  /** The Euclidean norm of all gradients together (before any scale). */
  gradientNorm(): number;
  /**
   * Changes parameters (and slots) by the rule that the program was compiled with, with the scalars that the rule names.
   *
   * @param range Those of a program with a {@link state}. @default {all}
   */
  update(scalars: ArrayLike<number>, range?: UpdateRange): void;
  /** Frees what the engine holds; the views must not be used again. */
  dispose(): void;
}

/** Something that runs graphs. */
export interface Engine {
  /** Its name, as `--engine` takes it. */
  readonly name: EngineName;
  /** The numbers it computes with. */
  readonly precision: "f32" | "f64";
  /** Plans the memory of a graph and makes it ready to run. */
  compile(graph: Graph, options: ProgramOptions): Program;
}
