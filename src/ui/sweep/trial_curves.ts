/** The learning curves of trials as lines of text: all dimmed, the best bright, the selected one between. @module */
import type { TrialCurve } from "../../sweep/curves.ts";
import { brailleCanvas, type Canvas } from "../drawing/braille.ts";
import { type ColorLevel, paint, type Role } from "../terminal/theme.ts";
import { countText } from "../../core/amounts.ts";
import { brief } from "../text/text.ts";
import { BEST } from "./trials_table.ts";

/** The colours, in the order in which curves are drawn: the last one determines a cell's colour. */
const INKS = ["other", "accent", "good"] as const satisfies readonly Role[];

/** How many times the lowest loss the highest has to be for a logarithmic scale. */
const LOG_RATIO = 10;
/** The share of the losses that is shown: diverging trials would flatten all others. */
const SHOWN_SHARE = 0.95;

/** Size, colours and the trials that stand out. */
export interface TrialCurvesOptions {
  /** Cells. */
  readonly width: number;
  /** Lines, including the axis of epochs. */
  readonly height: number;
  readonly level: ColorLevel;
  readonly best?: string;
  readonly chosen?: string;
}

/** The chart. Curves of other units than the first one are left out, as they have no place on its scale. */
export function trialCurves(
  curves: readonly TrialCurve[],
  { width, height, level, best, chosen }: TrialCurvesOptions,
): string[] {
  const wanted = curves.find(({ trial }) => trial === best) ?? curves[0];
  const own = curves.filter(({ of, epochs }) => of === wanted?.of && epochs.length > 0), lines = height - 1;
  if (own.length === 0 || lines < 2) return ["no loss yet"].slice(0, height);
  const scale = scaleOf(own, best), labels = [brief(scale.high), brief(scale.low)];
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const canvas = brailleCanvas(Math.max(4, width - margin), lines);
  const last = Math.max(...own.map(({ epochs }) => epochs.at(-1)!)),
    first = Math.min(...own.map(({ epochs }) => epochs[0]));
  const x = (epoch: number) => Math.round((epoch - first) / Math.max(1, last - first) * (canvas.width - 1));
  const inkOf = ({ trial }: TrialCurve) => trial === best ? 2 : trial === chosen ? 1 : 0;
  for (const curve of own.toSorted((a, b) => inkOf(a) - inkOf(b))) {
    draw(canvas, curve, { x, y: scale.y(canvas.height), ink: inkOf(curve) });
  }
  mark(canvas, own.find(({ trial }) => trial === best), x, scale.y(canvas.height));
  const texts = canvas.lines((text, ink) => paint(level, INKS[ink], text));
  const label = (line: number) => line === 0 ? labels[0] : line === lines - 1 ? labels[1] : "";
  return [
    ...texts.map((text, line) =>
      paint(level, "faint", label(line).padStart(margin - 1)) + ` ${text}`.trimEnd()
    ),
    " ".repeat(margin) + paint(level, "faint", axisText(first, last, canvas.width / 2)),
  ];
}

interface Scale {
  readonly low: number;
  readonly high: number;
  /** The row of dots of a loss on a canvas of this height. */
  y(height: number): (loss: number) => number;
}

/** The range of the losses: most of those of all curves, and all of the best. */
function scaleOf(curves: readonly TrialCurve[], best: string | undefined): Scale {
  const losses = curves.flatMap(({ losses }) => losses).sort((a, b) => a - b);
  const bright = curves.find(({ trial }) => trial === best)?.losses ?? [];
  const low = losses[0],
    share = losses[Math.min(losses.length - 1, Math.ceil(SHOWN_SHARE * (losses.length - 1)))];
  const high = bright.reduce((most, loss) => Math.max(most, loss), share);
  const place = low > 0 && high / low >= LOG_RATIO ? Math.log : (loss: number) => loss;
  const range = place(high) - place(low);
  // Far outside of the canvas a line has nothing to draw.
  const y = (height: number) => (loss: number) =>
    range === 0
      ? height >> 1
      : Math.max(-height, Math.round((place(high) - place(loss)) / range * (height - 1)));
  return { low, high, y };
}

interface Drawing {
  x(epoch: number): number;
  y(loss: number): number;
  readonly ink: number;
}

function draw(canvas: Canvas, { epochs, losses }: TrialCurve, { x, y, ink }: Drawing): void {
  let before: readonly [number, number] | undefined;
  epochs.forEach((epoch, at) => {
    const here = [x(epoch), y(losses[at])] as const;
    canvas.line(before ?? here, here, ink);
    before = here;
  });
}

/** The mark of the best at the end of its curve, so that it can be found without colours. */
function mark(canvas: Canvas, curve: TrialCurve | undefined, x: Drawing["x"], y: Drawing["y"]): void {
  if (curve === undefined) return;
  const columns = canvas.width / 2, column = Math.min(columns - 1, x(curve.epochs.at(-1)!) >> 1);
  canvas.letters(column, Math.max(0, y(curve.losses.at(-1)!) >> 2), BEST, 2);
}

/** The first and the last epoch. */
function axisText(first: number, last: number, width: number): string {
  const left = `epoch ${countText(first)}`, right = last > first ? countText(last) : "";
  return left + right.padStart(Math.max(right.length + 1, width - left.length));
}
