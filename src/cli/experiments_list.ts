/** The experiments, in the order of the results page. @module */

/** An experiment: a pipeline file, perhaps under some settings. */
export interface Experiment {
  readonly title: string;
  /** The file's name under `pipelines/`, without its ending. */
  readonly pipeline: string;
  /** As `--set` takes them. @default {[]} */
  readonly settings?: readonly string[];
  /** A folder with data that nothing fetches: without it the experiment is skipped. @default {none is needed} */
  readonly data?: string;
}

/** All experiments. */
export const EXPERIMENTS: readonly Experiment[] = [
  { title: "Glyphs in two latent dimensions: the source's topology", pipeline: "glyphs-ae" },
  { title: "Glyphs in two latent dimensions: a smaller network", pipeline: "glyphs-ae-small" },
  { title: "Glyphs: success rate and epochs", pipeline: "glyphs-seeds" },
  { title: "Glyphs: optimizers", pipeline: "glyphs-optimizers" },
  { title: "Glyphs: architectures and learning rates", pipeline: "glyphs-architectures" },
  { title: "Glyphs: losses", pipeline: "glyphs-losses" },
  { title: "Glyphs: initialisers and activations", pipeline: "glyphs-initialisers" },
  { title: "Denoising glyphs with twelve latent dimensions", pipeline: "glyphs-dae" },
  { title: "Denoising glyphs with two latent dimensions", pipeline: "glyphs-dae-2d" },
  { title: "Glyphs with flipped pixels", pipeline: "glyphs-flips" },
  { title: "Glyphs: noise in training against noise in the test", pipeline: "glyphs-noise-matrix" },
  { title: "A VAE on the digits: PyTorch's example", pipeline: "mnist-vae-plain" },
  { title: "A VAE on the digits: initial weights", pipeline: "mnist-vae-initialisers" },
  { title: "A VAE on the digits: PyTorch's example over five seeds", pipeline: "mnist-vae-plain-seeds" },
  { title: "A VAE on the digits: the main pipeline", pipeline: "mnist-vae" },
  { title: "A VAE on the digits: two latent dimensions", pipeline: "mnist-vae-2d" },
  { title: "A VAE on resampled binary digits: the importance-weighted bound", pipeline: "mnist-iwae" },
  { title: "Digits: a convolutional VAE", pipeline: "mnist-conv-vae" },
  {
    title: "Digits: model selection for the convolutional VAE, on train digits",
    pipeline: "mnist-conv-selection",
  },
  { title: "Digits: convolutions against dense layers at equal time", pipeline: "mnist-conv-vs-dense" },
  { title: "Resampled binary digits: a convolutional VAE", pipeline: "mnist-conv-binary" },
  { title: "Resampled binary digits: a convolutional IWAE", pipeline: "mnist-conv-iwae" },
  {
    title: "Resampled binary digits: convolutions against dense layers at equal time",
    pipeline: "mnist-conv-iwae-vs-dense",
  },
  { title: "Digits as 7x7 codes: a convolutional VQ-VAE", pipeline: "mnist-vqvae" },
  { title: "Digits of a chosen class", pipeline: "digits-conditional" },
  {
    title: "Digits of a chosen class: convolutions against dense layers at equal time",
    pipeline: "digits-conditional-vs-dense",
  },
  { title: "Audit of generated digits", pipeline: "mnist-audit" },
  { title: "Latent sizes from 2 to 64", pipeline: "mnist-latent" },
  { title: "Attributes, paths and groups in the latent space", pipeline: "mnist-arithmetic" },
  { title: "Anomalies: one digit is normal", pipeline: "mnist-anomaly-digits" },
  { title: "Anomalies: one digit is anomalous", pipeline: "mnist-anomaly-unseen" },
  {
    title: "Anomalies by convolutions: model selection, on train digits",
    pipeline: "anomaly-conv-selection",
  },
  { title: "Anomalies by convolutions: one digit is normal", pipeline: "anomaly-conv" },
  { title: "Anomalies: convolutions against dense layers at equal time", pipeline: "anomaly-conv-vs-dense" },
  { title: "Emoji", pipeline: "emoji-vae" },
  { title: "Emoji: what helps against their variety", pipeline: "emoji-cures" },
  { title: "Emoji at 70x70, the source's topology", pipeline: "emoji-deep" },
  { title: "Emoji in colour by convolutions", pipeline: "emoji-conv" },
  { title: "Emoji: convolutions against dense layers at equal time", pipeline: "emoji-conv-vs-dense" },
  {
    title: "Emoji in colour: convolutions against dense layers at equal time",
    pipeline: "emoji-colour-vs-dense",
  },
  { title: "Faces", pipeline: "faces" },
  { title: "Faces in colour by convolutions", pipeline: "faces-conv" },
  {
    title: "Faces in colour: convolutions against dense layers at equal time",
    pipeline: "faces-conv-vs-dense",
  },
  { title: "CIFAR-10: a convolutional VAE", pipeline: "cifar-conv-vae", data: "cifar-10-batches-bin" },
  {
    title: "CIFAR-10: convolutions against dense layers at equal time",
    pipeline: "cifar-conv-vs-dense",
    data: "cifar-10-batches-bin",
  },
];
