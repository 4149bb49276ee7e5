/** The experiments, in the order in which they are told. @module */

/** An experiment: a pipeline file, perhaps under some settings. */
export interface Experiment {
  readonly title: string;
  /** The file's name under `pipelines/`, without its ending. */
  readonly pipeline: string;
  /** As `--set` takes them. @default {[]} */
  readonly settings?: readonly string[];
}

/** All experiments. */
export const EXPERIMENTS: readonly Experiment[] = [
  { title: "Glyphs through two numbers: the source's topology", pipeline: "glyphs-ae" },
  { title: "Glyphs through two numbers: a smaller network", pipeline: "glyphs-ae-small" },
  { title: "Denoising with twelve numbers", pipeline: "glyphs-dae" },
  { title: "A VAE on the digits", pipeline: "mnist-vae" },
  { title: "Two latent numbers", pipeline: "mnist-vae-2d" },
  { title: "What the VAE generates, audited", pipeline: "mnist-audit" },
  { title: "One digit normal, nine anomalous", pipeline: "mnist-anomaly" },
  { title: "Emoji", pipeline: "emoji-vae" },
  { title: "Emoji at 70x70, the source's topology", pipeline: "emoji-deep" },
  { title: "Faces", pipeline: "faces" },
];
