/**
 * The section on training: losses, their terms, the weight of the KL and the learning rate.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import type { Grammar, Plots } from "./plot.ts";
import { type Curve, curvePoints, curvesPlot, type Epoch } from "./curve_plot.ts";
import { type Figure, figureHtml } from "./figure.ts";
import { type Html, html } from "../html.ts";
import { type KlCurve, klCurve } from "./kl_schedule.ts";
import { numberText, secondsText } from "../numbers.ts";
import type { WholeTraining } from "../../run/fold/whole_run.ts";
import type { ReportData } from "../report_data.ts";

/** Epochs for a table: at most about twenty, the best among them. */
function tableEpochs(epochs: readonly Epoch[]): Epoch[] {
  const step = Math.max(1, Math.ceil(epochs.length / 20)), best = epochs.at(-1)?.bestEpoch;
  return epochs.filter((epoch, at) => at % step === 0 || at === epochs.length - 1 || epoch.epoch === best);
}

/** The losses, with the best epoch and the epochs without improvement marked. */
function lossFigure(grammar: Grammar, training: WholeTraining): Figure {
  const { epochs, start } = training, unit = start?.unit ?? "loss";
  const train = curvePoints(epochs, ({ loss }) => loss),
    validation = curvePoints(epochs, ({ validation }) => validation);
  const hasValidation = validation.length > 0;
  const curves: Curve[] = [
    { name: "train", role: "train", points: train },
    ...(hasValidation ? [{ name: "validation", role: "validation", points: validation } as const] : []),
  ];
  const { bestEpoch, epochsWithoutImprovement, epoch: lastEpoch } = epochs.at(-1)!;
  const plateau = epochsWithoutImprovement > 0 && start?.patience
    ? [grammar.rectX([0], { x1: bestEpoch, x2: lastEpoch, fill: "currentColor", fillOpacity: 0.07 })]
    : [];
  const bestMark = bestEpoch > 0
    ? [grammar.ruleX([bestEpoch], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "3,3" })]
    : [];
  const { best, patience } = progressTexts(training);
  return {
    title: `Loss, ${unit}`,
    description: `${plural(epochs.length, "epoch")}; ${best}; ${patience}.`,
    plot: (width) => curvesPlot(grammar, curves, { unit, width, marks: [...plateau, ...bestMark] }),
    note: html`Dashed: ${best}. ${plateau.length > 0 ? "Grey: " : ""}${
      patience[0].toUpperCase() + patience.slice(1)
    }.`,
    table: lossTable(epochs, unit, hasValidation),
  };
}

/** The best epoch, and how early stopping stands after the last one. */
function progressTexts({ epochs, start }: WholeTraining): { best: string; patience: string } {
  const { bestEpoch, best, epochsWithoutImprovement } = epochs.at(-1)!;
  return {
    best: bestEpoch > 0
      ? `best ${start?.monitor ?? "loss"} ${numberText(best)} at epoch ${bestEpoch.toLocaleString("en-US")}`
      : "no best epoch",
    patience: start?.patience
      ? `no improvement for ${epochsWithoutImprovement.toLocaleString("en-US")} of ${
        start.patience.toLocaleString("en-US")
      } epochs`
      : "early stopping off",
  };
}

function lossTable(epochs: readonly Epoch[], unit: string, hasValidation: boolean): Figure["table"] {
  return {
    head: [
      "epoch",
      `train (${unit})`,
      ...(hasValidation ? [`validation (${unit})`] : []),
      "learning rate",
      "seconds",
    ],
    rows: tableEpochs(epochs).map((epoch) => [
      epoch.epoch,
      numberText(epoch.loss),
      ...(hasValidation ? [numberText(epoch.validation)] : []),
      numberText(epoch.learningRate, 3),
      numberText(epoch.seconds, 3),
    ]),
  };
}

/** The terms of the loss, one plot per term, as their scales differ. */
function partFigures(grammar: Grammar, { epochs, start }: WholeTraining): Figure[] {
  const names = [...new Set(epochs.flatMap(({ parts }) => Object.keys(parts ?? {})))].slice(0, 6);
  return names.map((name, at) => {
    const points = curvePoints(epochs, ({ parts }) => parts?.[name]);
    const title = name === "kl" ? "KL(posterior || prior) of the train split" : `${name} of the train split`;
    return {
      title: `${title}, ${start?.unit ?? ""}`,
      description: `From ${numberText(points[0]?.value)} to ${numberText(points.at(-1)?.value)}.`,
      plot: (width) =>
        curvesPlot(grammar, [{ name: "", role: at % 2 === 0 ? "third" : "fourth", points }], {
          unit: start?.unit ?? "",
          width,
          height: 190,
        }),
    };
  });
}

function klFigure(grammar: Grammar, { title, unit, points, text }: KlCurve): Figure {
  return {
    title,
    description: text,
    note: text,
    plot: (width) =>
      curvesPlot(grammar, [{ name: "", role: "first", points }], {
        unit,
        width,
        height: 160,
        decades: false,
      }),
  };
}

function rateFigure(grammar: Grammar, { epochs }: WholeTraining): Figure {
  const points = curvePoints(epochs, ({ learningRate }) => learningRate);
  return {
    title: "Learning rate",
    description: `From ${numberText(points[0]?.value, 3)} to ${numberText(points.at(-1)?.value, 3)}.`,
    plot: (width) => ({
      ...curvesPlot(grammar, [{ name: "", role: "fourth", points }], {
        unit: "per step",
        width,
        height: 160,
        decades: false,
      }),
    }),
  };
}

/** The model, the size of its training set, and the training time. */
function trainingText({ start, epochs }: WholeTraining): Html | undefined {
  if (start === undefined) return undefined;
  const { model, parameters, samples, batchSize, validationSamples, maxSeconds, ema } = start;
  const held = validationSamples > 0
    ? `, ${plural(validationSamples, "sample")} held out for validation`
    : "";
  const took = secondsText(epochs.reduce((sum, { seconds }) => sum + seconds, 0));
  return html`<p>${model}, ${plural(parameters, "parameter")}, ${
    plural(samples, "sample")
  } per epoch in batches of ${batchSize}${held}. ${plural(epochs.length, "epoch")} of at most ${
    start.epochs.toLocaleString("en-US")
  }${maxSeconds !== undefined && ` and ${secondsText(maxSeconds)}`} in ${took}.${
    ema !== undefined &&
    html`
      Weights averaged with a decay of ${ema} are validated and kept; the training loss is that of the weights themselves.
    `
  }</p>`;
}

function trainingHtml(data: ReportData, training: WholeTraining, plots: Plots): Html {
  const { epochs, stage } = training, { grammar } = plots;
  const head = html`${data.trainings.length > 1 && html`<h3>${stage}</h3>`}${trainingText(training)}`;
  if (epochs.length === 0) return html`${head}<p class="note">No epoch was completed.</p>`;
  const klWeights = klCurve(data, training);
  const rates = new Set(epochs.map(({ learningRate }) => learningRate));
  const small = [
    ...partFigures(grammar, training),
    ...(klWeights === undefined ? [] : [klFigure(grammar, klWeights)]),
    ...(rates.size > 1 ? [rateFigure(grammar, training)] : []),
  ].map((figure) => figureHtml(plots, figure));
  return html`${head}${figureHtml(plots, lossFigure(grammar, training))}${
    small.length > 0 && html`<div class="pair">${small}</div>`
  }`;
}

/** The section; `undefined` without a training. */
export function curvesSection(data: ReportData, plots: Plots): Html | undefined {
  if (data.trainings.length === 0) return undefined;
  const trainings = data.trainings.map((training) => trainingHtml(data, training, plots));
  return html`<section id="curves"><h2>Training</h2>${trainings}</section>`;
}
