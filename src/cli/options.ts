/** Options that several commands share, and their parsers. @module */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { nearest, shortened, UsageError } from "../core/errors.ts";
import { rememberSecret, SECRET_OPTIONS, type SecretOption } from "../core/secrets.ts";
import { THEME_NAMES } from "../ui/terminal/terminal_theme.ts";
import type { LogEvery } from "../ui/screen.ts";

/** Parses `--seed`: a whole number from 0 to 2^53 - 1. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(
    `It must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got "${shortened(text)}"`,
  );
}

/** Parses `--threads`: a whole number from 1 to 256. */
export function parseThreads(text: string): number {
  const threads = Number(text);
  if (/^\d+$/.test(text) && threads >= 1 && threads <= 256) return threads;
  throw new InvalidArgumentError(
    `It must be a whole number from 1 to 256, got "${shortened(text)}"`,
  );
}

/** Parses a whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1, got "${shortened(text)}"`);
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** Parses a duration: `90s`, `30m`, `8h`, `1h30m`, `2d`; gives milliseconds. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g)];
  const milliseconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0);
  if (parts.map(([part]) => part).join("") === text && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError(
    `It must be a duration such as 90s, 30m, 8h or 1h30m, got "${shortened(text)}"`,
  );
}

/** What letters before a unit stand for. */
const PREFIXES: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Returns a parser of an amount per second: `1GB/s`, `125 MB/s`. */
export function parseRate(unit: string): (text: string) => number {
  return (text) => {
    const [, number, prefix, written] = /^(\d+(?:\.\d+)?) ?([kMGT]?)(.*)$/.exec(text) ?? [];
    const rate = Number(number) * (PREFIXES[prefix] ?? NaN);
    if (written === unit && rate > 0) return rate;
    throw new InvalidArgumentError(
      `It must be a rate such as 1G${unit} or 500M${unit}, got "${shortened(text)}"`,
    );
  };
}

/** Parses `--log-every`: epochs (`10`), or a duration (`30s`, `5m`). */
export function parseLogEvery(text: string): LogEvery {
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))) return { epochs: Number(text) };
  try {
    return { milliseconds: parseDuration(text) };
  } catch {
    throw new InvalidArgumentError(
      `It must be a number of epochs such as 10, or a duration such as 30s or 5m, got ${
        JSON.stringify(text)
      }`,
    );
  }
}

/** The description of `--parts`. */
export const PARTS = [
  "--parts <number>",
  "compute each training step in N parts: the bits depend on N, not on threads or processes (train.parts)",
] as const;

/** The description of `--log-every`. */
export const LOG_EVERY = [
  "--log-every <epochs|duration>",
  "plain log: a line every N epochs (10), or at most one per duration (30s, 5m); by default less often the longer the run",
] as const;

/** The description of `--theme`. */
export const THEME = [
  "--theme <name>",
  `colours for a terminal's background: ${THEME_NAMES.join(", ")} (auto asks the terminal)`,
] as const;
export { THEME_NAMES };

/**
 * An option whose value is a URL. URLs may contain tokens and passwords, so it is secret: it must be listed in `SECRET_OPTIONS` (another
 * name does not compile), can be set by its environment variable, and no message repeats it.
 */
export function addressOption<Flag extends SecretOption>(name: Flag, description: string) {
  const variable = SECRET_OPTIONS[name];
  return new Option(`${name} <url>`, `${description} (or in ${variable})`).argParser(parseUrl);
}

/** Parses an http or https URL. */
function parseUrl(text: string): string {
  rememberSecret(text);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("It must be an http or https address");
}

/** The value of a secret option: from the command line, or else from its environment variable. */
export function secretOf(
  name: SecretOption,
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const variable = SECRET_OPTIONS[name], value = env[variable];
  if (given !== undefined || value === undefined || value === "") return given;
  try {
    return parseUrl(value);
  } catch {
    throw new UsageError(`${variable} must be an http or https address`);
  }
}

/** Collects the values of a repeatable option. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

/** Returns a parser of an option with a fixed set of values. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    const near = nearest(text, words);
    const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new InvalidArgumentError(
      `It must be one of ${words.join(", ")}, got "${shortened(text)}"${hint}`,
    );
  };
}

/** Parses a JSON array of strings: a command line that one process passes to another. */
export function parseWords(text: string): string[] {
  const words: unknown = JSON.parse(text);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new InvalidArgumentError("It must be a JSON array of strings");
}
