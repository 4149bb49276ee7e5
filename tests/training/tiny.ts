/** Small trainings, and the loss measured a second time. @module */
import type { Collective } from "../../src/core/collective.ts";
import type { Split } from "../../src/data/dataset.ts";
import { glyphDataset } from "../../src/data/glyphs.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { ae, type ModelOptions, type VariationalOptions } from "../../src/models/options.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import type {
  BatchProgress,
  Checkpointer,
  EpochReport,
  FitData,
  FitOptions,
  FitResult,
} from "../../src/training/contract.ts";
import { fit } from "../../src/training/fit.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { validator } from "../../src/training/validate.ts";

/** The fast engine, loaded once a file. */
export const wasm = await loadEngine("wasm");

/** The 32 glyphs. */
export const GLYPHS = glyphDataset().train;

/** A small autoencoder of the glyphs. */
export const TINY = ae({ encoder: [35, 9], latent: 2, activation: "tanh" });

/** A small VAE of the glyphs. */
export const TINY_VAE: { kind: "vae" } & VariationalOptions = {
  kind: "vae",
  encoder: [35, 9],
  latent: 2,
  activation: "tanh",
};

/** What a test can change; all else is plain. */
export interface TinyFit {
  readonly model?: ModelOptions;
  readonly engine?: Engine;
  readonly data?: Partial<FitData>;
  readonly options?: Partial<FitOptions>;
  readonly seed?: number;
  /** Whether to stop, called after each batch. */
  readonly stop?: () => boolean;
  readonly checkpoints?: Checkpointer;
  /** Called after each epoch, in place of a screen. */
  readonly onEpoch?: (report: EpochReport) => void;
  readonly progress?: BatchProgress;
  readonly collective?: Collective;
}

/** A report with its weights copied. */
export type Kept = Omit<EpochReport, "parameters"> & { readonly parameters: Float32Array };

/** Trains; gives the result and a copy of every epoch's report. */
export function tinyFit(
  {
    model = TINY,
    engine = wasm,
    data,
    options,
    seed = 1,
    stop = () => false,
    checkpoints,
    onEpoch,
    progress,
    collective,
  }: TinyFit,
): FitResult & { reports: Kept[] } {
  const reports: Kept[] = [];
  const result = fit({
    engine,
    model: ModelSpec.parse(model),
    data: { train: GLYPHS, freshNoise: true, ...data },
    options: {
      optimizer: OptimizerSpec.parse({ kind: "adam" }),
      schedule: { kind: "constant", warmupEpochs: 0 },
      epochs: 5,
      shuffleBlock: null,
      batchSize: 32,
      repeats: 1,
      patience: null,
      minDelta: 0,
      monitor: "loss",
      clipNorm: null,
      ...options,
    },
    seed,
    signal: {
      get aborted() {
        return stop();
      },
      reason: undefined,
    },
    progress,
    checkpoints,
    collective,
    onEpoch(report) {
      reports.push({ ...report, parameters: Float32Array.from(report.parameters) });
      onEpoch?.(report);
    },
  });
  return { ...result, reports };
}

/** The loss that a validation on `split` would give. */
export function lossOf(
  parameters: Float32Array,
  split: Split,
  { model = TINY, data = {}, seed = 1 }: Pick<TinyFit, "model" | "data" | "seed"> = {},
): number {
  const spec = ModelSpec.parse(model);
  const measure = validator({
    engine: wasm,
    model: spec,
    data: { train: split, freshNoise: true, ...data, validation: split },
    seed,
  });
  return measure!.loss(parameters);
}

/** The losses of all epochs. */
export const lossesOf = ({ reports }: { reports: readonly Kept[] }): number[] =>
  reports.map(({ loss }) => loss);

/** The inputs and results of a step; valid only within the call. */
export interface Step {
  readonly rows: number;
  /** The samples of its rows, as `order` had them. */
  readonly samples: number[];
  /** A copy of an input's rows. */
  input(name: string): Float32Array;
  readonly loss: number;
}

/** The same engine, with every step of its training programs reported; `update` may corrupt the parameters after the n-th, from 1. */
export function spying(
  { engine = wasm, onStep = () => {}, afterUpdate = () => {} }: {
    engine?: Engine;
    onStep?: (step: Step) => void;
    afterUpdate?: (parameters: Float32Array, updates: number) => unknown;
  },
): Engine {
  return {
    ...engine,
    compile(graph, options) {
      const program = engine.compile(graph, options);
      if (graph.gradients.length === 0) return program;
      let start = 0, updates = 0;
      return Object.create(program, {
        gather: {
          value(input: string, from: number, rows: number) {
            start = from;
            program.gather(input, from, rows);
          },
        },
        run: {
          value(rows: number) {
            program.run(rows);
            const columns = (name: string) => graph.inputs.get(name)!.shape[1] as number;
            onStep({
              rows,
              samples: [...program.order.subarray(start, start + rows)],
              input: (name) => Float32Array.from(program.input(name).subarray(0, rows * columns(name))),
              loss: program.output("loss")[0],
            });
          },
        },
        update: {
          value(update: Parameters<typeof program.update>[0]) {
            program.update(update);
            afterUpdate(program.parameters as Float32Array, ++updates);
          },
        },
      });
    },
  };
}
