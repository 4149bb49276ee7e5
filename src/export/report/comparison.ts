/**
 * One page that compares several runs: what differs in what was asked, their curves, and their numbers with intervals over seeds.
 *
 * @module
 */
import { loadPlots, type Plots, SERIES } from "../plot.ts";
import { comparability, groupRuns, type RunGroup } from "./comparable.ts";
import { type Curve, curvesPlot, pointsOf } from "./curves.ts";
import { figureHtml } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { compareGroups, seedMean } from "./intervals.ts";
import { directionText, type MetricName, metricText, parseMetric, splitText } from "./metric_words.ts";
import { numberCell, sortable } from "./metrics.ts";
import { isNumber, MISSING, momentText, secondsText } from "./numbers.ts";
import { wholePage } from "./page.ts";
import { fittingPictures, picturesGallery } from "./pictures.ts";
import { type ReportData, statusText } from "./report_data.ts";
import { allMetrics } from "./story.ts";

/** Metrics that describe a machine or a moment; they are not compared over seeds. */
const OF_THE_MACHINE = new Set(["seconds", "samplesPerSecond"]);

/** Runs with the metrics of each. */
interface Compared {
  readonly runs: readonly ReportData[];
  readonly metrics: readonly ReadonlyMap<string, number | null>[];
  readonly groups: readonly RunGroup[];
}

const nameOf = ({ record }: ReportData, at: number) => record.id === "" ? `run ${at + 1}` : record.id;

function runsTable({ runs, groups }: Compared): Html {
  return html`
    <section id="runs">
      <h2>The runs</h2>
      <div class="scroll">
        <table class="sortable">${sortable([
          "run",
          "pipeline",
          "group",
          "seed",
          "engine",
          "status",
          "started",
          "took",
        ])}<tbody>${runs.map((run, at) =>
          html`<tr><th scope="row"><code>${nameOf(run, at)}</code></th><td>${run.record.pipeline}</td><td>${
            groups.find(({ places }) => places.includes(at))?.name
          }</td>${
            numberCell(run.record.seed, run.record.seed === null ? MISSING : String(run.record.seed))
          }<td>${run.engine}</td><td>${statusText(run)}</td><td>${momentText(run.record.started)}</td>${
            numberCell(run.seconds, secondsText(run.seconds))
          }</tr>`
        )}</tbody></table>
      </div>
    </section>
  `;
}

function differencesSection({ groups }: Compared): Html | undefined {
  const paths = [...new Set(groups.flatMap(({ options }) => [...options.keys()]))]
    .filter((path) => new Set(groups.map(({ options }) => options.get(path))).size > 1);
  if (groups.length < 2 || paths.length === 0) return undefined;
  return html`
    <section id="differences">
      <h2>What differs</h2>
      <p class="note">Runs of the same options make a group; only their seeds differ.</p>
      <div class="scroll">
        <table>
          <thead>
            <tr><th scope="col">option</th>${groups.map(({ name }) =>
              html`<th scope="col">${name}</th>`
            )}</tr>
          </thead>
          <tbody>${paths.slice(0, 60).map((path) =>
            html`<tr><th scope="row"><code>${path}</code></th>${
              groups.map(({ options }) => html`<td>${options.get(path) ?? "–"}</td>`)
            }</tr>`
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** The curves of all runs, one plot for each unit of loss: what has another unit has no place on the same axis. */
function curvesSection({ runs, groups }: Compared, plots: Plots): Html | undefined {
  const all = runs.flatMap((run, at) =>
    run.trainings.flatMap(({ told, epochs }) => {
      const monitored = told?.monitor === "validation";
      const points = pointsOf(epochs, ({ loss, validation }) => monitored ? validation : loss);
      const group = groups.findIndex(({ places }) => places.includes(at));
      if (points.length === 0) return [];
      return [{
        key: `${told?.monitor ?? "loss"}, ${told?.unit ?? "unknown unit"}`,
        points,
        group,
        first: groups[group]?.places[0] === at,
      }];
    })
  );
  if (all.length === 0) return undefined;
  return html`<section id="curves"><h2>Training</h2>${
    [...new Set(all.map(({ key }) => key))].map((key) => {
      const curves: Curve[] = all.filter((one) => one.key === key).map(({ points, group, first }) => ({
        name: first ? groups[group]?.name ?? "" : "",
        role: SERIES[group % SERIES.length],
        points,
      }));
      return figureHtml(plots, {
        title: `Loss of the ${key === "" ? "runs" : key}`.replace(
          "Loss of the loss",
          "Loss of the train split",
        ),
        description: `${curves.length} trainings.`,
        plot: (width) => curvesPlot(plots.grammar, curves, { unit: key.split(", ")[1], width, height: 340 }),
      });
    })
  }</section>`;
}

/** The numbers of a group: its mean with the interval. */
function groupText(metric: MetricName, values: readonly number[]): string {
  if (values.length === 0) return MISSING;
  const { mean, half } = seedMean(values);
  const interval = half === undefined || half === 0 ? "" : ` ± ${metricText(metric, half)}`;
  return `${metricText(metric, mean)}${interval}`;
}

/** How a group stands against the first, in words. */
function verdict({ words }: MetricName, first: readonly number[], other: readonly number[]): string {
  const result = compareGroups(first, other);
  if (result === "unknown") return "too few seeds";
  if (result === "tie" || words === undefined || words.better === "none") {
    return result === "tie" ? "a tie" : result;
  }
  return result === words.better ? "better" : "worse";
}

function groupsTable({ metrics, groups }: Compared): Html {
  const names = [...new Set(metrics.flatMap((run) => [...run.keys()]))];
  const valuesOf = (name: string, { places }: RunGroup) =>
    places.flatMap((at) => {
      const value = metrics[at].get(name);
      return isNumber(value) ? [value] : [];
    });
  const rest = groups.slice(1);
  return html`
    <div class="scroll">
      <table class="sortable">${sortable([
        "metric",
        "better",
        "split",
        ...groups.map(({ name, places }) => `${name} (n = ${places.length})`),
        ...rest.map(({ name }) => `${name} is`),
      ])}<tbody>${names.map((name) => {
        const metric = parseMetric(name), first = valuesOf(name, groups[0]);
        return html`<tr><th scope="row"><code>${name}</code></th><td>${
          directionText(metric.words?.better)
        }</td><td>${splitText(metric)}</td>${
          groups.map((group) => {
            const values = valuesOf(name, group);
            return numberCell(values.length > 0 ? seedMean(values).mean : null, groupText(metric, values));
          })
        }${
          rest.map((group) => {
            const word = OF_THE_MACHINE.has(name) ? "–" : verdict(metric, first, valuesOf(name, group));
            return html`<td class="${
              word === "better" ? "good" : word === "worse" ? "bad" : ""
            }">${word}</td>`;
          })
        }</tr>`;
      })}</tbody></table>
    </div>
  `;
}

function numbersSection(compared: Compared): Html {
  const reasons = comparability(compared.runs);
  return html`<section id="numbers"><h2>Numbers</h2>${
    reasons.length > 0
      ? html`<p class="alarm">These numbers are not compared: ${reasons.join("; ")}.</p>`
      : html`
        <p
          class="note">Means over the runs of a group with 95 % intervals (Student's t). Better and worse are told against ${compared
            .groups[0]
            .name} where both have three seeds or more and the interval of the difference does not hold 0; else it is a tie.</p>${groupsTable(
              compared,
            )}
      `
  }</section>`;
}

function gallerySection({ runs }: Compared): Html | undefined {
  const each = runs.map((run) => ({
    run,
    pictures: run.pictures.filter(({ file }) => /reconstructions|generate\.png|latent/.test(file)),
  }));
  const fitting = fittingPictures(each.flatMap(({ pictures }) => pictures));
  if (fitting.size === 0) return undefined;
  return html`<section id="pictures"><h2>Pictures</h2>${
    each.filter(({ pictures }) => pictures.length > 0).map(({ run, pictures }, at) =>
      html`<h3>${nameOf(run, at)}, seed ${run.record.seed ?? MISSING}</h3>${
        picturesGallery(pictures, fitting)
      }`
    )
  }</section>`;
}

/** The page. There must be at least one run. */
export async function comparisonPage(runs: readonly ReportData[]): Promise<string> {
  const plots = await loadPlots();
  const compared: Compared = { runs, metrics: runs.map(allMetrics), groups: groupRuns(runs) };
  const { groups } = compared;
  const head = html`
    <header id="story">
      <p class="kicker">Comparison</p>
      <h1>${[...new Set(runs.map(({ record }) => record.pipeline))].join(", ")}</h1>
      <p>${runs.length} runs in ${groups.length} ${groups.length === 1 ? "group" : "groups"}.</p>
    </header>
  `;
  return await wholePage(
    "Runs compared",
    head,
    ([
      ["numbers", "Numbers", numbersSection(compared)],
      ["differences", "What differs", differencesSection(compared)],
      ["curves", "Training", curvesSection(compared, plots)],
      ["pictures", "Pictures", gallerySection(compared)],
      ["runs", "The runs", runsTable(compared)],
    ] as const).filter(([, , content]) => content !== undefined),
  );
}
