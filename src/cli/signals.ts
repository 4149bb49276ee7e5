/** Signals of a run: the first stops it with a checkpoint, a second one aborts it. @module */
import { writeError } from "./output.ts";
import { STOP_SIGNAL_NAMES, STOP_SIGNALS, type StopSignalName } from "../run/stop.ts";

/**
 * Milliseconds within which a second signal counts as the same one. Under `deno task` each arrives twice: from the process group, and
 * forwarded by Deno.
 */
const SAME_MS = 1000;

/** What a signal requests: `same` is a repetition of one that was received already. */
export type SignalAct = "stop" | "same" | "abort";

/** The signals so far: whether there was any, and the time of the first that was not a time-limit warning. */
export interface ReceivedSignals {
  readonly any: boolean;
  /** Milliseconds. */
  readonly first: number | null;
}

/** No signal yet. */
export const NO_SIGNALS: ReceivedSignals = { any: false, first: null };

/** Handles a signal. Some systems repeat their time-limit warnings, which never abort. */
export function receive(
  { any, first }: ReceivedSignals,
  signal: StopSignalName,
  now: number,
): { received: ReceivedSignals; act: SignalAct } {
  if (STOP_SIGNALS[signal] === 124) return { received: { any: true, first }, act: any ? "same" : "stop" };
  if (first === null) return { received: { any: true, first: now }, act: "stop" };
  return { received: { any, first }, act: now - first < SAME_MS ? "same" : "abort" };
}

/** What signals do to a run. */
export interface SignalTarget {
  /** Stops it after the batch. */
  stop(signal: StopSignalName): void;
  /** Ends it at once. */
  abort(signal: StopSignalName): void;
  /** The terminal has closed. */
  hangUp(): void;
}

/** The signals of this process. */
export interface Signals {
  /** Holds signals back until the next target, during an operation that must not be interrupted. */
  hold(): void;
  /** Passes signals to a target, those held back first. */
  direct(target: SignalTarget): void;
}

let listening: Signals | undefined;

/** Listens to the signals of this process. Until they are held or directed, they end it, except for SIGHUP. */
export function listenToSignals(): Signals {
  return listening ??= openSignals();
}

function openSignals(): Signals {
  let received = NO_SIGNALS, isHeld = false;
  let target: SignalTarget | undefined;
  let waiting: ((target: SignalTarget) => void)[] = [];
  const pass = (act: (target: SignalTarget) => void) =>
    target === undefined ? waiting.push(act) : act(target);
  function onSignal(signal: StopSignalName): void {
    if (target === undefined && !isHeld) {
      writeError(`stopped by ${signal} before the run started\n`);
      Deno.exit(STOP_SIGNALS[signal]);
    }
    const { received: next, act } = receive(received, signal, performance.now());
    received = next;
    if (act !== "same") pass((target) => target[act](signal));
  }
  STOP_SIGNAL_NAMES.forEach((signal) => listen(signal, () => onSignal(signal)));
  listen("SIGHUP", () => pass((target) => target.hangUp()));
  // Writing to a file at its size limit then fails with an error, which is reported like a full disk.
  listen("SIGXFSZ", () => {});
  return {
    hold: () => void (isHeld = true),
    direct(next) {
      target = next;
      const acts = waiting;
      waiting = [];
      acts.forEach((act) => act(next));
    },
  };
}

/** Calls back at a signal, where the system has it; returns a function that removes the listener. */
export function listen(signal: Deno.Signal, listener: () => void): () => void {
  try {
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  } catch {
    // Windows has few signals, macOS no SIGPWR.
    return () => {};
  }
}
