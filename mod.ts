/**
 * Hourglass: autoencoder pipelines for Deno. This is the one door: a pipeline file imports it and nothing else.
 *
 * @example A whole pipeline
 * ```ts
 * import { adam, evaluate, exportRun, load, mnist, pipeline, train, vae } from "@hourglass/hourglass";
 *
 * const example = pipeline("digits", { seed: 42 })
 *   .pipe(load(mnist({ limit: 1000 })))
 *   .pipe(train(vae({ encoder: [784, 400], latent: 20 }), { optimizer: adam(), epochs: 5 }))
 *   .pipe(evaluate())
 *   .pipe(exportRun());
 * ```
 *
 * @module
 */
export {
  type Fed,
  type MissingInput,
  type Pipeline,
  pipeline,
  type PipelineOptions,
} from "./src/pipeline/pipeline.ts";
export type { Stage } from "./src/pipeline/stage.ts";
export {
  type Sweep,
  sweep,
  type SweepAxes,
  type SweepOptions,
  type SweepSetting,
} from "./src/pipeline/sweep.ts";
export { glyphs, type GlyphsInput } from "./src/data/glyphs.ts";
export { mnist, type MnistInput, type MnistOptions } from "./src/data/mnist.ts";
export { idx, type IdxInput, type IdxOptions } from "./src/data/idx.ts";
export { images, type ImagesInput, type ImagesOptions } from "./src/data/images.ts";
export { emoji, type EmojiInput, type EmojiOptions } from "./src/data/emoji.ts";
export { faces, type FacesInput, type FacesOptions } from "./src/data/faces.ts";
export type { FaceAttribute } from "./src/data/face_attributes.ts";
export type { SourceInput } from "./src/data/source.ts";
export type { Binarisation, Dataset, ImageFile, Split } from "./src/data/dataset.ts";
export {
  klCapacity,
  type KlCapacityOptions,
  klConstant,
  klCyclic,
  type KlCyclicOptions,
  klLinear,
  type KlLinearOptions,
  type KlSchedule,
  type KlScheduleOptions,
} from "./src/models/kl_schedule.ts";
export {
  type Activation,
  ae,
  type AutoencoderOptions,
  type AutoencoderSpec,
  dae,
  type Initialiser,
  type ModelOptions,
  type ModelSpec,
  type ReconstructionLoss,
  type Topology,
  type TopologyOptions,
  vae,
  type VariationalOptions,
  type VariationalSpec,
} from "./src/models/options.ts";
export type { Corruption } from "./src/engine/engine.ts";
export * from "./src/models/layers/kinds.ts";
export type { TrainedModel } from "./src/models/trained.ts";
export * from "./src/training/optimizers/kinds.ts";
export {
  constant,
  cosine,
  type CosineOptions,
  type ScheduleOptions,
  stepDecay,
  type StepDecayOptions,
  type WarmupOptions,
} from "./src/training/schedules.ts";
export { load, type Loaded, type LoadOptions } from "./src/stages/load.ts";
export { look, type LookOptions } from "./src/stages/look.ts";
export { type Narrowed, only, type OnlyOptions } from "./src/stages/only.ts";
export { noise, type NoiseOptions, type NoiseSetting, type Noisy } from "./src/stages/noise.ts";
export { type CheckpointOptions, train, type Trained, type TrainOptions } from "./src/stages/train.ts";
export { evaluate, type Evaluated, type EvaluateOptions } from "./src/stages/evaluate.ts";
export {
  interpolate,
  type Interpolated,
  type InterpolateOptions,
  type WalkEnd,
} from "./src/stages/interpolate.ts";
export { generate, type Generated, type GenerateOptions } from "./src/stages/generate.ts";
export { invent, type Invented, type InventOptions } from "./src/stages/invent.ts";
export { type Audited, novelty, type NoveltyOptions } from "./src/stages/novelty.ts";
export type { Audit, Filling, Share } from "./src/analysis/audit.ts";
export type { Estimate } from "./src/analysis/intervals.ts";
export type { DensityCoverage } from "./src/analysis/density_coverage.ts";
export type { Copying } from "./src/analysis/data_copying.ts";
export type { NoveltyKind, NoveltyThresholds } from "./src/analysis/novelty.ts";
export {
  hallucinate,
  type Hallucinated,
  type HallucinateOptions,
  type StrangeInput,
} from "./src/stages/hallucinate.ts";
export { type Sharpened, sharpness, type SharpnessOptions } from "./src/stages/sharpness.ts";
export type { SharpnessPair, SharpnessPairs } from "./src/analysis/sharpness.ts";
export { type Exported, exportRun, type ExportRunOptions } from "./src/stages/export_run.ts";
export { type Clustered, clusters, type ClustersOptions } from "./src/stages/clusters.ts";
export { type LatentMeasured, latentSpace, type LatentSpaceOptions } from "./src/stages/latent_space.ts";
export { arithmetic, type ArithmeticOptions, type Calculated } from "./src/stages/arithmetic.ts";
export { anomaly, type AnomalyOptions, type Judged } from "./src/stages/anomaly.ts";
