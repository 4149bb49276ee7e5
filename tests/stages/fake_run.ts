/** A run in memory: stages run one after the other, and all that they emit and write is kept. @module */
import { BYTES_SCALE } from "../../src/core/scale.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { glyphDataset } from "../../src/data/glyphs.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { type ModelOptions, ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { type EventOf, RunEvent } from "../../src/pipeline/events.ts";
import { type Metrics, metricValues } from "../../src/pipeline/metric.ts";
import { definitionOf, type Stage, type StageContext, type StageResult } from "../../src/pipeline/stage.ts";

/** What a stage returned, with the values of its metrics alone. */
type Result = Omit<StageResult<Record<string, unknown>>, "metrics"> & {
  readonly metrics?: Readonly<Record<string, number>>;
};

/** What one stage did. */
export interface Ran {
  readonly result?: Result;
  /** What it measured, with units and directions. */
  readonly metrics?: Metrics;
  /** What it threw. */
  readonly error?: Error;
  readonly events: readonly RunEvent[];
  /** The bytes of each file by its name: artifacts as they are, checkpoints under `checkpoints/`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** How a stage is run. */
export interface RunOptions {
  /** What earlier stages made. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly engine?: string;
  readonly stop?: () => boolean;
  /** @default none are taken */
  readonly checkpoints?: StageContext["checkpoints"];
}

/** Runs one stage; its options go through its schema first, and each event through that of the run's record. */
export async function runStage(
  stage: Stage<never, object>,
  {
    inputs = {},
    seed = 1,
    engine = "wasm",
    stop = () => false,
    checkpoints = () => ({ due: () => false, save() {} }),
  }: RunOptions = {},
): Promise<Ran> {
  const definition = definitionOf(stage), options = definition.schema.parse(stage.options);
  const name = typeof stage.options.name === "string" ? stage.options.name : stage.kind;
  const events: RunEvent[] = [], files = new Map<string, Uint8Array>();
  const keep = (file: string, content: Uint8Array | string) => {
    files.set(file, typeof content === "string" ? new TextEncoder().encode(content) : content.slice());
    return Promise.resolve();
  };
  const context: StageContext = {
    name,
    seed,
    engine: { name: engine, threads: null, cores: 2 },
    signal: {
      get aborted() {
        return stop();
      },
      reason: 130,
    },
    emit: (event) => events.push(RunEvent.parse(JSON.parse(JSON.stringify({ ...event, t: 1, stage: name })))),
    writeArtifact: (file, _title, content) => keep(file, content),
    writeCheckpoint: (file, content) => keep(`checkpoints/${file}`, content),
    checkpoints,
  };
  try {
    const { metrics, ...result } = await definition.run(inputs, options, context);
    return {
      result: metrics === undefined ? result : { ...result, metrics: metricValues(metrics) },
      metrics,
      events,
      files,
    };
  } catch (thrown) {
    return { error: thrown as Error, events, files };
  }
}

/** What a stage that must not fail gave. */
export async function mustRun(
  stage: Stage<never, object>,
  options?: RunOptions,
): Promise<Required<Omit<Ran, "error">>> {
  const { result, metrics = {}, error, events, files } = await runStage(stage, options);
  if (result === undefined) throw error;
  return { result, metrics, events, files };
}

/** The events of one type. */
export function eventsOf<Type extends RunEvent["type"]>(
  events: readonly RunEvent[],
  type: Type,
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** The 32 glyphs, whose test split is the train split. */
export const GLYPHS: Dataset = glyphDataset();

/** A model of the glyphs that was not trained, with weights large enough that its images differ. */
export function modelOf(options: Partial<ModelOptions> = {}, seed = 1): TrainedModel {
  const spec = ModelSpec.parse({
    kind: "ae",
    encoder: [35, 9],
    latent: 2,
    activation: "tanh",
    initialiser: "xavier",
    ...options,
  });
  return { spec, parameters: initialParameters(spec, seed), shape: [7, 5, 1], scale: BYTES_SCALE };
}

/** The width and height of a PNG file, which it says in its first chunk. */
export function pngSize(bytes: Uint8Array | undefined): [width: number, height: number] {
  if (bytes === undefined || new TextDecoder().decode(bytes.subarray(1, 4)) !== "PNG") {
    throw new Error("no PNG");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** The delays of a GIF's frames in milliseconds, read block by block. */
export function gifDelays(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined || new TextDecoder().decode(bytes.subarray(0, 3)) !== "GIF") {
    throw new Error("no GIF");
  }
  const palette = (flags: number) => (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
  const delays: number[] = [];
  let at = 13 + palette(bytes[10]);
  const skipBlocks = () => {
    while (bytes[at] !== 0) at += bytes[at] + 1;
    at++;
  };
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      if (bytes[at + 1] === 0xf9) delays.push(10 * (bytes[at + 4] + 256 * bytes[at + 5]));
      at += 2;
    } else if (bytes[at] === 0x2c) at += 11 + palette(bytes[at + 9]);
    else throw new Error(`no GIF block at ${at}`);
    skipBlocks();
  }
  return delays;
}
