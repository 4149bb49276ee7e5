/**
 * Metrics as lines of text: name, number, unit and direction, and a table for those measured at several noise levels (`name@0.3`). The ends
 * of intervals are omitted; `metrics.json` and the report contain them.
 *
 * @module
 */
import { directionArrow, type RecordedMetric } from "../../pipeline/metric.ts";
import { displayWidth, number } from "../text/text.ts";
import type { ViewMetrics } from "../../run/fold/view.ts";

/** The lines, none of them wider than `width` unless one number needs more. */
export function metricLines(metrics: ViewMetrics, width: number): string[] {
  const plain: string[] = [];
  const rows = new Map<string, Map<string, RecordedMetric>>();
  for (const [name, metric] of Object.entries(metrics)) {
    const [, base, level] = /^(.+)@([a-zA-Z]*[\d.]+)$/.exec(name) ?? [];
    if (base === undefined) plain.push(`${name} ${number(metric.value)} ${aboutText(metric)}`);
    else rows.set(base, (rows.get(base) ?? new Map()).set(level, metric));
  }
  return [...wrapped(plain, width), ...table(rows)];
}

/** The unit, and the direction as an arrow. */
function aboutText({ unit, direction }: RecordedMetric): string {
  return `${unit} ${directionArrow(direction)}`.trimEnd();
}

function wrapped(pairs: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const pair of pairs) {
    const last = lines.at(-1);
    const joined = last === undefined ? pair : `${last}   ${pair}`;
    if (last === undefined || displayWidth(joined) > width) lines.push(pair);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

function table(rows: ReadonlyMap<string, ReadonlyMap<string, RecordedMetric>>): string[] {
  if (rows.size === 0) return [];
  const levels = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))]
    .sort((left, right) =>
      Number(left) - Number(right) || left.localeCompare(right, "en", { numeric: true })
    );
  const all = [["noise", ...levels, ""]];
  for (const [name, row] of rows) {
    const cells = levels.map((level) => row.has(level) ? number(row.get(level)!.value) : "");
    all.push([name, ...cells, aboutText([...row.values()][0])]);
  }
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => displayWidth(row[column]))));
  return all.map((row) =>
    row.map((text, column) => {
      const blanks = " ".repeat(widths[column] - displayWidth(text));
      return column === 0 || column === row.length - 1 ? text + blanks : blanks + text;
    }).join("  ").trimEnd()
  );
}
