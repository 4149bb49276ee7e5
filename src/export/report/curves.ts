/**
 * The section that shows how a training went: losses, what they are made of, the weight of the KL and the learning rate.
 *
 * @module
 */
import type { EventOf } from "../../pipeline/events.ts";
import { colour, type Grammar, type PlotRole, type Plots } from "../plot.ts";
import { type Figure, figureHtml, spansDecades, thinned } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { betaSchedule, type KlSchedule } from "./kl_schedule.ts";
import { countText, isNumber, numberText, secondsText } from "./numbers.ts";
import type { ReportData, ReportTraining } from "./report_data.ts";

type Epoch = EventOf<"epoch">;
/** A point of a curve. */
interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** The finite values of a curve. */
export function pointsOf(
  epochs: readonly Epoch[],
  value: (epoch: Epoch) => number | null | undefined,
): Point[] {
  return epochs.flatMap((epoch) => {
    const number = value(epoch);
    return isNumber(number) ? [{ epoch: epoch.epoch, value: number }] : [];
  });
}

/** A named curve. */
export interface Curve {
  readonly name: string;
  readonly role: PlotRole;
  readonly points: readonly Point[];
}

/** A plot of curves over epochs, each named at its end. */
export function curvesPlot(
  grammar: Grammar,
  curves: readonly Curve[],
  { unit, width, marks = [], height = 300 }: {
    unit: string;
    width: number;
    marks?: ReturnType<Grammar["ruleX"]>[];
    height?: number;
  },
): ReturnType<Figure["plot"]> {
  const logarithmic = spansDecades(curves.flatMap(({ points }) => points.map(({ value }) => value)));
  const names = Math.max(...curves.map(({ name }) => name.length));
  return {
    height,
    marginRight: 14 + 6.8 * names,
    marginLeft: 58,
    marginTop: 26,
    marginBottom: 38,
    x: {
      label: "epoch",
      labelAnchor: "center",
      ticks: epochTicks(curves, width < 500 ? 4 : 9),
      tickFormat: (tick: number) => tick.toLocaleString("en-US"),
    },
    y: {
      label: `${unit}${logarithmic ? " (log scale)" : ""}`,
      grid: true,
      ticks: 6,
      type: logarithmic ? "log" : "linear",
      ...(logarithmic
        ? { tickFormat: (tick: number) => /^[125]/.test(tick.toExponential()) ? numberText(tick) : "" }
        : { nice: true }),
    },
    marks: [
      ...marks,
      ...curves.flatMap(({ role, points }) => {
        const shown = thinned(points, ({ value }) => value);
        return [
          grammar.line(shown, { x: "epoch", y: "value", stroke: colour(role), strokeWidth: 1.8 }),
          ...(points.length === 1
            ? [grammar.dot(shown, { x: "epoch", y: "value", fill: colour(role), r: 3 })]
            : []),
        ];
      }),
      ...endNames(grammar, curves, logarithmic, height),
    ],
  };
}

/** Whole epochs for the axis, evenly apart in round steps. */
function epochTicks(curves: readonly Curve[], most: number): number[] {
  const epochs = curves.flatMap(({ points }) => [points[0]?.epoch ?? 1, points.at(-1)?.epoch ?? 1]);
  const low = Math.min(...epochs), high = Math.max(...epochs);
  const rough = Math.max(1, (high - low) / most), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, at) => first + at * step);
}

/** The names of curves at their ends, moved apart where the ends lie close. */
function endNames(grammar: Grammar, curves: readonly Curve[], logarithmic: boolean, height: number) {
  const scale = (value: number) => logarithmic ? Math.log(value) : value;
  const values = curves.flatMap(({ points }) => points.map(({ value }) => scale(value)));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const pixel = (values.reduce((a, b) => Math.max(a, b), -Infinity) - low) / (height - 64);
  const ends = curves.filter(({ name, points }) => name !== "" && points.length > 0)
    .map(({ name, role, points }) => ({ name, role, ...points.at(-1)! }))
    .sort((a, b) => b.value - a.value);
  let free = -Infinity;
  return ends.map(({ name, role, epoch, value }) => {
    const natural = (scale(value) - low) / (pixel || 1),
      place = Math.min(natural, free === -Infinity ? natural : free);
    free = place - 14;
    return grammar.text([{ epoch, value }], {
      x: "epoch",
      y: "value",
      text: () => name,
      textAnchor: "start",
      dx: 6,
      dy: natural - place,
      fill: colour(role),
      fontWeight: 600,
    });
  });
}

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
    { name: "train", role: "first", points: train },
    ...(hasValidation ? [{ name: "validation", role: "second", points: validation } as const] : []),
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

function klFigure(grammar: Grammar, { weights, text }: KlSchedule): Figure {
  return {
    title: "Weight of the KL (beta)",
    description: text,
    note: text,
    plot: (width) =>
      curvesPlot(grammar, [{ name: "", role: "first", points: weights }], {
        unit: "factor",
        width,
        height: 160,
      }),
  };
}

function rateFigure(grammar: Grammar, { epochs }: ReportTraining): Figure {
  const points = pointsOf(epochs, ({ learningRate }) => learningRate);
  return {
    title: "Learning rate",
    description: `From ${numberText(points[0]?.value, 3)} to ${numberText(points.at(-1)?.value, 3)}.`,
    plot: (width) => ({
      ...curvesPlot(grammar, [{ name: "", role: "fourth", points }], { unit: "a step", width, height: 160 }),
    }),
  };
}

/** The section; nothing without a training. */
export function curvesSection(data: ReportData, plots: Plots): Html | undefined {
  if (data.trainings.length === 0) return undefined;
  return html`<section id="curves"><h2>Training</h2>${
    data.trainings.map((training) => {
      const { epochs, told, stage } = training;
      const words = told === undefined
        ? undefined
        : html`<p>${told.model}, ${countText(told.parameters, "parameter")}, ${
          countText(told.samples, "sample")
        } an epoch in batches of ${told.batchSize}${
          told.validationSamples > 0
            ? `, ${countText(told.validationSamples, "sample")} held out for validation`
            : ""
        }. ${countText(epochs.length, "epoch")} of at most ${told.epochs.toLocaleString("en-US")} in ${
          secondsText(epochs.reduce((sum, { seconds }) => sum + seconds, 0))
        }.</p>`;
      if (epochs.length === 0) {
        return html`<h3>${stage}</h3>${words}<p class="note">No epoch was finished.</p>`;
      }
      const schedule = betaSchedule(data, training);
      const small = [
        ...partFigures(plots.grammar, training),
        ...(schedule === undefined ? [] : [klFigure(plots.grammar, schedule)]),
        ...(new Set(epochs.map(({ learningRate }) => learningRate)).size > 1
          ? [rateFigure(plots.grammar, training)]
          : []),
      ];
      return html`${data.trainings.length > 1 && html`<h3>${stage}</h3>`}${words}${
        figureHtml(plots, lossFigure(plots.grammar, training))
      }${
        small.length > 0 && html`<div class="pair">${small.map((figure) => figureHtml(plots, figure))}</div>`
      }`;
    })
  }</section>`;
}
