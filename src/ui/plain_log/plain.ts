/**
 * The plain log for cron, CI and pipes: each line is complete, none is rewritten, and a long training does not flood the log.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import type { EpochProgress } from "../../run/progress.ts";
import type { LogEvery } from "../screen.ts";
import { type EpochGate, epochGate } from "./epoch_gate.ts";
import { type StageStarts, stageStarts } from "./stage_starts.ts";
import { initialView } from "../../run/fold/fold.ts";
import { reduce, withProgress } from "../view/reduce.ts";
import { summaryLines } from "../panels/summary.ts";
import { brief, duration, number, safe, took } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import {
  samplesPerSecond,
  secondsLeft,
  type StageView,
  type TrainingView,
  type View,
} from "../../run/fold/view.ts";

/** Options for the plain log. */
export interface PlainOptions {
  /** Takes whole lines, each with its line feed. */
  write(text: string): void;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** @default {0} */
  color?: ColorLevel;
  /** Which epochs are logged. @default {the longer the run, the fewer} */
  every?: LogEvery;
  /** Calls back later, unless cancelled by the returned function. @default a timer that does not keep the process alive */
  later?(callback: () => void, milliseconds: number): () => void;
}

/** Starts the plain log. `finish` writes the summary. */
export function plainLines(options: PlainOptions): {
  past(event: RunEvent): void;
  event(event: RunEvent): void;
  progress(progress: EpochProgress): void;
  finish(): void;
} {
  const reporter = plainReporter(options);
  let view = initialView();
  return {
    past: (event) => void (view = reduce(view, event)),
    event(event) {
      view = reduce(view, event);
      reporter.report(event, view);
    },
    progress(progress) {
      view = withProgress(view, progress);
      reporter.progress(progress, view);
    },
    finish: () => reporter.finish(view),
  };
}

/** Logs events; the caller maintains the view. */
export interface LineReporter {
  /** Logs an event; the view is the one after it. */
  report(event: RunEvent, view: View): void;
  /** Logs the progress of an epoch; the view is the one with it. */
  progress(progress: EpochProgress, view: View): void;
  /** Writes the summary. */
  finish(view: View): void;
}

/** The plain log without the view, in the order of the events. */
export function plainReporter({ write, now, color = 0, every, later = timer }: PlainOptions): LineReporter {
  const line = (text: string) => write(`${text}\n`);
  const named = (name: string, text: string) => line(`${paint(color, "strong", name)}  ${text}`);
  const starts = stageStarts((stage) => named(stage, "started"), later);
  const epochs = epochGate({
    every,
    writeEpoch: (training) => named(training.stage, epochText(training, now(), color)),
    writeProgress: (training) => named(training.stage, progressText(training, now(), color)),
  });
  /** Called before a line about a stage (or none): writes or drops the pending lines, so that lines stay in order. */
  function catchUp(stage?: string): void {
    epochs.flush();
    starts.settle(stage);
  }
  const writers = eventWriters({ line, named, color, starts, epochs, catchUp });
  return {
    // The compiler does not know that an event goes with the writer of its own type.
    report: (event, view) => (writers[event.type] as (event: RunEvent, view: View) => void)(event, view),
    progress({ stage, at }, view) {
      const training = trainingOf(view, stage);
      if (training?.progress) epochs.progress(training, at);
    },
    finish(view) {
      epochs.flush();
      starts.cancel();
      const lines = summaryLines(view, color);
      if (lines.length > 0) write(`\n${lines.join("\n")}\n`);
    },
  };
}

/** What the writers of events write with. */
interface Writing {
  line(text: string): void;
  named(name: string, text: string): void;
  readonly color: ColorLevel;
  readonly starts: StageStarts;
  readonly epochs: EpochGate;
  catchUp(stage?: string): void;
}

/** A writer for each type of event; those of some types write nothing. */
type EventWriters = { readonly [Type in RunEvent["type"]]: (event: EventOf<Type>, view: View) => void };

function eventWriters({ line, named, color, starts, epochs, catchUp }: Writing): EventWriters {
  const nothing = () => {};
  return {
    run(_event, view) {
      catchUp();
      line(runText(view, color));
    },
    stage(event, view) {
      const stage = view.stages.find(({ name }) => name === safe(event.stage))!;
      catchUp(stage.name);
      if (stage.state === "running") starts.begin(stage.name);
      else named(stage.name, endText(stage, color));
    },
    training(event, view) {
      catchUp(safe(event.stage));
      epochs.begin(event.t);
      named(safe(event.stage), trainingText(trainingOf(view, event.stage)));
    },
    epoch: (event, view) => epochs.take(trainingOf(view, event.stage), event.t),
    learningRate({ stage, epoch, from, to }) {
      catchUp(safe(stage));
      named(
        safe(stage),
        `learning rate ${brief(from)} -> ${brief(to)} after epoch ${countText(epoch)}, without improvement`,
      );
    },
    artifact(event) {
      catchUp(safe(event.stage));
      named(safe(event.stage), `made ${safe(event.file)} (${safe(event.title)})`);
    },
    warning(event) {
      catchUp(stageOf(event));
      line(`${paint(color, "bad", "warning")}  ${noticeText(event)}`);
    },
    log(event) {
      catchUp(stageOf(event));
      event.message.split("\n").forEach((message) => line(noticeText({ ...event, message })));
    },
    preview: nothing,
    latent: nothing,
    health: nothing,
    divergence: nothing,
    checkpoint: nothing,
    end(event, view) {
      // Else the summary says how the run ended; a worker that fails before its first event leaves none.
      if (view.run === null) line(`${paint(color, "bad", event.status)}  ${safe(event.reason)}`);
    },
  };
}

function stageOf({ stage }: EventOf<"warning" | "log">): string | undefined {
  return stage === undefined ? undefined : safe(stage);
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
  const { model, parameters, samples, validationSamples, batchSize, epochs, patience, maxSeconds, ema } =
    training;
  return [
    model,
    plural(parameters, "parameter"),
    `${plural(samples, "sample")}${
      validationSamples > 0 ? ` + ${countText(validationSamples)} to validate` : ""
    }`,
    `batches of ${countText(batchSize)}`,
    `at most ${plural(epochs, "epoch")}${maxSeconds === undefined ? "" : ` and ${took(maxSeconds)}`}`,
    ...(patience === null ? [] : [`patience ${patience}`]),
    ...(ema === undefined ? [] : [`averaged weights (ema ${ema})`]),
  ].join(", ");
}

function epochText(training: TrainingView, now: number, color: ColorLevel): string {
  const { last, epochs, patience, ratePatience } = training;
  const {
    epoch,
    loss,
    validation,
    best,
    bestEpoch,
    epochsWithoutImprovement,
    epochsOnPlateau,
    learningRate,
  } = last!;
  const rate = samplesPerSecond(training), left = secondsLeft(training, now);
  return [
    `epoch ${epoch}${epochs > 0 ? `/${epochs}` : ""}`,
    `loss ${paint(color, "train", number(loss))}`,
    ...(validation === undefined ? [] : [`validation ${paint(color, "validation", number(validation))}`]),
    `best ${number(best)} at ${bestEpoch}`,
    ...(patience === null
      ? []
      : [`no improvement for ${epochsWithoutImprovement} of ${plural(patience, "epoch")}`]),
    ...(ratePatience === undefined || epochsOnPlateau === undefined
      ? []
      : [`learning rate ${brief(learningRate)}, plateau ${epochsOnPlateau} of ${ratePatience}`]),
    ...(rate === undefined ? [] : [`${countText(rate)} samples/s`]),
    ...(left === undefined || epoch === epochs ? [] : [`ETA ${duration(left)}`]),
  ].join("  ");
}

/** `epoch 3/10  batch 120/469  loss 165.2  13,400 samples/s  ETA 1:02`: the loss is the mean of the epoch so far. */
function progressText(training: TrainingView, now: number, color: ColorLevel): string {
  const { progress, epochs } = training;
  const { epoch, batch, batches, loss } = progress!;
  const rate = samplesPerSecond(training), left = secondsLeft(training, now);
  return [
    `epoch ${epoch}${epochs > 0 ? `/${epochs}` : ""}`,
    `batch ${batch}/${batches}`,
    ...(loss === null ? [] : [`loss ${paint(color, "train", number(loss))}`]),
    ...(rate === undefined ? [] : [`${countText(rate)} samples/s`]),
    ...(left === undefined ? [] : [`ETA ${duration(left)}`]),
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
