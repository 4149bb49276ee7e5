/**
 * Histogram of a novelty audit: the distances of generated and of held-out images to their nearest training image.
 *
 * @module
 */
import { z } from "zod";
import { colour, type Grammar, plotText } from "./plot.ts";
import type { Figure } from "./figure.ts";
import { isNumber, numberText } from "../numbers.ts";

const distances = z.array(z.number().nullable()).transform((values) => values.filter(isNumber));
const Audit = z.object({
  unit: z.string(),
  thresholds: z.record(z.string(), z.number().nullable()),
  heldOut: distances,
  generated: z.object({ distances }),
});

/** Bins of the plot. */
const BINS = 40;

interface Bin {
  readonly from: number;
  readonly to: number;
  /** In percent of all values. */
  readonly share: number;
}

/** Shares of values in even bins from low to high, in percent. */
export function histogram(values: readonly number[], low: number, high: number): Bin[] {
  const width = (high - low) / BINS || 1, counts = new Array<number>(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width)))]++;
  return counts.map((count, bin) => ({
    from: low + bin * width,
    to: low + (bin + 1) * width,
    share: 100 * count / values.length,
  }));
}

/** The figure of an artifact that holds a novelty audit. */
export function distancesFigure(value: unknown, title: string, grammar: Grammar): Figure | undefined {
  const parsed = Audit.safeParse(value);
  if (!parsed.success || parsed.data.generated.distances.length === 0) return undefined;
  const { unit, thresholds, heldOut, generated } = parsed.data, all = [...heldOut, ...generated.distances];
  const low = all.reduce((a, b) => Math.min(a, b)), high = all.reduce((a, b) => Math.max(a, b));
  const made = histogram(generated.distances, low, high), real = histogram(heldOut, low, high);
  const limits = Object.entries(thresholds).filter((entry): entry is [string, number] => isNumber(entry[1]));
  const counts = `${generated.distances.length.toLocaleString("en-US")} generated and ${
    heldOut.length.toLocaleString("en-US")
  } held-out images; ${
    limits.map(([name, value]) => `${name} threshold ${numberText(value, 4)}`).join(", ")
  }`;
  return {
    title: `${title}: distance of images to their nearest training image`,
    description: `${counts}.`,
    note: `Filled: generated. Line: real images that were held out. Dashed: thresholds. ${counts}.`,
    plot: () => ({
      height: 260,
      marginLeft: 48,
      marginTop: 26,
      marginBottom: 38,
      x: { label: plotText(unit), labelAnchor: "center" },
      y: { label: "% of images", grid: true, nice: true },
      marks: [
        generatedMark(grammar, made),
        ...(heldOut.length > 0 ? [heldOutMark(grammar, real)] : []),
        grammar.ruleX(limits.map(([, value]) => value), { stroke: "currentColor", strokeDasharray: "4,3" }),
        grammar.ruleY([0], { stroke: "currentColor" }),
      ],
    }),
  };
}

function generatedMark(grammar: Grammar, bins: readonly Bin[]) {
  return grammar.rectY(bins, {
    x1: "from",
    x2: "to",
    y: "share",
    fill: colour("first"),
    fillOpacity: 0.55,
    insetLeft: 0.5,
  });
}

function heldOutMark(grammar: Grammar, bins: readonly Bin[]) {
  return grammar.line(bins, {
    x: ({ from, to }: Bin) => (from + to) / 2,
    y: "share",
    stroke: colour("second"),
    strokeWidth: 2,
    curve: "step",
  });
}
