/** The screen for screen readers: sentences from top to bottom, without pictures, gauges and columns. @module */
import type { Choices, Situation } from "../view/choices.ts";
import { otherRunLines } from "./compare.ts";
import type { Comparison } from "../view/comparison.ts";
import { helpLines, type KeyHint } from "./keys_text.ts";
import { divergenceText, latentDimensions, shortText, usageText, valueCell } from "./latent_dimensions.ts";
import { noticeLine } from "./panels.ts";
import { countText, plural } from "../../core/amounts.ts";
import { brief, duration, number, took } from "../text/text.ts";
import {
  currentTraining,
  elapsedSeconds,
  endText,
  runningStage,
  samplesPerSecond,
  secondsLeft,
  type TrainingView,
  type View,
} from "../../run/fold/view.ts";

/** The data of the text, and its time. */
export interface Reading {
  readonly view: View;
  readonly choices: Choices;
  readonly situation: Situation;
  readonly compare: Comparison | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The sentences; the most important first. */
export function readingLines({ view, choices, situation, compare, now }: Reading): string[] {
  if (choices.help) return helpLines(situation, WIDE).filter((line) => !/^[─▰]/.test(line)).map(tidy);
  const training = currentTraining(view);
  const isTraining = training !== undefined &&
    (choices.past !== null || runningStage(view)?.name === training.stage);
  return [
    runSentence(view, now),
    ...(choices.past === null ? [] : ["This is the past; press 0 for the present."]),
    ...stageSentences(view),
    ...(training === undefined ? [] : trainingSentences(training, isTraining ? now : undefined)),
    ...(training?.last && compare ? otherRunLines(training, compare, WIDE).map(tidy) : []),
    ...pictureSentences(view),
    ...healthSentences(view, choices.health),
    ...[noticeLine(view, choices.stopping, WIDE)].filter((line) => line !== ""),
    choices.asking ? askSentence(situation) : keySentence(view, choices, situation),
  ];
}

const WIDE = { width: 1000, level: 0 } as const;

/** Removes symbols and repeated blanks. */
function tidy(line: string): string {
  return line.replace(/[┈┄─▲]/gu, "").replace(/\s+/g, " ").trim();
}

function runSentence({ run, end, ...view }: View, now: number): string {
  if (run === null) return "Starting.";
  const seconds = elapsedSeconds({ run, end, ...view }, now);
  // Rounded while it runs, so that the text is not read again only because the clock advanced.
  const time = duration(end === null && seconds > 60 ? 60 * Math.floor(seconds / 60) : seconds);
  const state = end === null ? `running for ${time}` : `${endText(end)} (after ${time})`;
  return `${run.pipeline}, seed ${run.seed}, ${run.engine}: ${state}.`;
}

function stageSentences({ stages }: View): string[] {
  const names = (state: string) => stages.filter((stage) => stage.state === state).map(({ name }) => name);
  const parts = ["running", "failed", "stopped", "finished", "waiting"].flatMap((state) =>
    names(state).length === 0 ? [] : [`${state} ${names(state).join(", ")}`]
  );
  return parts.length === 0 ? [] : [`Stages: ${parts.join("; ")}.`];
}

/** `now` is `undefined` if the training is over. */
function trainingSentences(training: TrainingView, now: number | undefined): string[] {
  const { last, epochs, patience, unit, monitor, stage } = training;
  const progress = now === undefined ? [] : progressSentences(training, now);
  if (last === null) return [`${stage}: epoch 1 is in progress.`, ...progress];
  const of = epochs > 0 ? ` of ${countText(epochs)}, ${Math.floor(100 * last.epoch / epochs)} percent` : "";
  const validation = last.validation === undefined ? "" : `, validation ${number(last.validation)}`;
  return [
    `Epoch ${countText(last.epoch)}${of}.`,
    `Loss ${number(last.loss)}${validation}${unit === "" ? "" : ` ${unit}`}.`,
    `Best ${monitor} ${number(last.best)} at epoch ${countText(last.bestEpoch)}.`,
    patience === null
      ? "Early stopping is off."
      : `No improvement for ${countText(last.epochsWithoutImprovement)} of ${plural(patience, "epoch")}.`,
    ...plateauSentences(training),
    ...progress,
  ];
}

/** How close the learning rate is to its next fall, where it goes by the loss. */
function plateauSentences({ ratePatience, last }: TrainingView): string[] {
  if (ratePatience === undefined || last?.epochsOnPlateau === undefined) return [];
  const { learningRate, epochsOnPlateau } = last;
  return [
    `Learning rate ${brief(learningRate)}; it falls after ${
      plural(ratePatience, "epoch")
    } without improvement, ${countText(epochsOnPlateau)} so far.`,
  ];
}

/** The progress of the current epoch and the ETA, rounded so that the text is not read again after each batch. */
function progressSentences(training: TrainingView, now: number): string[] {
  const { progress } = training, left = secondsLeft(training, now), rate = samplesPerSecond(training);
  const inside = progress === null ? [] : [
    `Epoch ${countText(progress.epoch)} is ${
      10 * Math.floor(10 * progress.batch / progress.batches)
    } percent done.`,
  ];
  if (left === undefined) return inside;
  const time = took(left > 60 ? 10 * Math.round(left / 10) : Math.round(left));
  return [
    ...inside,
    `About ${time} left${rate === undefined ? "" : `, ${countText(rate)} samples per second`}.`,
  ];
}

function pictureSentences({ preview }: View): string[] {
  return preview === null ? [] : [
    `Preview of ${plural(preview.items.length, "sample")} after epoch ${
      countText(preview.epoch)
    }, not shown.`,
  ];
}

/** Where the training diverged, and the use of the latent space; with `isWhole`, also each latent dimension. */
function healthSentences({ health, divergence }: View, isWhole: boolean): string[] {
  const broken = divergence === null ? [] : [`Diverged in ${divergenceText(divergence)}.`];
  if (health === null) return broken;
  const against = health.kl === undefined ? "" : "; the prior has mean 0 and spread 1";
  const each = latentDimensions(health).map(({ name, value, mean, spread }) => {
    const nats = health.kl === undefined ? "" : `${value === null ? "not finite" : valueCell(value)} nats, `;
    return `${name}: ${nats}mean ${shortText(mean)}, spread ${shortText(spread)}.`;
  });
  return [
    ...broken,
    `Latent space after epoch ${countText(health.epoch)}: ${usageText(health)}${isWhole ? against : ""}.`,
    ...(health.collapse === undefined || !isWhole ? [] : [`${health.collapse}.`]),
    ...(isWhole ? each : []),
  ];
}

function askSentence({ canDetach }: Situation): string {
  const detach = canDetach ? "d to detach, " : "";
  return `How to stop? Press s to stop after this epoch, b after this batch, ${detach}escape to cancel.`;
}

function keySentence(
  { end, health }: View,
  choices: Choices,
  { attached, canDetach }: Situation,
): string {
  const keys: KeyHint[] = [
    ["question mark", "help"],
    ...(attached ? [["q", "leave"] as const] : end === null ? [["q", "stop"] as const] : []),
    ...(canDetach && end === null ? [["d", "detach"] as const] : []),
    ...(health === null
      ? []
      : [["v", choices.health ? "less about the latent space" : "more about the latent space"] as const]),
  ];
  return `Keys: ${keys.map(([key, what]) => `${key} ${what}`).join(", ")}.`;
}
