/**
 * The section that shows how a training went: losses, what they are made of, the weight of the KL and the learning rate.
 *
 * @module
 */
import type { Grammar, Plots } from "../plot.ts";
import { type Curve, curvesPlot, type Epoch, pointsOf } from "./curve_plot.ts";
import { type Figure, figureHtml } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { type KlCharge, klCharge } from "./kl_schedule.ts";
import { countText, numberText, secondsText } from "./numbers.ts";
import type { ReportData, ReportTraining } from "./report_data.ts";

/** Epochs for a table: at most about twenty, the best among them. */
function tableEpochs(epochs: readonly Epoch[]): Epoch[] {
  const step = Math.max(1, Math.ceil(epochs.length / 20)), best = epochs.at(-1)?.bestEpoch;
  return epochs.filter((epoch, at) => at % step === 0 || at === epochs.length - 1 || epoch.epoch === best);
}

/** The losses, with the best epoch and the epochs of waiting marked. */
function lossFigure(grammar: Grammar, { epochs, told }: ReportTraining): Figure {
  const unit = told?.unit ?? "loss", last = epochs.at(-1)!;
  const train = pointsOf(epochs, ({ loss }) => loss),
    validation = pointsOf(epochs, ({ validation }) => validation);
  const hasValidation = validation.length > 0;
  const curves: Curve[] = [
    { name: "train", role: "train", points: train },
    ...(hasValidation ? [{ name: "validation", role: "validation", points: validation } as const] : []),
  ];
  const { bestEpoch, best, waited } = last;
  const waiting = waited > 0 && told?.patience
    ? [grammar.rectX([0], { x1: bestEpoch, x2: last.epoch, fill: "currentColor", fillOpacity: 0.07 })]
    : [];
  const marks = bestEpoch > 0
    ? [
      ...waiting,
      grammar.ruleX([bestEpoch], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "3,3" }),
    ]
    : waiting;
  const bestText = bestEpoch > 0
    ? `best ${told?.monitor ?? "loss"} ${numberText(best)} at epoch ${bestEpoch.toLocaleString("en-US")}`
    : "no best epoch";
  const patience = told?.patience
    ? `waited ${waited.toLocaleString("en-US")} of ${
      told.patience.toLocaleString("en-US")
    } epochs without improvement`
    : "no early stop";
  return {
    title: `Loss, ${unit}`,
    description: `${countText(epochs.length, "epoch")}; ${bestText}; ${patience}.`,
    plot: (width) => curvesPlot(grammar, curves, { unit, width, marks }),
    note: html`Dashed: ${bestText}. ${waiting.length > 0 ? "Grey: " : ""}${
      patience[0].toUpperCase() + patience.slice(1)
    }.`,
    table: {
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
    },
  };
}

/** What the loss is made of, one plot a part, as their scales differ. */
function partFigures(grammar: Grammar, { epochs, told }: ReportTraining): Figure[] {
  const names = [...new Set(epochs.flatMap(({ parts }) => Object.keys(parts ?? {})))].slice(0, 6);
  return names.map((name, at) => {
    const points = pointsOf(epochs, ({ parts }) => parts?.[name]);
    const title = name === "kl" ? "KL(posterior || prior) of the train split" : `${name} of the train split`;
    return {
      title: `${title}, ${told?.unit ?? ""}`,
      description: `From ${numberText(points[0]?.value)} to ${numberText(points.at(-1)?.value)}.`,
      plot: (width) =>
        curvesPlot(grammar, [{ name: "", role: at % 2 === 0 ? "third" : "fourth", points }], {
          unit: told?.unit ?? "",
          width,
          height: 190,
        }),
    };
  });
}

function klFigure(grammar: Grammar, { title, unit, points, text }: KlCharge): Figure {
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

function rateFigure(grammar: Grammar, { epochs }: ReportTraining): Figure {
  const points = pointsOf(epochs, ({ learningRate }) => learningRate);
  return {
    title: "Learning rate",
    description: `From ${numberText(points[0]?.value, 3)} to ${numberText(points.at(-1)?.value, 3)}.`,
    plot: (width) => ({
      ...curvesPlot(grammar, [{ name: "", role: "fourth", points }], {
        unit: "a step",
        width,
        height: 160,
        decades: false,
      }),
    }),
  };
}

/** What was trained, on how much, and for how long. */
function trainingWords({ told, epochs }: ReportTraining): Html | undefined {
  if (told === undefined) return undefined;
  const { model, parameters, samples, batchSize, validationSamples } = told;
  const held = validationSamples > 0
    ? `, ${countText(validationSamples, "sample")} held out for validation`
    : "";
  const took = secondsText(epochs.reduce((sum, { seconds }) => sum + seconds, 0));
  return html`<p>${model}, ${countText(parameters, "parameter")}, ${
    countText(samples, "sample")
  } an epoch in batches of ${batchSize}${held}. ${countText(epochs.length, "epoch")} of at most ${
    told.epochs.toLocaleString("en-US")
  } in ${took}.</p>`;
}

function trainingHtml(data: ReportData, training: ReportTraining, plots: Plots): Html {
  const { epochs, stage } = training, { grammar } = plots;
  const head = html`${data.trainings.length > 1 && html`<h3>${stage}</h3>`}${trainingWords(training)}`;
  if (epochs.length === 0) return html`${head}<p class="note">No epoch was finished.</p>`;
  const charge = klCharge(data, training);
  const rates = new Set(epochs.map(({ learningRate }) => learningRate));
  const small = [
    ...partFigures(grammar, training),
    ...(charge === undefined ? [] : [klFigure(grammar, charge)]),
    ...(rates.size > 1 ? [rateFigure(grammar, training)] : []),
  ].map((figure) => figureHtml(plots, figure));
  return html`${head}${figureHtml(plots, lossFigure(grammar, training))}${
    small.length > 0 && html`<div class="pair">${small}</div>`
  }`;
}

/** The section; nothing without a training. */
export function curvesSection(data: ReportData, plots: Plots): Html | undefined {
  if (data.trainings.length === 0) return undefined;
  const trainings = data.trainings.map((training) => trainingHtml(data, training, plots));
  return html`<section id="curves"><h2>Training</h2>${trainings}</section>`;
}
