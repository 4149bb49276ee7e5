/** The end of a run as Markdown, for the page of a CI job. @module */
import { summaryLines } from "./summary.ts";
import { number } from "./text.ts";
import type { View } from "./view.ts";

/** A heading, how it ended, a table of the metrics, and the summary as the terminal shows it. */
export function endMarkdown(view: View): string {
  const { run, end, stages } = view;
  if (run === null) return "";
  const rows = stages.flatMap(({ name, metrics }) =>
    Object.entries(metrics ?? {}).map(([metric, value]) =>
      `| ${cell(name)} | ${cell(metric)} | ${number(value)} |`
    )
  );
  return [
    `### ${cell(run.pipeline)}: ${end === null ? "ended without a word" : end.status}`,
    "",
    end === null
      ? ""
      : `${cell(end.reason)}, after ${Math.round(end.seconds)} s; seed ${run.seed}, ${cell(run.engine)}.`,
    "",
    ...(rows.length === 0 ? [] : ["| stage | metric | value |", "| --- | --- | ---: |", ...rows, ""]),
    "<details><summary>Summary</summary>",
    "",
    ...summaryLines(view).map((line) => `    ${line}`),
    "",
    "</details>",
    "",
  ].join("\n");
}

/** Text that no Markdown and no HTML is made of. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
