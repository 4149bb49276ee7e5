/**
 * Settings from the command line: `train.epochs=5`, `train.model.latent=12`.
 *
 * @module
 */

/** One setting: the stage's name, the path within its options, and the value. */
export interface Override {
  readonly text: string;
  readonly stage: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Reads `stage.path=value`; the value is JSON if it can be read so, else text. `undefined` when it is not of that form. */
export function parseOverride(text: string): Override | undefined {
  const equals = text.indexOf("=");
  if (equals < 0) return undefined;
  const [stage, ...path] = text.slice(0, equals).trim().split(".");
  if (stage === "" || path.length === 0 || path.includes("")) return undefined;
  return { text, stage, path, value: parseValue(text.slice(equals + 1)) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A copy of `options` with the value at `path` set; the objects on the way are made if they are missing. */
export function withValue(options: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(options)) return options.with(Number(key), withValue(options[Number(key)], rest, value));
  const object = typeof options === "object" && options !== null ? options as Record<string, unknown> : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}
