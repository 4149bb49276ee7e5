/**
 * The fold: a view and an event give the next view. Screens, live, attached or replayed, and reports all use it.
 *
 * Texts are as they were emitted. Screens pass events through `safeEvent` first, pages escape them.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import type { EpochProgress } from "../progress.ts";
import { emptyHistory, remember } from "./history.ts";
import {
  epochsDone,
  type Notice,
  type Pace,
  type Recent,
  type StageView,
  type TrainingView,
  type View,
} from "./view.ts";

/** Time constant of the pace in seconds: after this time, the weight of an epoch has dropped to about a third. */
const PACE_MEMORY = 30;
/** Number of files and of messages that a view keeps. */
const KEPT = 50;

/** The view before the first event. */
export function initialView(): View {
  const none = { total: 0, newest: [] };
  return {
    run: null,
    at: 0,
    stages: [],
    trainings: [],
    preview: null,
    latent: null,
    health: null,
    divergence: null,
    artifacts: none,
    warnings: none,
    logs: none,
    end: null,
  };
}

/** The view after one more event. Pure, and O(1) for an epoch: a tiny model has thousands of epochs per second. */
export function foldEvent(view: View, event: RunEvent): View {
  switch (event.type) {
    case "run":
      return started(event);
    case "stage":
      return { ...view, at: event.t, stages: withStage(view.stages, event) };
    case "training":
      return { ...withTraining(view, event.t, trainingOf(event)), health: null, divergence: null };
    case "epoch":
      return withTraining(view, event.t, afterEpoch(view, event));
    case "preview": {
      const { type: _type, t, ...preview } = event;
      return { ...view, at: t, preview };
    }
    case "latent": {
      const { type: _type, t, ...latent } = event;
      return { ...view, at: t, latent };
    }
    case "health": {
      const { type: _type, t, ...health } = event;
      return { ...view, at: t, health };
    }
    case "divergence": {
      const { type: _type, t, ...divergence } = event;
      return { ...view, at: t, divergence };
    }
    case "learningRate":
    case "checkpoint":
      return { ...view, at: event.t };
    case "artifact": {
      const { type: _type, t, ...artifact } = event;
      return { ...view, at: t, artifacts: withItem(view.artifacts, artifact) };
    }
    case "warning":
      return { ...view, at: event.t, warnings: withItem(view.warnings, noticeOf(event)) };
    case "log":
      return { ...view, at: event.t, logs: withItem(view.logs, noticeOf(event)) };
    case "end": {
      const { type: _type, ...end } = event;
      return { ...view, at: event.t, end };
    }
  }
}

function started({ t, run, pipeline, seed, engine, folder, stages }: EventOf<"run">): View {
  return {
    ...initialView(),
    at: t,
    run: { run, pipeline, seed, engine, folder, startedAt: t },
    stages: stages.map(waitingStage),
  };
}

/** A stage that has not been reached. */
export function waitingStage({ name, kind }: { readonly name: string; readonly kind: string }): StageView {
  return { name, kind, state: "waiting", startedAt: null, seconds: null, note: null, metrics: null };
}

function withStage(stages: readonly StageView[], event: EventOf<"stage">): readonly StageView[] {
  const name = event.stage;
  const next = (stage: StageView): StageView => ({
    ...stage,
    state: event.state === "started" ? "running" : event.state,
    startedAt: event.state === "started" ? event.t : stage.startedAt,
    seconds: event.seconds ?? null,
    note: event.note ?? stage.note,
    metrics: event.metrics ?? stage.metrics,
  });
  if (!stages.some((stage) => stage.name === name)) {
    return [...stages, next(waitingStage({ name, kind: name }))];
  }
  return stages.map((stage) => stage.name === name ? next(stage) : stage);
}

function trainingOf(event: EventOf<"training">): TrainingView {
  const { type: _type, t, ...training } = event;
  return {
    ...training,
    startedAt: t,
    last: null,
    pace: null,
    seconds: 0,
    progress: null,
    history: emptyHistory(),
  };
}

/** Replaces a missing `training` event: the start of the file may be lost. */
function unknownTraining(stage: string, t: number): TrainingView {
  return {
    stage,
    startedAt: t,
    model: "",
    parameters: 0,
    epochs: 0,
    batchSize: 0,
    samples: 0,
    validationSamples: 0,
    patience: null,
    minDelta: 0,
    monitor: "loss",
    unit: "",
    last: null,
    pace: null,
    seconds: 0,
    progress: null,
    history: emptyHistory(),
  };
}

function afterEpoch(view: View, event: EventOf<"epoch">): TrainingView {
  const { stage } = event;
  const training = view.trainings.findLast((one) => one.stage === stage) ?? unknownTraining(stage, event.t);
  const { type: _type, t: _t, stage: _stage, parts, ...last } = event;
  return {
    ...training,
    last: { ...last, validation: last.validation, parts: parts ?? null },
    pace: paceAfter(training.pace, event),
    seconds: training.seconds + event.seconds,
    progress: null,
    history: remember(training.history, event.epoch, event.loss, event.validation),
  };
}

/**
 * The view with the progress of the current epoch. Progress is not an event, so that a resumed run has the same events as one that was
 * never interrupted. Progress of an unknown training or of an epoch that has ended is ignored.
 */
export function foldProgress(view: View, { stage, ...progress }: EpochProgress): View {
  const training = view.trainings.findLast((one) => one.stage === stage);
  if (training === undefined || progress.epoch !== epochsDone(training) + 1) return view;
  return withTraining(view, view.at, { ...training, progress });
}

/** Uses wall time, to include the time between epochs; a gap (a suspended machine) counts at most as three epochs. */
function paceAfter(pace: Pace | null, { t, seconds }: EventOf<"epoch">): Pace {
  if (pace === null) return { seconds, epochs: 1, at: t };
  const passed = Math.min(Math.max(0, (t - pace.at) / 1000), 3 * seconds + 1);
  const kept = Math.exp(-passed / PACE_MEMORY);
  return { seconds: pace.seconds * kept + passed, epochs: pace.epochs * kept + 1, at: t };
}

function withTraining(view: View, at: number, training: TrainingView): View {
  const position = view.trainings.findLastIndex(({ stage }) => stage === training.stage);
  const trainings = view.trainings.slice();
  trainings[position < 0 ? trainings.length : position] = training;
  return { ...view, at, trainings };
}

function withItem<Item>({ total, newest }: Recent<Item>, item: Item): Recent<Item> {
  return { total: total + 1, newest: [...newest.slice(1 - KEPT), item] };
}

function noticeOf({ t, stage, message }: EventOf<"warning" | "log">): Notice {
  return { at: t, stage: stage ?? null, message };
}
