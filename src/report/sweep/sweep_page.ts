/**
 * The page of a sweep: its settings ranked, what matters, the curves, and the command of the best.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import type { SweepResults } from "../../sweep/results.ts";
import { metricOf, stateCounts, type TrialView } from "../../sweep/view.ts";
import { loadPlots } from "../figures/plot.ts";
import { type Html, html } from "../html.ts";
import { metricText } from "../metric_names.ts";
import { secondsText } from "../numbers.ts";
import { wholePage } from "../page.ts";
import { trialCurvesSection } from "./curves_figure.ts";
import { importanceSection } from "./importance_figure.ts";
import { parallelSection } from "./parallel_figure.ts";
import { meanText, rankedName, rankingSection } from "./ranking_table.ts";

/** The states of the trials: `12 of 20 trials complete, 1 failed, 7 waiting`. */
export function statesText({ view }: SweepResults): string {
  const counts = stateCounts(view), all = view.planned;
  const others = [
    [counts.failed, "failed"],
    [counts.stoppedEarly, "stopped early"],
    [counts.running, "running"],
    [counts.interrupted, "interrupted"],
    [counts.waiting, "waiting"],
  ] as const;
  const rest = others.filter(([count]) => count > 0).map(([count, word]) => `, ${countText(count)} ${word}`)
    .join("");
  return `${countText(counts.complete)} of ${plural(all, "trial")} complete${rest}`;
}

/** The most reasons that are listed, and the most trials that each names. */
const MOST_REASONS = 20, MOST_NAMED = 3;

/** Why trials failed, a line for each reason, the most frequent first. */
export function failures({ view }: SweepResults): { readonly trials: string; readonly reason: string }[] {
  const failed = view.trials.filter(({ state }) => state === "failed");
  const reasons = [...Map.groupBy(failed, ({ reason }) => reason ?? "for an unknown reason")]
    .sort(([, a], [, b]) => b.length - a.length);
  const lines = reasons.slice(0, MOST_REASONS).map(([reason, trials]) => {
    const named = trials.slice(0, MOST_NAMED).map(trialText).join("; "), more = trials.length - MOST_NAMED;
    return {
      trials: `${plural(trials.length, "trial")} failed (${named}${
        more > 0 ? ` and ${countText(more)} more` : ""
      })`,
      reason,
    };
  });
  const rest = reasons.slice(MOST_REASONS), others = rest.reduce((sum, [, trials]) => sum + trials.length, 0);
  return rest.length === 0 ? lines : [...lines, {
    trials: `${plural(others, "more trial")} failed`,
    reason: plural(rest.length, "other reason"),
  }];
}

/** A trial as text: its setting and its seed. */
export function trialText({ label, seed }: TrialView): string {
  return `${label}, seed ${seed}`;
}

function headOf(results: SweepResults): Html {
  const { view, ranked, best } = results, metric = rankedName(results), [first] = ranked;
  const seconds = view.trials.reduce((sum, trial) => sum + (trial.seconds ?? 0), 0);
  const value = best === undefined || metric === undefined ? undefined : meanText(first, metric);
  const tiles = [
    ...(value === undefined ? [] : [["best setting", value, metric!.name]]),
    [
      "settings",
      ranked.length.toLocaleString("en-US"),
      `${view.trials.length.toLocaleString("en-US")} trials`,
    ],
    ["time of all trials", secondsText(seconds), ""],
  ];
  return html`
    <header id="summary">
      <p class="kicker">Sweep ${view.sweep}</p>
      <h1>${view.pipeline}</h1>
      <p>${statesText(results)}.${first?.mean !== undefined && html`
        The best setting is <strong>${first.label}</strong>.
      `}</p>
      <dl class="tiles">${tiles.map(([name, text, unit]) =>
        html`
          <div>
            <dt>${name}</dt>
            <dd>${text}</dd>
            <dd class="unit">${unit}</dd>
          </div>
        `
      )}</dl>
    </header>
  `;
}

function noticesSection(results: SweepResults): Html | undefined {
  const { notices } = results, failed = failures(results);
  if (notices.length + failed.length === 0) return undefined;
  return html`
    <section id="notices" class="notices">
      <h2>Notices</h2>
      <ul>${notices.map((notice) => html`<li>${notice}</li>`)}${failed.map(({ trials, reason }) =>
        html`<li><strong>${trials}</strong>: ${reason}</li>`
      )}</ul>
    </section>
  `;
}

function bestSection(results: SweepResults): Html | undefined {
  const { best, command } = results, metric = rankedName(results);
  if (best === undefined || metric === undefined) return undefined;
  const value = metricOf(best, metric.name);
  return html`
    <section
      id="best"><h2>Best trial</h2><p>${trialText(best)}: ${metric.name} ${metricText(
        metric,
        value,
      )}${best.run !== null && html`, run <code>${best.run}</code>`}.</p>${command !== undefined && html`
        <p>Run it again:</p>
        <pre class="command"><code>${command}</code></pre>
      `}</section>
  `;
}

/** The page. */
export async function sweepPage(results: SweepResults): Promise<string> {
  const plots = await loadPlots();
  const sections = ([
    ["notices", "Notices", noticesSection(results)],
    ["best", "Best trial", bestSection(results)],
    ["settings", "Settings", rankingSection(results)],
    ["importance", "Importance", importanceSection(results, plots)],
    ["parallel", "Parallel coordinates", parallelSection(results, plots)],
    ["curves", "Learning curves", trialCurvesSection(results, plots)],
  ] as const).filter(([, , content]) => content !== undefined);
  return await wholePage(`${results.view.pipeline}, sweep ${results.view.sweep}`, headOf(results), sections);
}
