/** Texts about a training: the title of its chart, and the numbers next to it. @module */
import { countText, plural } from "../../core/amounts.ts";
import { otherRunLines } from "./compare.ts";
import type { Comparison } from "../view/comparison.ts";
import type { LineStyle } from "./panels.ts";
import { bar, brief, cut, displayWidth, fitWidth, number } from "../text/text.ts";
import { type ColorLevel, paint, type Role } from "../terminal/theme.ts";
import type { EpochView, TrainingView } from "../../run/fold/view.ts";

/** The title of the chart. */
export function chartTitle(
  training: TrainingView,
  logarithmic: boolean,
  { width, level }: LineStyle,
): string {
  const unit = training.unit === "" ? "" : `, ${training.unit}`;
  return paint(level, "strong", cut(`loss${unit}${logarithmic ? " (log)" : ""}`, width));
}

/** The numbers of the last epoch, the patience gauge and a description of the model; the most important first. */
export function numberLines(
  training: TrainingView,
  { width, level }: LineStyle,
  comparison?: Comparison,
): string[] {
  const { last, progress } = training;
  if (last === null) {
    const { loss = null } = progress ?? {};
    return [
      ...(loss === null ? [] : [cut(`loss ${number(loss)} in epoch 1 so far`, width), ""]),
      ...describeTraining(training).map((line) => paint(level, "faint", cut(line, width))),
    ];
  }
  const row = (mark: string, role: Role | null, name: string, value: string) => {
    const text = cut(`${mark} ${fitWidth(name, 10)} ${value}`, width);
    return role === null ? text : paint(level, role, text.slice(0, 1)) + text.slice(1);
  };
  const hasValidation = last.validation !== undefined;
  return [
    row(hasValidation ? "┄" : "─", "train", hasValidation ? "train" : "loss", number(last.loss)),
    ...(hasValidation ? [row("─", "validation", "validation", number(last.validation!))] : []),
    row(
      "▲",
      null,
      "best",
      `${number(last.best)} at ${width < 36 ? "" : "epoch "}${countText(last.bestEpoch)}`,
    ),
    ...(comparison === undefined ? [] : otherRunLines(training, comparison, { width, level })),
    ...patienceLines(training, { width, level }),
    ...plateauLines(training, { width, level }),
    ...partLines(last, { width, level }),
    "",
    ...describeTraining(training).map((line) => paint(level, "faint", cut(`  ${line}`, width))),
  ];
}

/** The parts of the loss, the learning rate, and what a schedule makes of the KL. */
function partLines(
  { parts, learningRate, klWeight, klTarget }: EpochView,
  { width, level }: LineStyle,
): string[] {
  const pairs = [
    ...Object.entries(parts ?? {}).map(([name, value]) => [name, number(value)]),
    ["learning rate", brief(learningRate)],
    ...klWeight === undefined ? [] : [["KL weight", brief(klWeight)]],
    ...klTarget === undefined ? [] : [["KL target", `${brief(klTarget)} nats`]],
  ];
  const names = Math.max(...pairs.map(([name]) => displayWidth(name)));
  return pairs.map(([name, value]) =>
    paint(level, "faint", cut(`  ${fitWidth(name, names)} ${value}`, width))
  );
}

function patienceLines(
  { patience, last, epochs }: TrainingView,
  { width, level }: LineStyle,
): string[] {
  if (patience === null) return [paint(level, "faint", cut("  early stopping off", width))];
  const { epochsWithoutImprovement: used, bestEpoch } = last!;
  return [
    `${gauge(used / patience, level)} ${improvementText(used, patience, width - 11)}`,
    cut(stopText({ used, patience, stop: bestEpoch + patience, epochs }, width), width),
  ];
}

/** The gauge towards the next fall of the learning rate, where that goes by the loss. */
function plateauLines({ ratePatience, last }: TrainingView, { width, level }: LineStyle): string[] {
  const used = last?.epochsOnPlateau;
  if (ratePatience === undefined || used === undefined) return [];
  const share = `${countText(used)} of ${countText(ratePatience)}`;
  const texts = [`rate falls after ${share} epochs without improvement`, `rate falls: ${share} epochs`];
  const text = texts.find((text) => displayWidth(text) <= width - 11) ?? cut(texts[1], width - 11);
  return [`${gauge(used / ratePatience, level)} ${text}`];
}

/** Ten cells, of which a share is filled. */
function gauge(share: number, level: ColorLevel): string {
  const cells = bar(share, 10), full = [...cells].filter((cell) => cell === "▰").length;
  return paint(level, "train", cells.slice(0, full)) + paint(level, "faint", cells.slice(full));
}

/** `no improvement for 4 of 8 epochs`, shortened to fit. */
function improvementText(used: number, patience: number, width: number): string {
  const share = `${countText(used)} of ${countText(patience)}`;
  const texts = [`no improvement for ${share} epochs`, `no improvement ${share}`, `patience ${share}`];
  return texts.find((text) => displayWidth(text) <= width) ?? cut(texts[2], width);
}

/** When the training ends without further improvement: by early stopping if that comes before the last epoch. */
function stopText(
  { used, patience, stop, epochs }: { used: number; patience: number; stop: number; epochs: number },
  width: number,
): string {
  if (used >= patience) return "patience exhausted";
  if (epochs > 0 && stop >= epochs) return `ends at epoch ${countText(epochs)}`;
  const short = `early stop at epoch ${countText(stop)}`, whole = `${short} unless it improves`;
  return displayWidth(whole) <= width ? whole : short;
}

function describeTraining(
  { model, parameters, samples, validationSamples, batchSize, ema }: TrainingView,
): string[] {
  if (model === "") return [];
  const validation = validationSamples > 0 ? ` + ${countText(validationSamples)}` : "";
  return [
    model,
    plural(parameters, "parameter"),
    `${countText(samples)}${validation} samples, batches of ${batchSize}`,
    ...(ema === undefined ? [] : [`averaged weights, ema ${ema}`]),
  ];
}
