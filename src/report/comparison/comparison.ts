/**
 * One page that compares several runs: the options in which they differ, their curves, and their numbers with intervals over seeds.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import { colour, loadPlots, type Plots, SERIES } from "../figures/plot.ts";
import { compare, type Compared, numbersSection } from "./compared_numbers.ts";
import {
  type Curve,
  type CurvePoint,
  curvePoints,
  curvesPlot,
  type Epoch,
  pointsOverSeconds,
} from "../figures/curve_plot.ts";
import { figureHtml } from "../figures/figure.ts";
import { type Html, html } from "../html.ts";
import { numberCell, sortable } from "../metrics.ts";
import { MISSING, momentText, secondsText } from "../numbers.ts";
import { wholePage } from "../page.ts";
import { fittingPictures, picturesGallery } from "../pictures.ts";
import type { ReportData } from "../report_data.ts";
import { outcomeText } from "../summary.ts";

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
          }<td>${run.engine}</td><td>${outcomeText(run)}</td><td>${momentText(run.record.started)}</td>${
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

/** The monitored loss of one training of a run. */
interface TrainingCurve {
  /** The monitored loss and its unit: curves of different units need different axes. */
  readonly key: string;
  readonly group: number;
  /** Whether its curve bears the name of its group. */
  readonly isFirst: boolean;
  readonly epochs: CurvePoint[];
  readonly seconds: CurvePoint[];
}

function trainingsOf({ runs, groups }: Compared): TrainingCurve[] {
  return runs.flatMap((run, at) =>
    run.trainings.flatMap(({ start, epochs }) => {
      const monitored = ({ loss, validation }: Epoch) => start?.monitor === "validation" ? validation : loss;
      const group = groups.findIndex(({ places }) => places.includes(at));
      const points = curvePoints(epochs, monitored);
      return points.length === 0 ? [] : [{
        key: `${start?.monitor ?? "loss"}, ${start?.unit ?? "unknown unit"}`,
        group,
        isFirst: groups[group]?.places[0] === at,
        epochs: points,
        seconds: pointsOverSeconds(epochs, monitored),
      }];
    })
  );
}

/** Line patterns: settings beyond the four colours reuse the colours with another pattern. */
const PATTERNS = [undefined, "6,3", "1.5,3"] as const;

/** Longer names go below the plot instead of at the ends of its curves, where they would leave a phone no room for the curves. */
const LONGEST_AT_END = 10;

/** How each setting is drawn: the text at the end of its curves, colour and pattern. */
function lineStyles({ groups }: Compared) {
  const isShort = groups.every(({ name }) => name.length <= LONGEST_AT_END);
  return groups.map(({ name }, at) => ({
    name,
    end: isShort ? name : String(at + 1),
    role: SERIES[at % SERIES.length],
    dash: PATTERNS[Math.floor(at / SERIES.length) % PATTERNS.length],
  }));
}

/** The names of the numbers at the ends of curves; empty where the curves have the names themselves. */
function legend(styles: ReturnType<typeof lineStyles>): Html | false {
  return styles.some(({ name, end }) => name !== end) && html`
    <ul class="legend">${styles.map(({ name, end, role, dash }) =>
      html`<li><svg width="28" height="10" aria-hidden="true"><line x1="0" y1="5" x2="28" y2="5" stroke="${
        colour(role)
      }" stroke-width="2.5" stroke-dasharray="${dash ?? "none"}"></line></svg> ${end}: ${name}</li>`
    )}</ul>
  `;
}

/** The curves of all runs in one picture for each unit of loss: over epochs, and over training time. */
function curvesSection(compared: Compared, plots: Plots): Html | undefined {
  const all = trainingsOf(compared), styles = lineStyles(compared);
  if (all.length === 0) return undefined;
  const figure = (key: string, over: "epochs" | "seconds") => {
    const own = all.filter((one) => one.key === key);
    const curves = own.map(({ group, isFirst, [over]: points }): Curve => ({
      name: isFirst ? styles[group].end : "",
      role: styles[group].role,
      dash: styles[group].dash,
      points,
    }));
    const [monitor, unit] = key.split(", ");
    return figureHtml(plots, {
      title: `Loss of the ${monitor === "loss" ? "train" : monitor} split against ${over}, ${unit}`,
      description: `${curves.length} trainings of ${new Set(own.map(({ group }) => group)).size} settings.`,
      plot: (width) => curvesPlot(plots.grammar, curves, { unit, width, height: 340, over }),
    });
  };
  return html`
    <section
      id="curves"><h2>Training</h2><p class="note">One colour and pattern per setting, one line per seed.</p>${legend(
        styles,
      )}${[
        ...new Set(all.map(({ key }) => key)),
      ].map((key) => [figure(key, "epochs"), figure(key, "seconds")])}</section>
  `;
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

/** The page. There must be at least one run; `labels` are the names of the runs' settings. */
export async function comparisonPage(
  runs: readonly ReportData[],
  labels?: readonly string[],
): Promise<string> {
  const plots = await loadPlots();
  const compared = compare(runs, labels), { groups } = compared;
  const head = html`
    <header id="summary">
      <p class="kicker">Comparison</p>
      <h1>${[...new Set(runs.map(({ record }) => record.pipeline))].join(", ")}</h1>
      <p>${runs.length} runs in ${plural(groups.length, "group")}.</p>
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
