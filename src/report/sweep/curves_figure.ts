/**
 * The learning curves of trials: all dimmed, the best bright.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import type { TrialCurve } from "../../sweep/curves.ts";
import type { SweepResults } from "../../sweep/results.ts";
import { figureHtml, spansDecades } from "../figures/figure.ts";
import { colour, type Grammar, type Plots, plotText } from "../figures/plot.ts";
import { type Html, html } from "../html.ts";
import { numberText } from "../numbers.ts";

/** Losses above this quantile may be cut off, so that a diverging trial does not flatten the others. */
const SHOWN_SHARE = 0.98, CUT = "The highest 2 % of the losses may be above the plot.";

/** The section; `undefined` without a curve. */
export function trialCurvesSection(results: SweepResults, plots: Plots): Html | undefined {
  const { curves, best, view } = results;
  if (curves.length === 0) return undefined;
  const kinds = [...new Set(curves.map(({ of }) => of))];
  const figures = kinds.map((of) => {
    const own = curves.filter((curve) => curve.of === of),
      bright = own.find(({ trial }) => trial === best?.id);
    return figureHtml(plots, {
      title: lossTitle(of),
      description: `${plural(own.length, "trial")}${
        bright === undefined ? "" : `; the best trial ends at ${numberText(bright.losses.at(-1))}`
      }.`,
      plot: (width) => curvesPlot(plots.grammar, own, bright, width, of),
      note: noteText(own.length, view.trials.length, bright === undefined ? undefined : best?.label),
    });
  });
  return html`<section id="curves"><h2>Learning curves</h2>${figures}</section>`;
}

/** `Loss of the validation split, nats/sample`. */
function lossTitle(of: string): string {
  const [split, ...unit] = of.split(", ");
  return `Loss of the ${split} split, ${unit.join(", ")}`;
}

function noteText(shown: number, all: number, best: string | undefined): string {
  const bold = best === undefined ? "" : `Bold: the best trial (${best}). `;
  return shown < all
    ? `${bold}${plural(shown, "curve")} of ${
      plural(all, "trial")
    }: the best, and others evenly chosen by rank; each is thinned. ${CUT}`
    : `${bold}One curve per trial, thinned. ${CUT}`;
}

function curvesPlot(
  grammar: Grammar,
  curves: readonly TrialCurve[],
  best: TrialCurve | undefined,
  width: number,
  of: string,
) {
  const losses = curves.flatMap(({ losses }) => losses).sort((a, b) => a - b);
  const top = losses[Math.min(losses.length - 1, Math.ceil(SHOWN_SHARE * losses.length))];
  const high = Math.max(top, ...(best?.losses ?? [])), shown = losses.filter((loss) => loss <= high);
  const isLogarithmic = spansDecades(shown);
  const dimmed = curves.filter((curve) => curve !== best);
  const points = dimmed.flatMap((curve, at) => pointsOf(curve).map((point) => ({ ...point, trial: at })));
  const opacity = dimmed.length <= 40 ? 1 : 0.45;
  return {
    height: 340,
    marginLeft: 58,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 38,
    // Losses above the domain are cut off at its edge.
    clip: true,
    x: {
      label: "epoch",
      labelAnchor: "center" as const,
      ticks: width < 500 ? 4 : 9,
      tickFormat: (tick: number) => Number.isInteger(tick) ? tick.toLocaleString("en-US") : "",
    },
    y: {
      label: `${plotText(of.split(", ").slice(1).join(", "))}${isLogarithmic ? " (log scale)" : ""}`,
      grid: true,
      ticks: 6,
      type: isLogarithmic ? "log" as const : "linear" as const,
      domain: [losses[0], high],
      ...(isLogarithmic
        ? { tickFormat: (tick: number) => /^[125]/.test(tick.toExponential()) ? numberText(tick) : "" }
        : { nice: true }),
    },
    marks: [
      ...(points.length === 0 ? [] : [
        grammar.line(points, {
          x: "epoch",
          y: "loss",
          z: "trial",
          stroke: colour("faint"),
          strokeWidth: 0.8,
          strokeOpacity: opacity,
        }),
      ]),
      ...(best === undefined ? [] : [
        grammar.line(pointsOf(best), { x: "epoch", y: "loss", stroke: colour("second"), strokeWidth: 3 }),
      ]),
    ],
  };
}

function pointsOf({ epochs, losses }: TrialCurve): { epoch: number; loss: number }[] {
  return epochs.map((epoch, at) => ({ epoch, loss: losses[at] }));
}
