/** Compares with a second run: its best value, and the difference at the same epoch. @module */
import { countText } from "../../core/amounts.ts";
import { type Comparison, monitoredAt, otherTraining } from "../view/comparison.ts";
import type { LineStyle } from "./panels.ts";
import { cut, cutStart, fitWidth, number } from "../text/text.ts";
import { paint } from "../terminal/theme.ts";
import type { TrainingView } from "../../run/fold/view.ts";

/** The best value of the other training, and the difference at the last epoch of this one (lower is better). */
export function otherRunLines(
  training: TrainingView,
  comparison: Comparison,
  { width, level }: LineStyle,
): string[] {
  const other = otherTraining(comparison, training);
  const name = `${fitWidth(cutStart(comparison.name, 10), 10)} `;
  if (other === undefined || other.last === null) {
    return [paint(level, "other", "┈") + cut(` ${name}has no epoch`, width - 1)];
  }
  const best = `${number(other.last.best)} at ${width < 36 ? "" : "epoch "}${
    countText(other.last.bestEpoch)
  }`;
  return [
    paint(level, "other", "┈") + cut(` ${name}${best}`, width - 1),
    differenceLine(training, other, { width, level }),
  ];
}

function differenceLine(
  training: TrainingView,
  other: TrainingView,
  { width, level }: LineStyle,
): string {
  const { last, monitor, unit } = training;
  const faint = (text: string) => paint(level, "faint", cut(`  ${text}`, width));
  if (other.unit !== unit) return faint("their losses have different units");
  if (last!.epoch > other.last!.epoch) return faint(`it ended at epoch ${countText(other.last!.epoch)}`);
  const mine = monitor === "loss" ? last!.loss : last!.validation;
  const theirs = monitoredAt(other.history, last!.epoch, monitor);
  if (typeof mine !== "number" || theirs === undefined) return faint(`it has no ${monitor} to compare`);
  const where = `at ${width < 36 ? "" : "epoch "}${countText(last!.epoch)}`;
  if (mine === theirs) return cut(`  the same ${where}`, width);
  const isBetter = mine < theirs;
  const text = `${isBetter ? "better" : "worse"} by ${number(Math.abs(mine - theirs))} ${where}`;
  return paint(level, isBetter ? "good" : "bad", cut(`  ${text}`, width));
}
