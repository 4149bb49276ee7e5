/** The work of the stage exportRun, which is loaded when it runs. @module */
import { isPicture, nounsOf, sampleSize } from "../../core/shape.ts";
import { inputSize } from "../../models/spec.ts";
import { exampleRows, latentScatter } from "../../analysis/reconstruction/preview.ts";
import { decodePoints, evaluator, reconstruct } from "../../analysis/reconstruction/inference.ts";
import { evenGrid } from "../../analysis/latent/latent_space.ts";
import { messageOf } from "../../core/errors.ts";
import { encodeSafetensors } from "../../core/safetensors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { firstOfSplit, pickFromSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodePng } from "../../export/pictures.ts";
import { comparisonSheet, type Tile } from "../../export/sheet.ts";
import { LABEL_COLOURS, plotRange, scatterPicture } from "../../export/scatter.ts";
import { hasCodebook } from "../../models/codebook.ts";
import { isConditional } from "../../models/condition.ts";
import { describeLikelihood, showsLocation } from "../../models/likelihoods/table.ts";
import { pytorchTensors } from "../../models/pytorch/names.ts";
import { pytorchModule } from "../../models/pytorch/module.ts";
import { encodeModel } from "../../models/tensors.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { engineOf } from "../engine.ts";
import { modelTiles, sampleTiles } from "../tiles.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import { writeLatents } from "./latents.ts";
import { latentArtifact } from "./latent_artifact.ts";
import { reconstructionTable } from "./reconstruction_table.ts";
import { tfjsExports } from "./tfjs.ts";
import type { NoiseOutput } from "../noise.ts";
import type { ExportRunOutput, ExportRunSettings, ModelFormat } from "./settings.ts";

type Input = { dataset: Dataset; model: TrainedModel };

/** Writes the model and its pictures; see `exportRun`. */
export async function runExportRun(
  input: Input,
  { formats, pictures, latents }: ExportRunSettings,
  context: StageContext,
): Promise<StageResult<ExportRunOutput>> {
  const exported: string[] = [];
  for (const format of formats) exported.push(...await WRITERS[format](input.model, context));
  if (latents !== null) {
    exported.push(
      ...await writeLatents(await engineOf(context), input.model, input.dataset, latents, context),
    );
  }
  if (pictures) {
    const engine = await engineOf(context);
    await drawPictures(input, engine, context);
    // The codes of a VQ-VAE are no points of a space to explore.
    if (!hasCodebook(input.model.spec)) await writeLatentSample(input, engine, context);
  }
  return { outputs: { exported }, note: exported.length === 0 ? "pictures" : exported.join(", ") };
}

const WRITERS: Readonly<
  Record<ModelFormat, (model: TrainedModel, context: StageContext) => Promise<string[]>>
> = {
  async safetensors(model, { writeArtifact }) {
    const file = "model/model.safetensors";
    await writeArtifact(file, "the model's weights", encodeModel(model));
    return [file];
  },
  onnx: writeOnnx,
  /** A module that loads the weights beside it. */
  async pytorch(model, { writeArtifact, emit }) {
    const weights = "model.pytorch.safetensors";
    try {
      const module = pytorchModule(model, weights),
        content = encodeSafetensors(pytorchTensors(model), { format: "pt" });
      await writeArtifact(`model/${weights}`, "the weights as a state_dict of PyTorch", content);
      await writeArtifact("model/model.py", "the model as a module of PyTorch", module);
      return ["model/model.py", `model/${weights}`];
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      emit({ type: "warning", message: `${messageOf(thrown)}: the PyTorch module is left out` });
      return [];
    }
  },
  async tfjs(model, context) {
    try {
      refuseCondition(model);
      if (!showsLocation(model.spec)) {
        throw new RangeError(
          `A TensorFlow.js layers model can show the output of the last layer only, got the mean of ${
            describeLikelihood(model.spec, "values")
          }`,
        );
      }
      const files: string[] = [];
      for (const { name, modelJson, weights } of tfjsExports(model)) {
        await context.writeArtifact(`model/tfjs/${name}/weights.bin`, `the weights of the ${name}`, weights);
        const file = `model/tfjs/${name}/model.json`;
        await context.writeArtifact(file, `the ${name} for TensorFlow.js`, modelJson);
        files.push(file);
      }
      return files;
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      context.emit({ type: "warning", message: `${messageOf(thrown)}: the TensorFlow.js model is left out` });
      return [];
    }
  },
};

async function writeOnnx(model: TrainedModel, { writeArtifact }: StageContext): Promise<string[]> {
  const files: string[] = [];
  const { onnxExports } = await import("./onnx.ts");
  for (const { part, bytes } of onnxExports(model)) {
    const file = `model/onnx/${part}.onnx`;
    await writeArtifact(file, `the ${part} as ONNX`, bytes);
    files.push(file);
  }
  return files;
}

async function writeLatentSample({ dataset, model }: Input, engine: Engine, context: StageContext) {
  const latent = JSON.stringify(latentArtifact(engine, model, dataset));
  const { samples } = nounsOf(dataset.shape);
  await context.writeArtifact("latent.json", `test ${samples} in the latent space`, latent);
}

/** @throws {RangeError} When a model has a codebook or is given classes: a stack of layers has one input. */
function refuseCondition({ spec }: TrainedModel): void {
  if (hasCodebook(spec)) {
    throw new RangeError(
      "A TensorFlow.js layers model can hold no codebook, as no layer chooses the nearest code, got a vqvae " +
        "(use the format onnx)",
    );
  }
  if (!isConditional(spec)) return;
  throw new RangeError(
    "A TensorFlow.js layers model can hold stacks of layers only, got a model that is given a class (use the format onnx)",
  );
}

async function drawPictures(input: Input, engine: Engine, context: StageContext): Promise<void> {
  const { dataset, model } = input;
  const hasPictures = isPicture(dataset.shape);
  if (hasPictures) await drawComparison(input, engine, context);
  else {
    const title = "features of test samples and their reconstruction";
    await context.writeArtifact("reconstructions.csv", title, reconstructionTable(engine, model, dataset));
  }
  if (model.spec.latent !== 2) return;
  const { points, labels } = latentScatter(engine, model, dataset, dataset.test, SCATTER_POINTS);
  const picture = scatterPicture(points, {
    labels,
    ...(hasPictures ? keyOf(dataset) : {}),
    // The plane of a conditional model is another for each class.
    ...(hasPictures && dataset.test.count <= MARKED && !isConditional(model.spec)
      ? { backdrop: decodedPlane(engine, model, points) }
      : {}),
  });
  await context.writeArtifact(
    "latent.png",
    `test ${nounsOf(dataset.shape).samples} in the latent plane`,
    await encodePng(picture),
  );
}

/** What the decoder makes of the plane behind a plot of few points. */
function decodedPlane(
  engine: Engine,
  model: TrainedModel,
  points: readonly (readonly [number, number])[],
): Tile[] {
  const plane = evenGrid(PLANE_SIDE, plotRange(points));
  return modelTiles(model, decodePoints(engine, model, plane));
}

/** The legend of a scatter plot: the images themselves when there are few, else an example of each class. */
function keyOf({ test, labelNames, shape }: Dataset): { marks?: Tile[]; legend?: Tile[] } {
  const size = sampleSize(shape);
  if (test.count <= MARKED) return { marks: sampleTiles({ shape }, firstOfSplit(test, size, MARKED)) };
  const classes = labelNames?.length ?? 0;
  if (test.labels === undefined || classes > LABEL_COLOURS.length) return {};
  const examples = exampleRows(test, classes).filter((row, label) => test.labels![row] === label);
  if (examples.length < classes) return {};
  return { legend: sampleTiles({ shape }, pickFromSplit(test, size, examples)) };
}

/** Test images, what the model saw of them, and its reconstruction. */
async function drawComparison(made: Input, engine: Engine, context: StageContext): Promise<void> {
  const { dataset, model } = made;
  const { noise } = made as Input & Partial<NoiseOutput>;
  const pixels = inputSize(model.spec);
  const rows = dataset.test.count <= COMPARED
    ? Array.from({ length: dataset.test.count }, (_, row) => row)
    : exampleRows(dataset.test, COMPARED);
  const shown = pickFromSplit(dataset.test, pixels, rows);
  const key = { seed: context.seed, stream: "evaluation", epoch: 2 } as const;
  const corruption = noise?.corruption;
  const evaluation = evaluator(engine, model, shown);
  const { targets, inputs, outputs } = reconstruct(
    evaluation,
    shown.count,
    corruption && { corruption, key },
  );
  evaluation.program.dispose();
  const [target, input, output] = [targets, inputs, outputs].map((values) => modelTiles(model, values));
  const samples = target.map((tile, at) => ({
    target: tile,
    input: corruption && input[at],
    output: output[at],
  }));
  const title = corruption === undefined
    ? "test images above, reconstructed below"
    : "test images, their noisy inputs, reconstructed";
  await context.writeArtifact(
    "reconstructions.png",
    title,
    // A threshold at 0.5 has no meaning for shades of grey: there no pixel is called wrong.
    await encodePng(comparisonSheet(samples, isShaded(targets) ? { threshold: null } : {})),
  );
}

/** Whether more than a fifth of the pixels are neither nearly black nor nearly white (of the digits a tenth are not). */
function isShaded(images: ArrayLike<number>): boolean {
  let between = 0;
  for (let at = 0; at < images.length; at++) if (images[at] > 0.1 && images[at] < 0.9) between++;
  return between > images.length / 5;
}

/** Images on a side of the decoded plane. */
const PLANE_SIDE = 16;

/** The most images of the comparison, points of the scatter, and points that are drawn as images. */
const COMPARED = 32, SCATTER_POINTS = 3000, MARKED = 64;
