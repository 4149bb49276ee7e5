/** What a command line says of a sweep: `--sweep PATH=VALUES`, and options that take the place of those of the file. @module */
import { plural } from "../../core/amounts.ts";
import { messageOf, nearest, shortened, UsageError } from "../../core/errors.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import {
  choice,
  logUniform,
  type SampledAxis,
  SEED_PATH,
  type SweepAxes,
  uniform,
} from "../../pipeline/sweep/axes.ts";
import {
  isListOfSettings,
  isSweep,
  type Sweep,
  sweep,
  type SweepOptions,
} from "../../pipeline/sweep/sweep.ts";

/** An axis: a list of values, or a range. */
type Axis = SweepAxes[string];

/** What the command line adds to a file. */
export interface SweepArguments {
  /** `PATH=VALUES`, in order. */
  readonly sweep: readonly string[];
  /** Options in the place of those of the file. */
  readonly options: SweepOptions;
}

/**
 * The sweep of a file and a command line: that of the file with more axes and other options, or its pipeline under the axes.
 *
 * @throws {UsageError} When an axis cannot be read, or nothing varies.
 */
export function sweepOf(
  exported: Pipeline<object> | Sweep,
  file: string,
  { sweep: written, options: given }: SweepArguments,
): Sweep {
  const axes = axesOf(written), options = withoutUndefined(given);
  if (!isSweep(exported)) {
    if (written.length === 0 && options.seeds === undefined) {
      throw new UsageError(
        `${file} must export a sweep, or --sweep must name what varies (--sweep train.epochs=10,20), got a pipeline alone`,
      );
    }
    return sweep(exported, axes, options);
  }
  const own = exported.options, joined = joinedAxes(exported, axes);
  const all = { ...withoutSeeds(own, axes), ...options };
  if (all.seeds === undefined && isNothing(joined)) {
    throw new UsageError(
      "sweep.axes must have an option that varies, or sweep.options.seeds be given, got {}",
    );
  }
  return { ...exported, axes: joined, options: all };
}

/** The axes of a file and of the command line, which come last and win. @throws {UsageError} */
function joinedAxes({ axes: own }: Sweep, axes: Readonly<Record<string, Axis>>): Sweep["axes"] {
  const [path] = Object.keys(axes);
  // What is no object is refused with all else of a sweep.
  if (path === undefined || typeof own !== "object" || own === null) return own;
  if (!isListOfSettings(own)) return { ...own, ...axes };
  throw new UsageError(
    path === SEED_PATH
      ? `--sweep ${path} must not be given with a sweep of listed settings, got one (--seeds N runs each with N seeds)`
      : `--sweep ${path} must not be given with a sweep of listed settings, got one (--set ${path}=VALUE sets it for all)`,
  );
}

function isNothing(axes: Sweep["axes"]): boolean {
  return typeof axes === "object" && axes !== null && !isListOfSettings(axes) &&
    Object.keys(axes).length === 0;
}

/** Seeds of the command line take the place of those of the file. */
function withoutSeeds(
  { seeds, ...options }: SweepOptions,
  axes: Readonly<Record<string, Axis>>,
): SweepOptions {
  return seeds === undefined || Object.hasOwn(axes, SEED_PATH) ? options : { seeds, ...options };
}

function withoutUndefined(options: SweepOptions): SweepOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function axesOf(written: readonly string[]): Record<string, Axis> {
  const axes: Record<string, Axis> = {};
  for (const text of written) {
    const equals = text.indexOf("="), path = text.slice(0, Math.max(0, equals)).trim();
    if (path === "") {
      throw new UsageError(
        `--sweep must be PATH=VALUES as in train.optimizer.learningRate=1e-3,3e-4, got "${shortened(text)}"`,
      );
    }
    if (Object.hasOwn(axes, path)) throw new UsageError(`--sweep ${path} must be given once, got it twice`);
    axes[path] = axisOf(path, text.slice(equals + 1));
  }
  return axes;
}

/** The functions that make an axis, and their arguments. */
const MAKERS: Readonly<Record<string, (values: readonly unknown[]) => SampledAxis>> = {
  uniform: (values) => uniform(...rangeOf(values)),
  logUniform: (values) => logUniform(...rangeOf(values)),
  choice,
};

/** The arguments of a range; `integer` may be the third. */
function rangeOf(values: readonly unknown[]): [number, number, { integer: boolean }] {
  const [low, high, integer, ...more] = values;
  if (more.length === 0 && values.length >= 2 && (integer === undefined || integer === "integer")) {
    return [low as number, high as number, { integer: integer !== undefined }];
  }
  throw new UsageError(
    `must be two bounds, and "integer" for whole numbers, got ${plural(values.length, "argument")}`,
  );
}

/** An axis as it is written: `logUniform(1e-4,1e-1)`, or a list of values. @throws {UsageError} */
function axisOf(path: string, text: string): Axis {
  try {
    const [, name, inner] = /^\s*(\w+)\((.*)\)\s*$/s.exec(text) ?? [];
    if (name !== undefined) refuseMisspelt(name);
    return name !== undefined && Object.hasOwn(MAKERS, name) ? MAKERS[name](valuesOf(inner)) : valuesOf(text);
  } catch (thrown) {
    throw new UsageError(`--sweep ${path}: ${messageOf(thrown)}`);
  }
}

/** Refuses a name in front of brackets that is nearly the one of a range: as text it would be a value. */
function refuseMisspelt(name: string): void {
  if (Object.hasOwn(MAKERS, name)) return;
  const near = nearest(name, Object.keys(MAKERS));
  if (near === undefined) return;
  throw new UsageError(`${name}(...) is unknown: did you mean "${near}"? (in quotes it is a text)`);
}

/** The values of a list, each JSON where it can be read so, else text. @throws {UsageError} */
function valuesOf(text: string): unknown[] {
  const parts = splitAtCommas(text).map((part) => part.trim());
  if (parts.includes("")) {
    const what = parts.length === 1 ? "nothing" : `an empty value in "${shortened(text)}"`;
    throw new UsageError(`must be values with commas between them, got ${what}`);
  }
  return parts.map((part) => {
    try {
      return JSON.parse(part) as unknown;
    } catch {
      return part;
    }
  });
}

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")" };

/** The parts of a text between commas that are in no brackets and no quotes. @throws {UsageError} */
function splitAtCommas(text: string): string[] {
  const parts = [""], open: string[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "," && open.length === 0 && !isQuoted) {
      parts.push("");
      continue;
    }
    parts[parts.length - 1] += letter;
    if (isQuoted && letter === "\\") parts[parts.length - 1] += text[++at] ?? "";
    else if (letter === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (letter in CLOSING) open.push(CLOSING[letter]);
    else if (Object.values(CLOSING).includes(letter) && open.pop() !== letter) {
      throw new UsageError(`must have matching brackets, got an extra "${letter}" in "${shortened(text)}"`);
    }
  }
  if (isQuoted) throw new UsageError(`must have a closing quote, got none in "${shortened(text)}"`);
  if (open.length > 0) {
    throw new UsageError(`must have a closing "${open.at(-1)}", got none in "${shortened(text)}"`);
  }
  return parts;
}
