/**
 * Hourglass: autoencoder pipelines for Deno. This module is the only entry point of pipeline files.
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
  type MissingInput,
  type Pipeline,
  pipeline,
  type PipelineOptions,
  type RequiresInputs,
} from "./src/pipeline/pipeline.ts";
export type { Fault } from "./src/core/fault.ts";
export type {
  CheckpointBlock,
  CheckpointPolicy,
  Checkpoints,
  EngineConfig,
  PlanFacts,
  Stage,
  StageCheckpoint,
  StagePlan,
} from "./src/pipeline/stage.ts";
export type { StepWork } from "./src/core/parts.ts";
export {
  type Lists,
  type OptionalNames,
  type OwnNames,
  type OwnStage,
  type RequiredNames,
  stage,
  type StageFactory,
  type StageName,
} from "./src/pipeline/own/stage.ts";
export type { OwnResult } from "./src/pipeline/own/result.ts";
export type {
  OwnContext,
  OwnEpoch,
  OwnEvent,
  OwnLatent,
  OwnMessage,
  OwnPreview,
  OwnTraining,
} from "./src/pipeline/own/context.ts";
export type { OptionsRule, OptionsSchema, SchemaIssue, SchemaResult } from "./src/core/own_options.ts";
export {
  type Direction,
  type Interval,
  type Metric,
  metric,
  type MetricInfo,
  type Metrics,
  type OwnUnit,
  type Unit,
  unit,
  UNITS,
} from "./src/pipeline/metric.ts";
export {
  type PipelineEvent,
  type PipelineMetric,
  type PipelineResult,
  runPipeline,
  type RunPipelineOptions,
} from "./src/run/run_pipeline.ts";
export {
  type SamplerName,
  type Sweep,
  sweep,
  type SweepOptions,
  type SweepSetting,
} from "./src/pipeline/sweep/sweep.ts";
export type {
  AshaOptions,
  EarlyStopOptions,
  MedianOptions,
  WatchedOptions,
} from "./src/pipeline/sweep/early_stop.ts";
export {
  choice,
  type ChoiceAxis,
  logUniform,
  type LogUniformAxis,
  type RangeOptions,
  type SampledAxis,
  type SweepAxes,
  uniform,
  type UniformAxis,
} from "./src/pipeline/sweep/axes.ts";
export { glyphs, type GlyphsInput } from "./src/data/glyphs.ts";
export { mnist, type MnistInput, type MnistOptions } from "./src/data/mnist.ts";
export { idx, type IdxInput, type IdxOptions } from "./src/data/idx.ts";
export { images, type ImagesInput, type ImagesOptions } from "./src/data/images.ts";
export type { ColourOptions } from "./src/data/drawn_picture.ts";
export { emoji, type EmojiInput, type EmojiOptions } from "./src/data/emoji.ts";
export { faces, type FacesInput, type FacesOptions } from "./src/data/faces.ts";
export type { FaceAttribute } from "./src/data/face_attributes.ts";
export { arrays, type ArraysInput, type ArraysOptions, type LabelInput } from "./src/data/arrays.ts";
export type { ArrayInput, TypedNumbers } from "./src/data/arrays/flatten.ts";
export { npy, type NpyInput, type NpyOptions } from "./src/data/npy.ts";
export { type ShardInput, shards, type ShardsInput, type ShardsOptions } from "./src/data/shards.ts";
export { npz, type NpzInput, type NpzOptions } from "./src/data/npz.ts";
export { type NpyFile, paired, type PairedInput, type PairedOptions } from "./src/data/paired.ts";
export { cifar10, type Cifar10Input, type Cifar10Options } from "./src/data/cifar10.ts";
export type { ArrayOptions } from "./src/data/arrays/array_set.ts";
export type { InfiniteRule, MissingRule } from "./src/data/arrays/missing.ts";
export { table, type TableInput, type TableOptions } from "./src/data/table.ts";
export type { SourceInput } from "./src/data/source.ts";
export { type OwnSource, type OwnSourceInput, source, type SourceFactory } from "./src/data/own_source.ts";
export { OWN_CODE, type OwnCode } from "./src/core/own_code.ts";
export type { OwnDataset, OwnSplit } from "./src/data/own_dataset.ts";
export type { SourceContext } from "./src/data/contract.ts";
export type {
  Binarisation,
  Dataset,
  SampleFile,
  Samples,
  SkippedSamples,
  Split,
  SplitName,
} from "./src/data/dataset.ts";
export { bytes, minMax, range, type ScaleOptions, standardize } from "./src/data/scale.ts";
export type { PicturePreparation, Preparation } from "./src/core/preparation.ts";
export type { Scale, ScaleSpec } from "./src/core/scale.ts";
export type { SampleShape, SampleValues, ValueKind } from "./src/core/shape.ts";
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
  type AnyLatent,
  type AutoencoderOptions,
  type AutoencoderSpec,
  dae,
  type Initialiser,
  type MapLatent,
  type ModelClass,
  type ModelOptions,
  type ModelSpec,
  type ReconstructionLoss,
  type Topology,
  type TopologyOptions,
  type TotalCorrelation,
  type TotalCorrelationOptions,
  vae,
  type VariationalOptions,
  type VariationalSpec,
  type VectorQuantisedOptions,
  type VectorQuantisedSpec,
  vqvae,
} from "./src/models/options.ts";
export type { Corruption } from "./src/engine/engine.ts";
export * from "./src/models/layers/kinds.ts";
export {
  type Layer,
  type LayerInput,
  residual,
  type ResidualInput,
  type ResidualLayer,
  type ResidualOptions,
} from "./src/models/layers/table.ts";
export {
  discretisedLogistic,
  type DiscretisedLogisticLoss,
  type DiscretisedLogisticOptions,
  gaussian,
  type GaussianLoss,
  type GaussianOptions,
  type LikelihoodName,
} from "./src/models/likelihoods/kinds.ts";
export type { TrainedModel } from "./src/models/trained.ts";
export * from "./src/training/optimizers/kinds.ts";
export * from "./src/training/schedules/kinds.ts";
export { load, type LoadOptions, type LoadOutput } from "./src/stages/load.ts";
export { showSamples, type ShowSamplesOptions } from "./src/stages/show_samples.ts";
export {
  filterClasses,
  type FilterClassesOptions,
  type FilterClassesOutput,
} from "./src/stages/filter_classes.ts";
export { noise, type NoiseOptions, type NoiseOutput, type NoiseSetting } from "./src/stages/noise.ts";
export { train } from "./src/stages/train/train.ts";
export type { CheckpointOptions, TrainOptions, TrainOutput } from "./src/stages/train/settings.ts";
export { evaluate } from "./src/stages/evaluate/evaluate.ts";
export type { EvaluateOptions, EvaluateOutput } from "./src/stages/evaluate/settings.ts";
export {
  interpolate,
  type InterpolateOptions,
  type InterpolateOutput,
  type WalkEnd,
} from "./src/stages/interpolate.ts";
export { generate, type GenerateOptions, type GenerateOutput } from "./src/stages/generate/generate.ts";
export {
  farthestSample,
  type FarthestSampleOptions,
  type FarthestSampleOutput,
} from "./src/stages/farthest_sample.ts";
export { novelty } from "./src/stages/novelty/novelty.ts";
export type { NoveltyOptions, NoveltyOutput } from "./src/stages/novelty/settings.ts";
export type { Audit, Filling, Share } from "./src/analysis/novelty/audit.ts";
export type { Estimate } from "./src/analysis/statistics/intervals.ts";
export type { DensityCoverage } from "./src/analysis/novelty/density_coverage.ts";
export type { Copying } from "./src/analysis/novelty/data_copying.ts";
export type { NoveltyKind, NoveltyThresholds } from "./src/analysis/novelty/novelty.ts";
export {
  hallucinate,
  type HallucinateOptions,
  type HallucinateOutput,
  type OutOfDistributionInput,
} from "./src/stages/hallucinate.ts";
export { sharpness, type SharpnessOptions, type SharpnessOutput } from "./src/stages/sharpness.ts";
export type { SharpnessPair, SharpnessPairs } from "./src/analysis/novelty/sharpness.ts";
export { exportRun } from "./src/stages/export_run/export_run.ts";
export type { ExportRunOptions, ExportRunOutput } from "./src/stages/export_run/settings.ts";
export { clusters, type ClustersOptions, type ClustersOutput } from "./src/stages/clusters/clusters.ts";
export {
  latentSpace,
  type LatentSpaceOptions,
  type LatentSpaceOutput,
} from "./src/stages/latent_space/latent_space.ts";
export {
  arithmetic,
  type ArithmeticOptions,
  type ArithmeticOutput,
} from "./src/stages/arithmetic/arithmetic.ts";
export { anomaly } from "./src/stages/anomaly/anomaly.ts";
export type { AnomalyOptions, AnomalyOutput } from "./src/stages/anomaly/settings.ts";
export {
  type InputOptions,
  type LoadedModel,
  loadModel,
  type LoadModelOptions,
  type ModelArray,
  type ModelInput,
  type ScoreInputOptions,
  type ScoreResult,
} from "./src/inference/load_model.ts";
export type { NestedArray, NumericArray, NumericInput, ShapedArray } from "./src/inference/numeric.ts";
export type { Threshold } from "./src/inference/threshold.ts";
export type { ValueRange } from "./src/inference/input_scale.ts";
export type { SampleScoreName, SampleScores } from "./src/analysis/anomaly/sample_scores.ts";
export type { ModelUse, ScoreQuantiles } from "./src/models/use.ts";
