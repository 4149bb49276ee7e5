/** What an own stage may do besides computing. @module */
import { RunError } from "../../core/errors.ts";
import { RunEvent } from "../events.ts";
import type { CheckpointPolicy, Checkpoints, EngineConfig, StageContext } from "../stage.ts";

/** The types of events that an own stage may emit; the run itself emits all others. */
const EMITTED = ["log", "warning", "training", "epoch", "preview", "latent"] as const;

/** An event of an own stage: a line of the log, a warning, or the progress of a training of its own. */
export type OwnEvent = OwnMessage | OwnTraining | OwnEpoch | OwnPreview | OwnLatent;

/** A line of the log, or a possible problem, which the report lists among its notices. */
export interface OwnMessage {
  /** Which of both. */
  readonly type: "log" | "warning";
  /** A sentence. */
  readonly message: string;
}

/** The start of a training of its own. */
export interface OwnTraining {
  /** The type of the event. */
  readonly type: "training";
  /** The model as text. */
  readonly model: string;
  /** How many parameters it has. */
  readonly parameters: number;
  /** Maximum number of epochs. */
  readonly epochs: number;
  /** Samples per batch. */
  readonly batchSize: number;
  /** Samples per epoch. */
  readonly samples: number;
  /** 0 without a validation split. */
  readonly validationSamples: number;
  /** Epochs without improvement before it stops; `null`: never. */
  readonly patience: number | null;
  /** Smaller changes do not count as improvement. */
  readonly minDelta: number;
  /** What patience watches. */
  readonly monitor: "loss" | "validation";
  /** The unit of the loss. */
  readonly unit: string;
}

/** An epoch of a training of its own: a point of its curves. */
export interface OwnEpoch {
  /** The type of the event. */
  readonly type: "epoch";
  /** Counted from 1. */
  readonly epoch: number;
  /** The training loss. */
  readonly loss: number | null;
  /** The validation loss. @default {there is none} */
  readonly validation?: number | null;
  /** What the loss is made of, by name. @default {not shown} */
  readonly parts?: Record<string, number | null>;
  /** The best monitored value so far. */
  readonly best: number | null;
  /** Its epoch. */
  readonly bestEpoch: number;
  /** Epochs since then. */
  readonly epochsWithoutImprovement: number;
  /** The learning rate of the epoch. */
  readonly learningRate: number;
  /** How long the epoch took. */
  readonly seconds: number;
}

/** A few samples as pictures. */
export interface OwnPreview {
  /** The type of the event. */
  readonly type: "preview";
  /** Counted from 1. */
  readonly epoch: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** What should come out, what went in and what came out: base64 of one byte per pixel. */
  readonly items: { label: string; target: string; input: string; output: string }[];
}

/** Points in a plane, each with a label. */
export interface OwnLatent {
  /** The type of the event. */
  readonly type: "latent";
  /** Counted from 1. */
  readonly epoch: number;
  /** The names that labels index. */
  readonly labelNames: string[];
  /** Two coordinates per point. */
  readonly points: [number, number][];
  /** An index for each point. */
  readonly labels: number[];
}

/** What an own stage gets of the run. */
export interface OwnContext {
  /** The stage's name, unique in the pipeline. */
  readonly name: string;
  /** The run's seed. */
  readonly seed: number;
  /** The engine of the run. */
  readonly engine: EngineConfig;
  /** Set to stop the stage soon; a long one checks it now and then and returns `isUnfinished: true`. */
  readonly signal: { readonly aborted: boolean; readonly ending?: boolean; readonly reason: unknown };
  /** Emits an event to all screens, to `events.jsonl` and the report. */
  emit(event: OwnEvent): void;
  /** Logs a line. */
  log(message: string): void;
  /** Reports a possible problem; the report lists it among its notices. */
  warn(message: string): void;
  /** Writes a file under `artifacts/` of the run folder, atomically; the report shows or lists it. */
  writeArtifact(file: string, title: string, content: Uint8Array | string): Promise<void>;
  /** The checkpoints of a long stage, by which a stopped run resumes. */
  checkpoints(policy: CheckpointPolicy): Checkpoints;
}

/** Files of the run itself. */
const RESERVED = ["metrics.json", "metrics.csv", "curves.csv", "params.yaml"];

/** The context of a stage as an own stage sees it: an event or a file that would damage the run is refused. */
export function ownContext(context: StageContext): OwnContext {
  const emit = (event: OwnEvent) => {
    const types: readonly string[] = EMITTED;
    if (!types.includes(event?.type)) {
      throw new RunError(
        `an event must be of type ${EMITTED.join(", ")}, got ${JSON.stringify(event?.type)}`,
      );
    }
    const { error } = RunEvent.safeParse({ ...event, t: 0, stage: context.name });
    const [issue] = error?.issues ?? [];
    if (issue !== undefined) {
      throw new RunError(
        `the event "${event.type}" is invalid at "${issue.path.join(".")}": ${issue.message}`,
      );
    }
    context.emit(event);
  };
  return {
    name: context.name,
    seed: context.seed,
    engine: context.engine,
    signal: context.signal,
    emit,
    log: (message) => emit({ type: "log", message: String(message) }),
    warn: (message) => emit({ type: "warning", message: String(message) }),
    writeArtifact(file, title, content) {
      if (RESERVED.includes(file)) {
        throw new RunError(`an artifact must not have the name of a file of the run, got "${file}"`);
      }
      return context.writeArtifact(file, title, content);
    },
    checkpoints: context.checkpoints,
  };
}
