/**
 * Scatter plot of an artifact with a pair of numbers per image, and the running mean along the first.
 *
 * @module
 */
import { meanOf } from "../../core/statistics.ts";
import { z } from "zod";
import { colour, type Grammar, plotText } from "./plot.ts";
import type { Figure } from "./figure.ts";
import { isNumber, numberText } from "../numbers.ts";

const Pairs = z.object({
  columns: z.array(z.string()).min(2),
  units: z.array(z.string()).min(2),
  pairs: z.array(z.array(z.number().nullable()).min(2)).min(1),
});

/** The most dots, and the number of groups whose means are drawn. */
const DOTS = 500, PARTS = 12;

/** A pair. */
interface PairDot {
  readonly x: number;
  readonly y: number;
}

/** The mean of y over equally many pairs each, from the least x to the largest. */
export function runningMean(dots: readonly PairDot[], parts = PARTS): PairDot[] {
  const sorted = dots.toSorted((a, b) => a.x - b.x), each = dots.length / Math.min(parts, dots.length);
  return Array.from({ length: Math.min(parts, dots.length) }, (_, part) => {
    const own = sorted.slice(Math.round(part * each), Math.round((part + 1) * each));
    return { x: meanOf(own.map(({ x }) => x)), y: meanOf(own.map(({ y }) => y)) };
  });
}

/** The figure of an artifact that holds pairs. */
export function pairsFigure(value: unknown, title: string, grammar: Grammar): Figure | undefined {
  const parsed = Pairs.safeParse(value);
  if (!parsed.success) return undefined;
  const { columns, units, pairs } = parsed.data;
  const dots = pairs.flatMap(([x, y]) => isNumber(x) && isNumber(y) ? [{ x, y }] : []);
  if (dots.length === 0) return undefined;
  const step = Math.max(1, dots.length / DOTS);
  const shown = Array.from({ length: Math.min(DOTS, dots.length) }, (_, at) => dots[Math.floor(at * step)]);
  const means = runningMean(dots);
  const counts = `${dots.length.toLocaleString("en-US")} images${
    dots.length > shown.length ? `, ${shown.length} of them drawn` : ""
  }`;
  return {
    title: `${title}`,
    description: `${columns[1]} against ${columns[0]} of ${counts}; along ${
      columns[0]
    } the mean changes from ${numberText(means[0].y, 3)} to ${numberText(means.at(-1)!.y, 3)}.`,
    note: `Dots: ${counts}. Line: the mean over equally many images each.`,
    plot: () => ({
      height: 320,
      marginLeft: 52,
      marginTop: 26,
      marginBottom: 38,
      x: { label: plotText(`${columns[0]} (${units[0]})`), labelAnchor: "center" },
      y: { label: plotText(`${columns[1]} (${units[1]})`), grid: true, nice: true },
      marks: [
        grammar.dot(shown, { x: "x", y: "y", r: 2, fill: colour("first"), fillOpacity: 0.45 }),
        grammar.line(means, { x: "x", y: "y", stroke: colour("second"), strokeWidth: 2.5 }),
      ],
    }),
    table: {
      head: [columns[0], `mean ${columns[1]}`],
      rows: means.map(({ x, y }) => [numberText(x, 4), numberText(y, 4)]),
    },
  };
}
