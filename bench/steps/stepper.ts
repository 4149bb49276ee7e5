/** Something that runs training steps: an engine of this project or a peer. @module */
import process from "node:process";
import type { Contestant } from "../interleave.ts";

/** An engine or a peer with a case that it is ready to train. */
export interface Stepper extends Contestant {
  readonly engine: string;
  readonly threads: number;
  /** The loss of the first batch under the first weights: the proof that all compute the same. */
  readonly firstLoss: number;
  close?(): void | Promise<void>;
}

/** A stepper whose steps are taken here and now, one after the other. */
export function stepper(
  { engine, threads, step, firstLoss, close }: {
    engine: string;
    threads: number;
    step: () => void;
    firstLoss: number;
    close?: () => void;
  },
): Stepper {
  return { engine, threads, name: nameOf(engine, threads), firstLoss, close, run: timed(step) };
}

/** What steps are timed by, in milliseconds. */
type Clock = () => number;

let clock: Clock = () => performance.now();

/** The processor's time of this process, all its threads together: other processes on the machine change it less than the clock's. */
export function timeByProcessor(): void {
  clock = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

/** Milliseconds of some calls. */
export function timed(step: () => void): (steps: number) => number {
  return (steps) => {
    const began = clock();
    for (let at = 0; at < steps; at++) step();
    return clock() - began;
  };
}

/** `native, 2 threads`. */
export function nameOf(engine: string, threads: number): string {
  return `${engine}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}
