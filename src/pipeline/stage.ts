/**
 * What a stage is: options checked by a schema, a plan that does no work, and a run that returns its outputs.
 *
 * @module
 */
import type { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import type { Collective } from "../core/collective.ts";
import type { Fault } from "../core/fault.ts";
import type { OwnCode } from "../core/own_code.ts";
import type { StepWork } from "../core/parts.ts";
import type { RunEvent } from "./events.ts";
import type { Metrics } from "./metric.ts";

/** What is known before any work: the sizes by which stages check one another in a plan. */
export interface PlanFacts {
  /** The shape of a sample, once that of a dataset is known. */
  readonly shape?: readonly number[];
  /** At most how many samples the train split has, where that is known before they are read. */
  readonly samples?: number;
  /** Whether the dataset has a validation split of its own, once that is known. */
  readonly validation?: boolean;
  /** Why values are known to leave [0, 1]; `undefined` where they do not, or where it depends on the data. */
  readonly beyondUnit?: string;
  /** Whether inputs are corrupted. */
  readonly noisy?: boolean;
  /** The classes of the train split, once they are known, each with its label; `null`: the samples have no labels. */
  readonly classes?: readonly { readonly name: string; readonly label: number }[] | null;
  /** The classes of the test split, as {@link classes} has those of the train split. */
  readonly testClasses?: PlanFacts["classes"];
  /** The classes of a conditional model: those of the train split that it is trained on. */
  readonly modelClasses?: PlanFacts["classes"];
  /** The family of the model, once one is known: what stages can do with it. */
  readonly model?: string;
  /** The latent size, once a model is known. */
  readonly latent?: number;
  /** The most threads that pay for a training step so far. */
  readonly threads?: number;
}

/** What a stage says of itself before it runs. */
export interface StagePlan {
  /** Lines for a person: sizes, costs. */
  readonly lines: readonly string[];
  /** What later stages may rely on. */
  readonly facts?: PlanFacts;
  /** An estimate of its work, in floating-point operations, where it is most of a run's. @default {0} */
  readonly cost?: number;
  /** The work of one step of its training, whose parameters several processes would send. @default {it trains nothing} */
  readonly step?: StepWork;
  /** The names of what is measured of each epoch of its training, where that is known: of several possible ones all. @default {it trains nothing} */
  readonly epochMetrics?: readonly string[];
  /** What cannot work; paths begin within the stage: `model.encoder`. */
  readonly faults?: readonly Fault[];
}

/** An event as a stage emits it: the runner adds the time and the stage's name. */
export type StageEvent = WithoutAddress<Extract<RunEvent, { stage?: string }>>;
type WithoutAddress<Event> = Event extends unknown ? Omit<Event, "t" | "stage"> : never;

/** The engine of a run, as its record holds it. */
export interface EngineConfig {
  /** Its name: `native`, `wasm`, `reference` or `tfjs`. */
  readonly name: string;
  /** Threads; `null`: each step by its size. */
  readonly threads: number | null;
  /** The cores by which steps choose their threads. */
  readonly cores: number;
}

/** A named block of numbers of a checkpoint. */
export interface CheckpointBlock {
  /** Unique in its checkpoint. */
  readonly name: string;
  /** The numbers. */
  readonly data: Float32Array | Float64Array;
}

/** Where a long stage stood: plain data that JSON can hold, and blocks of numbers. */
export interface StageCheckpoint {
  /** Plain data. */
  readonly state: unknown;
  /** Blocks of numbers. */
  readonly blocks: readonly CheckpointBlock[];
}

/** When checkpoints are written; see {@link Checkpoints.due}. */
export interface CheckpointPolicy {
  /** Minutes between two checkpoints; `"auto"`: a second, or fifty times as long as the last one took to write. */
  readonly everyMinutes: number | "auto" | null;
  /** Epochs between two checkpoints; `null`: by the clock alone. */
  readonly everyEpochs: number | null;
}

/** Checkpoints of a long stage, so that it can resume in another process. */
export interface Checkpoints {
  /** Where to resume; `undefined`: start from the beginning. */
  readonly found?: StageCheckpoint;
  /** Whether it is time to save; called after each batch, and with the epoch's number after each epoch. */
  due(epoch?: number): boolean;
  /** Copies what it is given before it returns; it is written elsewhere, later. */
  save(state: unknown, blocks: readonly CheckpointBlock[]): void;
}

/** Receives the progress of the current epoch. Called after each batch, so it must cost next to nothing. */
export interface BatchProgress {
  /** An epoch (counted from 1) of `batches` batches starts, or resumes. */
  begin(epoch: number, batches: number): void;
  /** `done` batches of it are done; the mean loss of the epoch so far. */
  batch(done: number, meanLoss: number): void;
}

/** What a stage may do besides computing: everything it needs of the run around it. */
export interface StageContext {
  /** The stage's own name, unique in the pipeline. */
  readonly name: string;
  /** The run's seed. */
  readonly seed: number;
  /** What to compute with. */
  readonly engine: EngineConfig;
  /** Set to stop the stage soon with a checkpoint. */
  readonly signal: {
    readonly aborted: boolean;
    /** Set to stop a training after its current epoch. */
    readonly ending?: boolean;
    readonly reason: unknown;
  };
  /** The processes that share the parts of a training. @default {this one alone} */
  readonly collective?: Collective;
  /** The place of this process among those that run the pipeline together. @default {it runs alone} */
  readonly ranks?: { readonly rank: number; readonly size: number };
  /** Emits an event to all listeners. */
  emit(event: StageEvent): void;
  /** Writes a file under `artifacts/` of the run folder, atomically, and emits an event. */
  writeArtifact(file: string, title: string, content: Uint8Array | string): Promise<void>;
  /** Writes a file under `checkpoints/`, atomically. */
  writeCheckpoint(file: string, content: Uint8Array): Promise<void>;
  /** The checkpoints of a long stage. */
  checkpoints(policy: CheckpointPolicy): Checkpoints;
  /** Receives the progress of an epoch, for the screens. @default {nothing} */
  readonly progress?: BatchProgress;
  /** Whether later stages of this process read the outputs, or it only computes its share of a distributed stage. @default {true} */
  readonly isOutputUsed?: boolean;
}

/** What came of a stage. */
export interface StageResult<Outputs> {
  /** What later stages can use. */
  readonly outputs: Outputs;
  /** A short text for the screens. */
  readonly note?: string;
  /** What it measured, with units and directions. */
  readonly metrics?: Metrics;
  /** What must be known of these numbers (split, binarisation, estimator), as text, next to them in `metrics.json`. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** Whether it was stopped before its end, so that another run must not take this for its result. @default {false} */
  readonly isUnfinished?: boolean;
}

/** A kind of stage. */
export interface StageDefinition<Options, Inputs, Outputs> {
  /** Its kind, which is also its name unless the options give one. */
  readonly kind: string;
  /** Raised when the same options begin to mean something else. */
  readonly version: number;
  /** Where its code is, when it is not part of this program. @default {it is part of this program} */
  readonly ownCode?: OwnCode;
  /** Whether its result may be cached; one that is not runs each time. @default {true} */
  readonly cache?: boolean;
  /** Outputs of earlier stages that it requires, by name: the compiler's `Inputs` again, for files that were never type-checked. */
  readonly inputs: readonly (keyof Inputs & string)[];
  /** Outputs of earlier stages that it uses if there are any. It sees no others. @default {[]} */
  readonly optionalInputs?: readonly string[];
  /** Its outputs, by name. */
  readonly outputs: readonly (keyof Outputs & string)[];
  /**
   * What it does with each family of models, where it needs one: it works, or why it refuses it; a plan checks it against
   * {@link PlanFacts.model}. @default {it works with all}
   */
  readonly models?: Readonly<Record<string, true | string>>;
  /**
   * Whether several ranks divide its work: all of them run it, and the stages whose outputs it needs. @default {rank 0 alone runs it, unless a
   * distributed stage needs its outputs}
   */
  readonly isDistributed?: true;
  /** What its options must be; strict, with all defaults. */
  readonly schema: z.ZodType<Options>;
  /**
   * What stands for the data that it reads from outside; a change of it changes all that follows. A stage that has one runs each time,
   * as reading is its whole work.
   */
  fingerprint?(options: Options): Promise<string>;
  /**
   * What stands for files that its options name, which is part of its key; its result is cached all the same. @default {it reads none}
   *
   * @throws {UsageError} When one is missing.
   */
  contentHash?(options: Options): string | undefined | Promise<string | undefined>;
  /**
   * The part of the options that decides what was computed up to a checkpoint: a stage resumes from one as long as this is the same.
   * @default {all options}
   */
  resumeIdentity?(options: Options): unknown;
  /**
   * Options that are no part of {@link resumeIdentity} and of which less would have ended it sooner: a run resumes from a checkpoint under the
   * same or more, where `null` is without end. @default {[]}
   */
  readonly extendable?: readonly (keyof Options & string)[];
  /** Whether its last checkpoint stays when the run is complete, so that another run can continue from it. @default {no} */
  keepsCheckpoint?(options: Options): boolean;
  /**
   * Reads what its plan states of data from outside, where that takes a package or more than a moment; without it the plan states less.
   * Never throws.
   */
  inspect?(options: Options): Promise<void>;
  /** What it would do, without doing it. */
  plan?(options: Options, facts: PlanFacts): StagePlan;
  /** Does it. */
  run(input: Inputs, options: Options, context: StageContext): Promise<StageResult<Outputs>>;
}

/** Whether a stage runs each time, even if nothing has changed: it reads data from outside, or its result is not to be cached. */
export function runsEachTime(
  { fingerprint, cache = true }: Pick<AnyDefinition, "fingerprint" | "cache">,
): boolean {
  return fingerprint !== undefined || !cache;
}

/** A definition whose types only the compiler knew. */
export type AnyDefinition = StageDefinition<unknown, Record<string, unknown>, Record<string, unknown>>;

/**
 * A stage of a pipeline: a definition with its options, not yet checked.
 *
 * `Inputs` names the outputs of earlier stages that it requires, `Outputs` its own; the compiler checks a chain by them.
 */
export interface Stage<Inputs extends object, Outputs extends object> {
  /** What kind of stage, which is also its name unless the options give one. */
  readonly kind: string;
  /** The options as the pipeline file wrote them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it does, for the runner alone: see {@link definitionOf}. */
  readonly definition: object;
  /** Never set: it carries the types. */
  readonly types?: { inputs(inputs: Inputs): void; readonly outputs: Outputs };
}

/**
 * Makes a stage of a definition and unchecked options; `more` are those that have an argument of their own.
 *
 * @throws {UsageError} When the options are no object.
 */
export function stageOf<Options, Inputs extends object, Outputs extends object>(
  definition: StageDefinition<Options, Inputs, Outputs>,
  options: object,
  more: object = {},
): Stage<Inputs, Outputs> {
  return {
    kind: definition.kind,
    options: { ...optionsOf(definition.kind, options), ...more },
    definition,
  };
}

/** Whether a value is a stage: a file that was never type-checked may pipe anything. */
export function isStage(value: unknown): value is Stage<never, object> {
  if (typeof value !== "object" || value === null) return false;
  const { kind, options, definition } = value as Record<string, unknown>;
  return typeof kind === "string" && typeof options === "object" && options !== null &&
    typeof definition === "object" && definition !== null &&
    typeof (definition as { run?: unknown }).run === "function";
}

/** The definition of a stage. The runner passes what the schema and the chain checked; only here are the types dropped. */
export function definitionOf({ definition }: Stage<never, object>): AnyDefinition {
  return definition as AnyDefinition;
}
