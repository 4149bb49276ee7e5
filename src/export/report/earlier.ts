/**
 * What earlier work reached on the same experiments, as data: one line a figure.
 *
 * @module
 */

/** A figure that stands beside ours. */
export interface EarlierFigure {
  /** The pipelines that it belongs to, by name. */
  readonly pipelines: readonly string[];
  /** Only for models of so many latent numbers. */
  readonly latent?: number;
  /** Only for the setting of a sweep that has this label. */
  readonly setting?: string;
  /** The metric's name as in `metrics.json`, noise level included. */
  readonly metric: string;
  /** In the metric's own unit and sign. */
  readonly value: number;
  /** Who reached it, and how. */
  readonly who: string;
  /** What is aimed at, rather than what was reached. */
  readonly goal?: boolean;
}

type Rest = Omit<EarlierFigure, "pipelines" | "latent">;

const figure = (pipelines: readonly string[], latent: number | undefined, ...rest: Rest[]): EarlierFigure[] =>
  rest.map((one) => ({ pipelines, latent, ...one }));

/** Pixel accuracy at several noise levels, one figure each. */
const accuracies = (who: string, figures: Readonly<Record<string, number>>): Rest[] =>
  Object.entries(figures).map(([level, value]) => ({ metric: `pixelAccuracy@${level}`, value, who }));

const PUBLISHED = "earlier published work";
const FIRST_TRY = "a first try: 60,000 Adam steps on fresh noise at 0.5";
const GLYPHS = ["glyphs-ae", "glyphs-ae-small"], DENOISE = ["glyphs-dae", "glyphs-dae-2d"];

/** All figures. Those of the denoising are placed at the harder three of its four levels, the reading that is hardest to beat. */
export const EARLIER: readonly EarlierFigure[] = [
  ...figure(DENOISE, 2, ...accuracies(PUBLISHED, { "0.3": 0.9071, "0.4": 0.8491, "0.5": 0.7857 })),
  ...figure(
    DENOISE,
    2,
    ...accuracies(FIRST_TRY, { "0.2": 1, "0.3": 0.9998, "0.4": 0.998, "0.5": 0.9898 }),
  ),
  ...figure(DENOISE, 12, ...accuracies(PUBLISHED, { "0.3": 0.9714, "0.4": 0.9223, "0.5": 0.8705 })),
  ...figure(
    DENOISE,
    12,
    ...accuracies(FIRST_TRY, { "0.2": 1, "0.3": 0.9999, "0.4": 0.9993, "0.5": 0.9955 }),
  ),
  ...figure(GLYPHS, 2, {
    metric: "worstWrongPixels",
    value: 0,
    who: "earlier work: all 32 exact on 5 of 5 seeds with 35-60-40-20-2, tanh, Adam",
  }),
  ...figure(
    ["mnist-vae-plain"],
    20,
    {
      metric: "elbo",
      value: -105.56,
      who: "PyTorch's example: the same network, optimizer, batches and epochs",
    },
    { metric: "elbo", value: -105.5, who: "goal", goal: true },
  ),
  ...figure(
    ["mnist-vae"],
    20,
    { metric: "elbo", value: -105.56, who: "PyTorch's example, 784-400-20-400-784, 10 epochs" },
    { metric: "elbo", value: -100.93, who: "a first try, 784-512-256-20, cosine, 20 epochs" },
    { metric: "elbo", value: -100, who: "goal of the shipped pipeline", goal: true },
  ),
  ...figure(
    ["mnist-vae-2d"],
    2,
    { metric: "elbo", value: -141.5, who: "a first try, 20 epochs" },
    { metric: "elbo", value: -141, who: "goal of the shipped pipeline", goal: true },
  ),
  ...figure(
    ["mnist-iwae"],
    50,
    { metric: "importanceBound", value: -86.76, who: "published after very long training, k = 5,000" },
    { metric: "importanceBound", value: -87.5, who: "goal", goal: true },
  ),
  ...figure(
    ["mnist-anomaly", "mnist-anomaly-digits"],
    undefined,
    {
      metric: "auroc",
      value: 0.976,
      who: "earlier work, one digit normal: an adversarially trained MLP, mean of ten",
    },
    { metric: "auroc", value: 0.9, who: "one digit normal: one-class SVM, mean of ten (about)" },
    { metric: "auroc", value: 0.853, who: "one digit normal: isolation forest, mean of ten" },
  ),
  ...figure(
    ["mnist-anomaly-unseen"],
    undefined,
    {
      setting: "2 latent numbers, ten digits",
      metric: "auroc",
      value: 0.855,
      who: "earlier work, one digit anomalous: a VAE of 2 latent numbers",
    },
    {
      setting: "32 latent numbers, ten digits",
      metric: "auroc",
      value: 0.718,
      who: "earlier work, one digit anomalous: a VAE of 32 latent numbers",
    },
  ),
  ...figure(
    ["glyphs-flips"],
    undefined,
    ...Object.entries({ "0.1": 0.918, "0.15": 0.796, "0.2": 0.638 }).flatMap(([share, value]) =>
      ["", "repeated."].map((passes) => ({
        metric: `${passes}withinOnePixel@flips${share}`,
        value,
        who: "earlier published work, a bottleneck of 10",
      }))
    ),
  ),
];

/** The figures of a pipeline whose model has so many latent numbers; of a sweep, those of a setting. */
export function earlierFigures(
  pipeline: string,
  latent: number | undefined,
  setting?: string,
): EarlierFigure[] {
  return EARLIER.filter((figure) =>
    figure.pipelines.includes(pipeline) && (figure.latent === undefined || figure.latent === latent) &&
    (figure.setting === undefined || figure.setting === setting)
  );
}
