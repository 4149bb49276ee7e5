/** Options that several commands share, and how their values are read. @module */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { nearest } from "../core/errors.ts";

/** Reads `--seed`: a whole number from 0 to 2^53 - 1. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(
    `It must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}: current value is "${text}"`,
  );
}

/** Reads `--threads`: a whole number from 1 to 256. */
export function parseThreads(text: string): number {
  const threads = Number(text);
  if (/^\d+$/.test(text) && threads >= 1 && threads <= 256) return threads;
  throw new InvalidArgumentError(`It must be a whole number from 1 to 256: current value is "${text}"`);
}

/** Gathers an option that may be given several times. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

/** Reads a word that must be one of a few. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    const near = nearest(text, words);
    const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new InvalidArgumentError(
      `It must be one of ${words.join(", ")}: current value is "${text}"${hint}`,
    );
  };
}
