/** The pictures and the latent plane of a training, at some of its epochs. @module */
import { latentScatter, previewer, previewFeatures } from "../../analysis/reconstruction/preview.ts";
import { pictureShape } from "../../core/shape.ts";
import { type Dataset, scaleOf, type Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import type { NoiseSetting } from "../noise.ts";
import type { TrainSettings } from "./settings.ts";

/** What the previews show. */
interface Previewed {
  readonly engine: Engine;
  readonly settings: TrainSettings;
  readonly dataset: Dataset;
  /** The images that are shown. */
  readonly split: Split;
  readonly noise?: NoiseSetting;
  readonly context: StageContext;
}

/** Previews of a training; close them at its end. */
export interface Previews {
  show(epoch: number, parameters: Floats): void;
  close(): void;
}

/** Prepares the previews of a training; those of one that wants none do nothing. */
export function trainingPreviews({ engine, settings, dataset, split, noise, context }: Previewed): Previews {
  if (!settings.previews) return { show() {}, close() {} };
  const { model } = settings, { shape } = dataset, size = pictureShape(shape);
  const features = previewFeatures(dataset);
  const known = { spec: model, shape, scale: scaleOf(split) };
  const { render, close } = previewer({
    engine,
    model: known,
    dataset,
    split,
    corruption: noise?.corruption,
    seed: context.seed,
  });
  function show(epoch: number, parameters: Floats): void {
    const items = render(parameters).map(({ label, target, input, output, values }) => ({
      label,
      ...(values && { values }),
      target: target.toBase64(),
      input: input.toBase64(),
      output: output.toBase64(),
    }));
    context.emit({ type: "preview", epoch, ...size, ...(features && { features }), items });
    if (model.latent !== 2) return;
    const trained = { ...known, parameters: Float32Array.from(parameters) };
    const prior = model.kind === "vae" ? "normal" as const : undefined;
    context.emit({ type: "latent", epoch, ...latentScatter(engine, trained, dataset, split), prior });
  }
  return { show, close };
}
