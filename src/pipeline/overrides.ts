/**
 * Settings from the command line: `train.epochs=5`, `train.model.latent=12`.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";

/** One setting: the stage's name, the path within its options, and the value. */
export interface Override {
  readonly text: string;
  readonly stage: string;
  readonly path: readonly string[];
  readonly value: unknown;
  /** The value as it was written, where reading it as JSON gave something else: an option that is a text takes this. */
  readonly written?: unknown;
}

/** Reads `stage.path=value`; the value is JSON if it can be read so, else text. `undefined` when it is not of that form. */
export function parseOverride(text: string): Override | undefined {
  const equals = text.indexOf("=");
  if (equals < 0) return undefined;
  const [stage, ...path] = text.slice(0, equals).trim().split(".");
  if (stage === "" || path.length === 0 || path.includes("")) return undefined;
  const written = text.slice(equals + 1), value = parseValue(written);
  return {
    text,
    stage,
    path,
    value,
    ...(typeof value === "string" ? {} : { written: asTexts(value, written) }),
  };
}

/** A value where texts are wanted: `4` as "4", `[1, 2]` as a list of texts. */
function asTexts(value: unknown, written: string): unknown {
  return Array.isArray(value)
    ? value.map((entry) => typeof entry === "object" ? entry : String(entry))
    : written;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A stage's options under its settings, and the settings that could not be made. */
export function withOverrides(
  options: unknown,
  settings: readonly Override[],
  stage: string,
): { value: unknown; faults: Fault[] } {
  const faults: Fault[] = [];
  const value = settings.reduce((before, { path, value }) => {
    try {
      return withValue(before, path, value);
    } catch (thrown) {
      faults.push({ path: [stage, ...path].join("."), message: messageOf(thrown) });
      return before;
    }
  }, options);
  return { value, faults };
}

/**
 * A copy of `options` with the value at `path` set; the objects on the way are made if they are missing.
 *
 * @throws {RangeError} Where a list has no such entry.
 */
function withValue(options: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(options)) {
    const entry = Number(key);
    if (/^\d+$/.test(key) && entry < options.length) {
      return options.with(entry, withValue(options[entry], rest, value));
    }
    throw new RangeError(`is unknown: the list has ${options.length} entries, counted from 0`);
  }
  const object = typeof options === "object" && options !== null ? options as Record<string, unknown> : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}
