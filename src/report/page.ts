/**
 * The page: one self-contained file that makes no requests.
 *
 * @module
 */
import { loadPlots, type Plots } from "./figures/plot.ts";
import { baselinesSection } from "./baselines.ts";
import { curvesSection } from "./figures/curves.ts";
import { detailsSection } from "./details.ts";
import { explorerSection } from "./explorer/explorer.ts";
import { healthSection } from "./health.ts";
import { type Html, html, raw } from "./html.ts";
import { metricsSection } from "./metrics.ts";
import controls from "./page/controls.js" with { type: "text" };
import decoder from "./page/decoder.js" with { type: "text" };
import loops from "../graph/loops.js" with { type: "text" };
import windowLoops from "../graph/window_loops.js" with { type: "text" };
import explorer from "./page/explorer.js" with { type: "text" };
import plane from "./page/plane.js" with { type: "text" };
import planeInput from "./page/plane_input.js" with { type: "text" };
import planePictures from "./page/plane_pictures.js" with { type: "text" };
import start from "./page/start.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import { picturesSection } from "./pictures.ts";
import { environmentSection, pipelineSection } from "./pipeline.ts";
import { previewsSection } from "./figures/previews.ts";
import type { ReportData } from "./report_data.ts";
import { noticesSection, summarySection } from "./summary.ts";

/** The page's script: its modules in the order of their dependencies, joined. */
const SCRIPT = [windowLoops, loops, decoder, controls, planePictures, plane, planeInput, explorer, start]
  .map((module) => module.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, ""))
  .join("\n");

/** A section of the page, by its id, with its name in the list of contents. */
type Section = readonly [id: string, name: string, content: Html | undefined];

/** The most bytes of a page. */
const MOST_BYTES = 4_800_000;

/** Everything that a report of one run shows, in order. Pictures use the bytes that the others leave. */
function sectionsOf(data: ReportData, plots: Plots): Section[] {
  const before: Section[] = [
    ["notices", "Notices", noticesSection(data)],
    ["baselines", "Baselines", baselinesSection(data, plots)],
    ["curves", "Training", curvesSection(data, plots)],
    ["explorer", "Explore", explorerSection(data)],
    ["health", "Health", healthSection(data, plots)],
    ["previews", "Training progress", previewsSection(data)],
  ];
  const after: Section[] = [
    ["details", "Stage details", detailsSection(data, plots)],
    ["metrics", "All metrics", metricsSection(data)],
    ["pipeline", "Configuration", pipelineSection(data)],
    ["environment", "Reproduce", environmentSection(data)],
  ];
  const used = [...before, ...after].reduce((sum, [, , content]) => sum + (content?.markup.length ?? 0), 0);
  // Base64 takes a third more.
  const room = Math.max(0, 0.75 * (MOST_BYTES - used - SCRIPT.length - style.length));
  return [...before, ["pictures", "Pictures", picturesSection(data, room)], ...after];
}

/** The report of one run. */
export async function reportPage(data: ReportData): Promise<string> {
  const sections = sectionsOf(data, await loadPlots()).filter(([, , content]) => content !== undefined);
  return await wholePage(`${data.record.pipeline}, run ${data.record.id}`, summarySection(data), sections);
}

/** A page with a head and sections. Its content security policy allows no request and no script but its own. */
export async function wholePage(title: string, head: Html, sections: readonly Section[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SCRIPT));
  const rules = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${new Uint8Array(digest).toBase64()}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${raw(rules)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="Hourglass">
        <title>${title}</title>
        <style>${raw(style)}</style>
      </head>
      <body>
    <a class="skip" href="#main">To the content</a>
    ${head}
    <nav aria-label="Contents">${sections.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}</nav>
    <main id="main">${sections.map(([, , content]) => content)}</main>
    <dialog aria-label="Enlarged"></dialog>
    <script type="module">${raw(SCRIPT)}</script>
      </body>
    </html>
  `.markup;
}
