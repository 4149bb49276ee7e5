/**
 * Checks of the arguments of public functions, as a pipeline file is not always type-checked.
 *
 * @module
 */
import { shortened, UsageError } from "./errors.ts";

/**
 * The options of a function; `undefined` counts as `{}`.
 *
 * @throws {UsageError} When they are not an object, which the spread operator would silently ignore.
 */
export function optionsOf<Options extends object>(who: string, options: Options | undefined): Options {
  if (options === undefined) return {} as Options;
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
  throw new UsageError(`${who}: options must be an object, got ${valueText(options)} (${who}({ ... }))`);
}

/** A value as text for messages: `5`, `"a text"`, `null`, `a list`, `the function load`. */
export function valueText(value: unknown): string {
  if (typeof value === "function") return `the function ${shortened(value.name || "without a name")}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? shortened(JSON.stringify(value)) : shortened(String(value));
}
