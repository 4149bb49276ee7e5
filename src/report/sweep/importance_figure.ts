/**
 * How much each setting of a sweep matters.
 *
 * @module
 */
import { FEWEST_SETTINGS, type SweepResults } from "../../sweep/results.ts";
import { figureHtml } from "../figures/figure.ts";
import { colour, type Grammar, type Plots, plotText } from "../figures/plot.ts";
import { type Html, html } from "../html.ts";
import { percentText } from "../numbers.ts";

/** A bar. */
interface Bar {
  readonly name: string;
  readonly share: number;
}

/** The shares by setting, the largest first, and what several explain together; `undefined` where they are unknown. */
export function importanceRows({ axes, importance }: SweepResults): readonly Bar[] | undefined {
  if (importance === undefined) return undefined;
  const bars = axes.map(({ path }, at) => ({ name: path, share: importance.shares[at] }));
  bars.sort((a, b) => b.share - a.share);
  return axes.length < 2 ? bars : [...bars, { name: "several together", share: importance.together }];
}

/** What the shares are, how they were computed, and what they leave out. */
export function importanceNote({ importance, seedShare, view: { metric } }: SweepResults): string {
  if (importance === undefined) {
    return `Not computed: it needs ${FEWEST_SETTINGS} measured settings, or one for each combination, and a metric that differs between them.`;
  }
  const method = importance.isExact
    ? "Every combination was measured, so the shares are those of the analysis of variance of these values."
    : "By a functional analysis of variance of a random forest (Hutter, Hoos and Leyton-Brown 2014): an estimate, better with more settings.";
  const seeds = seedShare === undefined
    ? ""
    : ` Over all trials, ${percentText(seedShare)} of the variance is between seeds of the same setting.`;
  return `The share of the variance of ${metric?.address}, averaged over seeds, that each setting explains on its own. ${method}${seeds}`;
}

/** The section; `undefined` where no option differs. */
export function importanceSection(results: SweepResults, plots: Plots): Html | undefined {
  const rows = importanceRows(results), note = importanceNote(results);
  if (results.axes.length === 0 || results.view.metric === null) return undefined;
  if (rows === undefined) {
    return html`
      <section id="importance">
        <h2>Importance</h2>
        <p class="note">${note}</p>
      </section>
    `;
  }
  return html`<section id="importance"><h2>Importance</h2>${
    figureHtml(plots, {
      title: `Share of the variance of ${results.view.metric.address}, %`,
      description: rows.map(({ name, share }) => `${name} ${percentText(share)}`).join(", "),
      plot: (width) => barsPlot(plots.grammar, rows, width),
      note,
    })
  }</section>`;
}

/** Pixels of a letter, and the most of a name in a wide plot and in a narrow one. */
const LETTER = 6.6, MOST_WIDE = 44, MOST_NARROW = 20;

/** The end of a long path says the most. */
function cutStart(name: string, most: number): string {
  return name.length <= most ? name : `…${name.slice(name.length - most + 1)}`;
}

function barsPlot(grammar: Grammar, rows: readonly Bar[], width: number) {
  const most = width < 500 ? MOST_NARROW : MOST_WIDE;
  const bars = rows.map(({ name, share }, at) => ({
    place: String(at),
    name: cutStart(plotText(name), most),
    share: 100 * share,
    text: percentText(share),
    fill: at === rows.length - 1 && rows.length > 1 ? colour("sixth") : colour("third"),
  }));
  const longest = Math.max(...bars.map(({ name }) => name.length));
  return {
    height: 34 + 26 * bars.length,
    marginLeft: 12 + LETTER * longest,
    marginRight: 62,
    marginTop: 6,
    marginBottom: 28,
    x: {
      domain: [0, Math.max(1, ...bars.map(({ share }) => share))],
      label: null,
      ticks: width < 500 ? 3 : 6,
    },
    y: {
      label: null,
      tickSize: 0,
      tickFormat: (_: string, at: number) => bars[at].name,
      domain: bars.map(({ place }) => place),
    },
    marks: [
      grammar.barX(bars, { x: "share", y: "place", fill: "fill", inset: 3 }),
      grammar.text(bars, {
        x: "share",
        y: "place",
        text: "text",
        dx: 6,
        textAnchor: "start",
        fill: "currentColor",
      }),
    ],
  };
}
