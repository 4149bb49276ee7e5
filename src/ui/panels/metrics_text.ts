/**
 * Metrics as lines of text: pairs of name and number, and a table for those measured at several noise levels (`name@0.3`). The ends of
 * intervals (`nameLow`, `nameHigh`) are omitted; `metrics.json` and the report contain them.
 *
 * @module
 */
import { displayWidth, number } from "../text/text.ts";
import type { Metrics } from "../view/view.ts";

/** The lines, none of them wider than `width` unless one number needs more. */
export function metricLines(metrics: Metrics, width: number): string[] {
  const plain: string[] = [];
  const rows = new Map<string, Map<string, string>>();
  for (const [name, value] of Object.entries(metrics)) {
    if (isEnd(name, metrics)) continue;
    const [, base, level] = /^(.+)@([a-zA-Z]*[\d.]+)$/.exec(name) ?? [];
    if (base === undefined) plain.push(`${name} ${number(value)}`);
    else rows.set(base, (rows.get(base) ?? new Map()).set(level, number(value)));
  }
  return [...wrapped(plain, width), ...table(rows)];
}

/** Whether a number is an end of another's interval. */
function isEnd(name: string, metrics: Metrics): boolean {
  return /(Low|High)$/.test(name) && Object.hasOwn(metrics, name.replace(/(Low|High)$/, ""));
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

function table(rows: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] {
  if (rows.size === 0) return [];
  const levels = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))]
    .sort((left, right) =>
      Number(left) - Number(right) || left.localeCompare(right, "en", { numeric: true })
    );
  const all = [["noise", ...levels]];
  for (const [name, row] of rows) all.push([name, ...levels.map((level) => row.get(level) ?? "")]);
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => displayWidth(row[column]))));
  return all.map((row) =>
    row.map((text, column) => {
      const blanks = " ".repeat(widths[column] - displayWidth(text));
      return column === 0 ? text + blanks : blanks + text;
    }).join("  ").trimEnd()
  );
}
