/**
 * The options of own stages and sources: plain defaults, or a schema of any library that has the interface "Standard Schema" (zod, valibot,
 * arktype).
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "./errors.ts";

/** The part of a schema that is used here; see https://standardschema.dev. */
export interface OptionsSchema<Input, Output> {
  /** The interface of "Standard Schema". */
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output };
  };
}

/** The outcome of a check: a value, or issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What is wrong, and where. */
export interface SchemaIssue {
  /** The rule that is broken. */
  readonly message: string;
  /** The option, key by key. @default {all options} */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

/** Defaults of all options as plain data, or a schema. */
export type OptionsRule<Input, Output> = Output | OptionsSchema<Input, Output>;

/** Whether a rule is a schema. */
function isSchema(rule: object): rule is OptionsSchema<unknown, object> {
  return "~standard" in rule;
}

/**
 * A schema of options by such a rule; `fixed` are fields of this program that it does not know: the name of a stage, the kind of a source.
 *
 * @throws {UsageError} When the rule is neither, or a default is no plain data.
 */
export function optionsSchema(who: string, rule: unknown, fixed: z.ZodRawShape): z.ZodType<object> {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) {
    throw new UsageError(`${who}: options must be an object of defaults or a schema, got ${typeof rule}`);
  }
  if (isSchema(rule)) return checkedBy(rule, fixed);
  const clash = Object.keys(rule).find((key) => key in fixed);
  if (clash !== undefined) throw new UsageError(`${who}: options.${clash} must have another name`);
  return z.strictObject({ ...fixed, ...shapeOf(`${who}: options`, rule) });
}

/** A schema for each field of an object of defaults. */
function shapeOf(path: string, defaults: object): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, typeOf(`${path}.${key}`, value).default(value)]),
  );
}

/** The type of a default: a list may have any entries of the type of its first one, `null` stands for any plain data. */
function typeOf(path: string, value: unknown): z.ZodType {
  if (typeof value === "number" && Number.isFinite(value)) return z.number();
  if (typeof value === "string") return z.string();
  if (typeof value === "boolean") return z.boolean();
  if (value === null) return z.json();
  if (Array.isArray(value)) return z.array(value.length === 0 ? z.json() : typeOf(`${path}.0`, value[0]));
  if (isPlainObject(value)) return z.strictObject(shapeOf(path, value));
  throw new UsageError(`${path} must be plain data, got ${kindText(value)}`);
}

function checkedBy(rule: OptionsSchema<unknown, object>, fixed: z.ZodRawShape): z.ZodType<object> {
  const own = z.object(fixed);
  return z.record(z.string(), z.unknown()).transform((value, context) => {
    const kept = own.safeParse(value);
    const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !(key in fixed)));
    const result = rule["~standard"].validate(rest);
    const refuse = (message: string, path: readonly PropertyKey[] = []) =>
      context.addIssue({ code: "custom", message, path: [...path] });
    kept.error?.issues.forEach(({ message, path }) => refuse(message, path));
    if (result instanceof Promise) {
      result.catch(() => {});
      refuse("must have a schema that checks at once, got one that is asynchronous");
      return z.NEVER;
    }
    for (const { message, path = [] } of result.issues ?? []) {
      refuse(message, path.map((part) => typeof part === "object" ? part.key : part));
    }
    if (result.issues !== undefined || kept.error !== undefined) return z.NEVER;
    const foreign = foreignPart(result.value);
    if (foreign !== undefined) refuse(`must be plain data, got ${foreign.kind}`, foreign.path);
    return { ...kept.data, ...result.value };
  });
}

/** The first part of a value that JSON cannot hold. */
function foreignPart(
  value: unknown,
  path: readonly string[] = [],
): { kind: string; path: readonly string[] } | undefined {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") {
    return;
  }
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (!Array.isArray(value) && !isPlainObject(value)) return { kind: kindText(value), path };
  for (const [key, inner] of Object.entries(value)) {
    const found = foreignPart(inner, [...path, key]);
    if (found !== undefined) return found;
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What kind of value something is, for messages: `a function`, `an instance of Date`, `NaN`. */
function kindText(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return `an instance of ${String(value.constructor?.name || "a class without a name")}`;
  }
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
