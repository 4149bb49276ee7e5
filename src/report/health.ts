/**
 * Whether the latent dimensions of a VAE are used: the KL of each, how many are active, and the remedy when they are not.
 *
 * @module
 */
import { countText } from "../core/amounts.ts";
import { ACTIVE_VARIANCE, isActive } from "../core/active_units.ts";
import { colour, type Grammar, type Plots } from "./figures/plot.ts";
import type { EventOf } from "../pipeline/events.ts";
import { type Figure, figureHtml } from "./figures/figure.ts";
import { type Html, html } from "./html.ts";
import type { LatentSample } from "../export/latent_sample.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";

/** A latent dimension's statistics over the measured samples. */
interface LatentDimension {
  readonly name: string;
  readonly kl: number;
  readonly mean: number | null;
  readonly variance: number | null;
  readonly active: boolean;
}

/** The most latent dimensions that figures and tables show. */
const SHOWN = 128;

/** All latent dimensions, the most informative first. */
function latentDimensions({ kl, mean, variance }: LatentSample): LatentDimension[] {
  return (kl ?? []).map((value, k) => ({
    name: `z${k + 1}`,
    kl: value ?? 0,
    mean: mean[k] ?? null,
    variance: variance[k] ?? null,
    active: isNumber(variance[k]) && isActive(variance[k]),
  })).sort((a, b) => b.kl - a.kl);
}

/** The axis of latent dimensions with its margins. */
function dimensionAxis(numbers: readonly { readonly name: string }[], width: number) {
  return {
    marginLeft: 48,
    // Keeps what is drawn for each dimension narrow when there are few.
    marginRight: Math.max(20, width - 60 - 90 * numbers.length),
    marginBottom: 38,
    x: {
      label: null,
      type: "band",
      domain: numbers.map(({ name }) => name),
      ticks: numbers.length * 22 > width ? [] : undefined,
      tickRotate: numbers.length > 16 ? -60 : 0,
    },
  } as const;
}

function klFigure(
  dimensions: readonly LatentDimension[],
  text: string,
  title: string,
  grammar: Grammar,
): Figure {
  const numbers = dimensions.slice(0, SHOWN), all = dimensions.length;
  return {
    title,
    description: `${text}.`,
    note: `${text}. Pale: variance of the posterior mean at most ${ACTIVE_VARIANCE}.${
      all > SHOWN ? ` The ${SHOWN} of ${countText(all)} dimensions with the largest KL.` : ""
    }`,
    plot: (width) => ({
      ...dimensionAxis(numbers, width),
      height: 240,
      marginTop: 26,
      y: { label: "nats/sample", grid: true, nice: true },
      marks: [
        grammar.barY(numbers, {
          x: "name",
          y: "kl",
          fill: ({ active }: LatentDimension) => colour(active ? "first" : "faint"),
          fillOpacity: 0.9,
        }),
        grammar.ruleY([0], { stroke: "currentColor" }),
      ],
    }),
    table: {
      head: ["latent dimension", "KL (nats)", "mean of means", "variance of means", "active"],
      rows: numbers.map(({ name, kl, mean, variance, active }) => [
        name,
        numberText(kl, 4),
        numberText(mean, 3),
        numberText(variance, 3),
        active ? "yes" : "no",
      ]),
    },
  };
}

/** How many latent dimensions are unused, and a collapse as the training reported it, with its remedy. */
function collapseHtml(collapse: string | undefined, active: number, all: number): Html | undefined {
  if (collapse !== undefined) return html`<p class="alarm">${collapse}</p>`;
  return active === all
    ? undefined
    : html`<p class="note">${countText(all - active)} of ${countText(all)} latent dimensions are unused.</p>`;
}

/** The aggregate posterior as the training measured it last; under N(0, 1) all means are 0 and all standard deviations 1. */
function posteriorFigure(
  { epoch, images, split, mean, std, variance = [] }: EventOf<"health">,
  grammar: Grammar,
): Figure {
  const numbers = mean.slice(0, SHOWN).map((value, k) => ({
    name: `z${k + 1}`,
    mean: value ?? 0,
    spread: Math.sqrt((std[k] ?? 0) ** 2 + (variance[k] ?? 0)),
  }));
  const of = `${images.toLocaleString("en-US")} samples of the ${split} split, after epoch ${epoch}`;
  const shown = mean.length > SHOWN ? ` The first ${SHOWN} of ${countText(mean.length)} dimensions.` : "";
  return {
    title: `The aggregate posterior against N(0, 1): mean and standard deviation over ${of}`,
    description: `Mean and standard deviation of each latent dimension over ${of}.`,
    note:
      `Dot: mean; line: one standard deviation to each side; band: that of the prior, from -1 to 1.${shown}`,
    plot: (width) => ({
      ...dimensionAxis(numbers, width),
      height: 220,
      y: { label: "latent units", grid: true, nice: true },
      marks: [
        grammar.rectY([0], { y1: -1, y2: 1, fill: colour("faint"), fillOpacity: 0.25 }),
        grammar.ruleX(numbers, {
          x: "name",
          y1: ({ mean, spread }: { mean: number; spread: number }) => mean - spread,
          y2: ({ mean, spread }: { mean: number; spread: number }) => mean + spread,
          stroke: colour("first"),
          strokeWidth: 2,
        }),
        grammar.dot(numbers, { x: "name", y: "mean", fill: colour("first"), r: 3 }),
      ],
    }),
    table: {
      head: ["latent dimension", "mean", "standard deviation"],
      rows: numbers.map(({ name, mean, spread }) => [name, numberText(mean, 3), numberText(spread, 3)]),
    },
  };
}

/** The section; `undefined` without a posterior. */
export function healthSection({ latent, model, trainings }: ReportData, plots: Plots): Html | undefined {
  if (latent === undefined || latent.kl === null || model?.spec.kind !== "vae") return undefined;
  const measured = trainings.findLast(({ health }) => health !== undefined)?.health;
  const numbers = latentDimensions(latent), active = numbers.filter(({ active }) => active).length;
  const total = numbers.reduce((sum, { kl }) => sum + kl, 0);
  const text = `${countText(active)} of ${countText(numbers.length)} latent dimensions are active; together ${
    numberText(total, 4)
  } nats/sample`;
  const samples = `${latent.measured.toLocaleString("en-US")} samples of the ${latent.split} split`;
  const title = `KL of each latent dimension, nats/sample (mean over ${samples})`;
  return html`<section id="health"><h2>Health of the latent space</h2>${
    collapseHtml(measured?.collapse, active, numbers.length)
  }${figureHtml(plots, klFigure(numbers, text, title, plots.grammar))}${
    measured !== undefined && figureHtml(plots, posteriorFigure(measured, plots.grammar))
  }</section>`;
}
