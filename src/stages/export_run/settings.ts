/** The options of exportRun, and its outputs. @module */
import { z } from "zod";

const Format = z.enum(["safetensors", "tfjs", "onnx", "pytorch"]);
/** A format of the model. */
export type ModelFormat = z.infer<typeof Format>;

const LatentFormat = z.enum(["npy", "csv", "parquet"]);
/** A format of latent points. */
export type LatentFormat = z.infer<typeof LatentFormat>;

/** The schema of the options. */
export const ExportRunSettings = z.strictObject({
  name: z.string().optional(),
  formats: z.array(Format).default(["safetensors", "tfjs"]),
  pictures: z.boolean().default(true),
  latents: LatentFormat.nullable().default(null),
});
/** The options with all defaults. */
export type ExportRunSettings = z.infer<typeof ExportRunSettings>;

/** Options for {@link exportRun}. */
export interface ExportRunOptions {
  /** The stage's name. @default {"exportRun"} */
  name?: string;
  /**
   * The formats of the model: safetensors, a TensorFlow.js layers model, ONNX, PyTorch. TensorFlow.js and ONNX files hold the whole model, the encoder and the
   * decoder apart; names and shapes of ONNX files are those of `autoencoder.onnx` (`input` [batch, values] to `output` and `latent`),
   * `encoder.onnx` and `decoder.onnx` (`latent` [batch, latent] to `output`). PyTorch: a module, `model.py`, and the `state_dict` that it loads. @default {["safetensors", "tfjs"]}
   */
  formats?: ("safetensors" | "tfjs" | "onnx" | "pytorch")[];
  /**
   * Whether to draw sheets of reconstructed images and, for two latent dimensions, where the images lie; and to write `latent.json`, from
   * which the report draws its explorer. @default {true}
   */
  pictures?: boolean;
  /**
   * The format in which the latent points of all samples are written, a file for each split in `artifacts/latents/`; `null`: none.
   * @default {null}
   */
  latents?: "npy" | "csv" | "parquet" | null;
}

/** Outputs of {@link exportRun}. */
export interface ExportRunOutput {
  /** The files of the model, relative to the run's `artifacts/`. */
  exported: readonly string[];
}
