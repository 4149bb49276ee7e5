/** Signals of a run: at the first it stops with a checkpoint, at one more it ends at once. @module */
import { writeError } from "./output.ts";
import { STOP_SIGNAL_NAMES, STOP_SIGNALS, type StopSignal } from "../run/stop.ts";

/**
 * Milliseconds within which a further signal is the first one again. Under `deno task` each arrives twice: from the process group, and
 * forwarded by Deno.
 */
export const SAME_MS = 1000;

/** What a signal asks for: `same` is one that was heard already. */
export type SignalAct = "stop" | "same" | "abort";

/** The signals so far: whether one came, and when the first of a person or a system that ends the process. */
export interface Heard {
  readonly any: boolean;
  /** Milliseconds. */
  readonly first: number | null;
}

/** No signal yet. */
export const NOTHING_HEARD: Heard = { any: false, first: null };

/** Takes a signal. Those of a time that runs out are repeated by some systems, and never abort. */
export function hear(
  { any, first }: Heard,
  signal: StopSignal,
  now: number,
): { heard: Heard; act: SignalAct } {
  if (STOP_SIGNALS[signal] === 124) return { heard: { any: true, first }, act: any ? "same" : "stop" };
  if (first === null) return { heard: { any: true, first: now }, act: "stop" };
  return { heard: { any, first }, act: now - first < SAME_MS ? "same" : "abort" };
}

/** What signals do to a run. */
export interface SignalTarget {
  /** Stops it after the batch. */
  stop(signal: StopSignal): void;
  /** Ends it at once. */
  abort(signal: StopSignal): void;
  /** The terminal is gone. */
  hangUp(): void;
}

/** The signals of this process. */
export interface Signals {
  /** From now on something is being done that must not be torn: signals wait for the next target. */
  hold(): void;
  /** Passes signals on, those that waited first. */
  direct(target: SignalTarget): void;
}

let listening: Signals | undefined;

/** Listens to the signals of this process, which end it until they are held or directed. The terminal that hangs up never does. */
export function listenToSignals(): Signals {
  return listening ??= openSignals();
}

function openSignals(): Signals {
  let heard = NOTHING_HEARD, isHeld = false;
  let target: SignalTarget | undefined;
  let waiting: ((target: SignalTarget) => void)[] = [];
  const pass = (act: (target: SignalTarget) => void) =>
    target === undefined ? waiting.push(act) : act(target);
  function onSignal(signal: StopSignal): void {
    if (target === undefined && !isHeld) {
      writeError(`stopped by ${signal} before the run began\n`);
      Deno.exit(STOP_SIGNALS[signal]);
    }
    const { heard: next, act } = hear(heard, signal, performance.now());
    heard = next;
    if (act !== "same") pass((target) => target[act](signal));
  }
  STOP_SIGNAL_NAMES.forEach((signal) => listen(signal, () => onSignal(signal)));
  listen("SIGHUP", () => pass((target) => target.hangUp()));
  // A file at its size limit is an error of the write then, which is reported like a full disk.
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

/** Calls back at a signal, where the system has it; gives the function that ends it. */
export function listen(signal: Deno.Signal, listener: () => void): () => void {
  try {
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  } catch {
    // Windows has few signals, macOS no SIGPWR.
    return () => {};
  }
}
