/** Previews of vectors: the features of a sample, their reconstruction, and a bar for the difference. @module */
import { barText } from "./marks.ts";
import { countText, plural } from "../../core/amounts.ts";
import { cut, fitWidth } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import type { PreviewView } from "../../run/fold/view.ts";

/** Lines of the title and of the heads of columns. */
const HEAD = 2;
/** Cells of a number, and the widest name and bar. */
const NUMBER = 11, WIDEST_NAME = 28, WIDEST_BAR = 40;

/** Whether a preview is of vectors. */
export function hasFeatures({ features, items }: PreviewView): boolean {
  return features !== undefined && features.length > 0 && items.length > 0;
}

/** The height of the panel where there is space for all features. */
export function featuresHeight({ features }: PreviewView): number {
  return HEAD + features!.length;
}

/** A feature of a sample. */
interface Row {
  readonly name: string;
  readonly target: number | null;
  readonly output: number | null;
  readonly difference: number;
}

/**
 * The sample at `offset`: each feature with its value and its reconstruction, the largest differences first. A difference is relative to the
 * largest that any sample of the preview has in that feature, so that features of different units can be compared.
 */
export function featureLines(
  preview: PreviewView,
  { width, height }: { readonly width: number; readonly height: number },
  offset: number,
  level: ColorLevel,
): string[] {
  const { items, features = [] } = preview, item = items[Math.min(offset, items.length - 1)];
  const rows = rowsOf(preview, item), shown = rows.slice(0, Math.max(0, height - HEAD));
  const name = Math.min(WIDEST_NAME, Math.max(7, ...shown.map((row) => row.name.length)));
  const bar = Math.min(WIDEST_BAR, Math.max(0, width - name - 2 * NUMBER - 2));
  const place = `sample ${countText(Math.min(offset, items.length - 1) + 1)} of ${countText(items.length)}: `;
  const all = shown.length < features.length
    ? `${countText(shown.length)} of ${plural(features.length, "feature")}, the largest differences`
    : plural(features.length, "feature");
  const head = `${fitWidth("feature", name)} ${"value".padStart(NUMBER)}${"reconstr.".padStart(NUMBER)}`;
  return [
    paint(level, "strong", cut(place + item.label, width)) +
    paint(level, "faint", place.length + item.label.length + all.length + 2 <= width ? `  ${all}` : ""),
    paint(level, "faint", cut(`${head} difference`, width)),
    ...shown.map((row) => {
      const numbers = `${fitWidth(row.name, name)} ${numberCell(row.target)}${numberCell(row.output)}`;
      return cut(numbers, width) + (bar > 0 ? ` ${paint(level, "train", barText(row.difference, bar))}` : "");
    }),
  ].slice(0, height);
}

function rowsOf({ features = [], items }: PreviewView, { values }: PreviewView["items"][number]): Row[] {
  const far = (own: PreviewView["items"][number]["values"], at: number) =>
    Math.abs((own?.target[at] ?? 0) - (own?.output[at] ?? 0));
  const rows = features.map((name, at): Row => {
    const largest = items.reduce((most, own) => Math.max(most, far(own.values, at)), 0);
    return {
      name,
      target: values?.target[at] ?? null,
      output: values?.output[at] ?? null,
      difference: largest === 0 ? 0 : far(values, at) / largest,
    };
  });
  return rows.sort((a, b) => b.difference - a.difference);
}

function numberCell(value: number | null): string {
  return (value === null ? "?" : String(Number(value.toPrecision(5)))).padStart(NUMBER);
}
