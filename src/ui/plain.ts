/**
 * Lines for cron, CI and pipes: each stands for itself, none is ever rewritten, and a long training does not flood a log.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import { initialView, reduce } from "./reduce.ts";
import { summaryLines } from "./summary.ts";
import { count, duration, number, plural, safe, took } from "./text.ts";
import { type ColorLevel, paint } from "./theme.ts";
import { samplesPerSecond, secondsLeft, type StageView, type TrainingView, type View } from "./view.ts";

/** Milliseconds between two epoch lines. */
const INTERVAL = 1000;

/** What plain lines need. */
export interface PlainOptions {
  /** Takes whole lines, each with its line feed. */
  write(text: string): void;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** @default {0} */
  color?: ColorLevel;
  /** Calls back later, unless the function that it gives is called before. @default a timer that keeps no process alive */
  later?(callback: () => void, milliseconds: number): () => void;
}

/** Starts the lines. `finish` writes the summary. */
export function plainLines(
  options: PlainOptions,
): { past(event: RunEvent): void; event(event: RunEvent): void; finish(): void } {
  const teller = plainTeller(options);
  let view = initialView();
  return {
    past: (event) => void (view = reduce(view, event)),
    event(event) {
      view = reduce(view, event);
      teller.tell(event, view);
    },
    finish: () => teller.finish(view),
  };
}

/** Writes lines about events that somebody else folds. */
export interface Teller {
  /** Tells of an event; the view is the one after it. */
  tell(event: RunEvent, view: View): void;
  /** Writes the summary. */
  finish(view: View): void;
}

/** The lines, without the fold. */
export function plainTeller({ write, now, color = 0, later = timer }: PlainOptions): Teller {
  let cancelStarted = () => {};
  const line = (text: string) => write(`${text}\n`);
  const named = (name: string, text: string) => line(`${paint(color, "strong", name)}  ${text}`);
  const epochs = epochGate(now, (training) => named(training.stage, epochText(training, now(), color)));

  function stage(stage: StageView): void {
    epochs.flush();
    cancelStarted();
    if (stage.state !== "running") named(stage.name, endText(stage, color));
    else cancelStarted = later(() => named(stage.name, "started"), INTERVAL);
  }
  function tell(event: RunEvent, view: View): void {
    switch (event.type) {
      case "run":
        return line(runText(view, color));
      case "stage":
        return stage(view.stages.find(({ name }) => name === safe(event.stage))!);
      case "training":
        cancelStarted();
        return named(safe(event.stage), trainingText(trainingOf(view, event.stage)));
      case "epoch":
        return epochs.take(trainingOf(view, event.stage));
      case "artifact":
        return named(safe(event.stage), `made ${safe(event.file)} (${safe(event.title)})`);
      case "warning":
        return line(`${paint(color, "bad", "warning")}  ${noticeText(event)}`);
      case "log":
        return event.message.split("\n").forEach((message) => line(noticeText({ ...event, message })));
      case "end":
      case "preview":
      case "latent":
      case "health":
      case "divergence":
      case "checkpoint":
        return;
    }
  }
  function finish(view: View): void {
    cancelStarted();
    epochs.flush();
    const lines = summaryLines(view, color);
    if (lines.length > 0) write(`\n${lines.join("\n")}\n`);
  }
  return { tell, finish };
}

/** Lets an epoch through each second, the first and the last of a training always; `flush` lets the one through that waits. */
function epochGate(now: () => number, write: (training: TrainingView) => void) {
  let written = -Infinity;
  let waiting: TrainingView | undefined;
  function flush(): void {
    if (waiting === undefined) return;
    write(waiting);
    written = now();
    waiting = undefined;
  }
  return {
    flush,
    take(training: TrainingView): void {
      waiting = training;
      const { last, epochs } = training;
      if (last!.epoch === 1 || last!.epoch === epochs || now() - written >= INTERVAL) flush();
    },
  };
}

/** A timer that does not keep the process alive. */
function timer(callback: () => void, milliseconds: number): () => void {
  const id = setTimeout(callback, milliseconds);
  Deno.unrefTimer(id);
  return () => clearTimeout(id);
}

function trainingOf(view: View, stage: string): TrainingView {
  return view.trainings.findLast((training) => training.stage === safe(stage))!;
}

function noticeText({ stage, message }: EventOf<"warning" | "log">): string {
  return stage === undefined ? safe(message) : `${safe(stage)}  ${safe(message)}`;
}

function runText({ run, stages }: View, color: ColorLevel): string {
  const { pipeline, seed, engine, folder } = run!;
  return `${paint(color, "strong", pipeline)}  ${
    plural(stages.length, "stage")
  }  seed ${seed}  ${engine}  ${folder}`;
}

function trainingText(training: TrainingView): string {
  const { model, parameters, samples, validationSamples, batchSize, epochs, patience } = training;
  return [
    model,
    plural(parameters, "parameter"),
    `${plural(samples, "sample")}${
      validationSamples > 0 ? ` + ${count(validationSamples)} to validate` : ""
    }`,
    `batches of ${count(batchSize)}`,
    `at most ${plural(epochs, "epoch")}`,
    ...(patience === null ? [] : [`patience ${patience}`]),
  ].join(", ");
}

function epochText(training: TrainingView, now: number, color: ColorLevel): string {
  const { last, epochs, patience } = training;
  const { epoch, loss, validation, best, bestEpoch, waited } = last!;
  const rate = samplesPerSecond(training), left = secondsLeft(training, now);
  return [
    `epoch ${epoch}${epochs > 0 ? `/${epochs}` : ""}`,
    `loss ${paint(color, "train", number(loss))}`,
    ...(validation === undefined ? [] : [`validation ${paint(color, "validation", number(validation))}`]),
    `best ${number(best)} at ${bestEpoch}`,
    ...(patience === null ? [] : [`waited ${waited}/${patience}`]),
    ...(rate === undefined ? [] : [`${count(rate)} samples/s`]),
    ...(left === undefined || epoch === epochs ? [] : [`eta ${duration(left)}`]),
  ].join("  ");
}

function endText({ state, seconds, note }: StageView, color: ColorLevel): string {
  const role = state === "finished" ? "good" : state === "failed" ? "bad" : "train";
  const time = seconds === null
    ? ""
    : state === "finished"
    ? ` in ${took(seconds)}`
    : ` after ${took(seconds)}`;
  return `${paint(color, role, state)}${time}${note === null ? "" : `: ${note}`}`;
}
