/**
 * Own sources: what a pipeline file defines itself, for `load()` and everything else that takes a source.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf, valueText } from "../core/arguments.ts";
import { RunError, shortened, UsageError } from "../core/errors.ts";
import { OWN_CODE, type OwnCode } from "../core/own_code.ts";
import { type OptionsRule, optionsSchema } from "../core/own_options.ts";
import type { SampleShape } from "../core/shape.ts";
import { messageWithPlace, userFrames } from "../core/user_frames.ts";
import type { Source, SourceContext } from "./contract.ts";
import { type OwnDataset, ownDataset } from "./own_dataset.ts";

/** What {@link source} makes a kind of source of. */
export interface OwnSource<Options extends object, Input> {
  /** Its kind. No kind of this program. */
  readonly name: string;
  /** Raise it when something that is not in the code begins to give other samples. An edit of the code is noticed without it. */
  readonly version: number;
  /**
   * `import.meta.url` of the module that it is in: what is computed from its samples is then known by the code of that module and all local
   * files it imports. @default {the pipeline file and all local files it imports}
   */
  readonly module?: string;
  /** Its options: all of them as plain data with their defaults, or a schema (zod, or any other "Standard Schema"). @default {none} */
  readonly options?: OptionsRule<Input, Options>;
  /** The shape of a sample, `[features]` or `[height, width, channels]`, where it is known before the data is read. */
  shape?: SampleShape | ((options: Options) => SampleShape | undefined);
  /** Whether it has a validation split of its own. @default {false} */
  hasValidation?: boolean;
  /** A short description for `plan`. @default {its name and options} */
  describe?(options: Options): string;
  /** A text that changes with the data that it reads from outside: sizes and times of files. @default {the data is in the code} */
  fingerprint?(options: Options): string | Promise<string>;
  /** The share of the samples that becomes the test split, where `open` gives none. @default {0.1} */
  testShare?: number;
  /** Reads or makes the samples. */
  open(options: Options, context: SourceContext): OwnDataset | Promise<OwnDataset>;
}

/** The part of a source by which all others are called, too. */
export type SourceCalls = Pick<
  Source,
  "describe" | "shape" | "hasValidation" | "version" | "fingerprint" | "open"
>;

/** An own source with its options, as it is read from a pipeline file. */
interface OwnDefinition extends OwnCode {
  readonly schema: z.ZodType<object>;
  readonly calls: SourceCalls;
}

/** An own source as a pipeline file writes it. */
export type OwnSourceInput = {
  /** Its kind. */
  readonly source: string;
  /** Its code. */
  readonly [OWN_CODE]: OwnCode;
};

/** A kind of source: called with options, it gives a source for `load()`. */
export type SourceFactory<Input> = (
  ...options: object extends Input ? [options?: Input] : [options: Input]
) => OwnSourceInput;

const Definition = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u, {
    error: "must be a name of 1 to 40 letters",
  }),
  version: z.int({ error: "must be an integer of at least 1" }).min(1),
  module: z.string().regex(/^(file|https?):/, { error: "must be import.meta.url" }).optional(),
  options: z.custom<object>().optional(),
  shape: z.custom<OwnSource<object, object>["shape"]>().optional(),
  hasValidation: z.boolean({ error: "must be true or false" }).default(false),
  describe: functionField().optional(),
  fingerprint: functionField().optional(),
  testShare: z.number({ error: "must be a number" }).min(0).max(0.9).default(0.1),
  open: functionField(),
});

function functionField() {
  return z.custom<() => unknown>((value) => typeof value === "function", { error: "must be a function" });
}

/**
 * Defines a kind of source of one's own.
 *
 * @example
 * ```ts
 * import { load, pipeline, source } from "@hourglass/hourglass";
 *
 * const ring = source({
 *   name: "ring",
 *   version: 1,
 *   options: { points: 200 },
 *   shape: [2],
 *   open({ points }) {
 *     const angles = Array.from({ length: points }, (_, at) => 2 * Math.PI * at / points);
 *     return { train: { values: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])) } };
 *   },
 * });
 *
 * const example = pipeline("ring").pipe(load(ring({ points: 500 })));
 * ```
 *
 * @throws {UsageError} When the definition is invalid.
 */
export function source<
  Options extends object = Record<never, never>,
  Input extends object = Partial<Options>,
>(own: OwnSource<Options, Input>): SourceFactory<Input> {
  const definition = definitionOf(own as unknown as OwnSource<object, object>), { name } = definition;
  const make = (options?: object) => ({ ...optionsOf(name, options), source: name, [OWN_CODE]: definition });
  return make as unknown as SourceFactory<Input>;
}

function definitionOf(own: OwnSource<object, object>): OwnDefinition {
  const { data, error } = Definition.safeParse(own);
  const who = `source "${shortened(String(own?.name))}"`;
  if (error !== undefined) {
    const faults = error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim());
    throw new UsageError(`${who}: ${faults.join("; ")}`);
  }
  const { name, version, module, hasValidation, testShare } = data;
  const schema = optionsSchema(who, own.options ?? {}, { source: z.literal(name) });
  const shapeOf = (spec: object) => typeof own.shape === "function" ? own.shape(optionsIn(spec)) : own.shape;
  return {
    name,
    version,
    module,
    schema,
    calls: {
      version: `${name} ${version} `,
      describe: (spec) => describe(name, optionsIn(spec), own),
      shape: shapeOf,
      hasValidation: () => hasValidation,
      ...(own.fingerprint &&
        { fingerprint: async (spec) => String(await own.fingerprint!(optionsIn(spec))) }),
      async open(spec, context) {
        try {
          const made = await own.open(optionsIn(spec), context);
          return ownDataset(made, { name, shape: shapeOf(spec), testShare, hasValidation, context });
        } catch (thrown) {
          throw withUserFrames(thrown, who);
        }
      },
    },
  };
}

/** The options of a spec, without the fields of this program. */
function optionsIn(spec: object): object {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => key !== "source"));
}

/** Its own words, or its name and options. */
function describe(name: string, options: object, { describe }: OwnSource<object, object>): string {
  if (describe !== undefined) return String(describe(options));
  const values = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [`${name} (own source)`, ...values].join(", ");
}

function withUserFrames(thrown: unknown, who: string): Error {
  if (thrown instanceof RunError && userFrames(thrown).length === 0) return thrown;
  const error = new RunError(`${who}: ${messageWithPlace(thrown)}`, { cause: thrown });
  error.stack = [`RunError: ${error.message}`, ...userFrames(thrown).map(({ text }) => text)].join("\n");
  return error;
}

/** An own source whose options were checked. */
export type OwnSourceSpec = {
  readonly source: string;
  readonly [OWN_CODE]: OwnDefinition;
};

/** Whether a value is an own source. */
export function isOwnSource(value: unknown): value is OwnSourceSpec {
  return typeof value === "object" && value !== null && OWN_CODE in value;
}

/** The schema of own sources, each of which brings its own; `builtIn` are names that they cannot have. */
export function ownSourceSchema(builtIn: readonly string[]): z.ZodType<OwnSourceSpec> {
  return z.unknown().transform((value, context): OwnSourceSpec => {
    const { name, schema } = (value as OwnSourceSpec)[OWN_CODE];
    if (builtIn.includes(name)) {
      const message = `must not have the name of a built-in source, got "${name}"`;
      context.addIssue({ code: "custom", message, path: [] });
    }
    const { data, error } = schema.safeParse(Object.fromEntries(Object.entries(value as object)));
    for (const issue of error?.issues ?? []) {
      if (issue.code !== "unrecognized_keys") context.issues.push({ ...issue, input: value } as never);
      else issue.keys.forEach((key) => context.addIssue(unknownOption(key, value as object, schema)));
    }
    return { ...data, source: name, [OWN_CODE]: (value as OwnSourceSpec)[OWN_CODE] };
  });
}

function unknownOption(key: string, value: object, schema: z.ZodType) {
  const known = schema instanceof z.ZodObject
    ? Object.keys(schema.shape).filter((name) => name !== "source")
    : [];
  const got = valueText((value as Record<string, unknown>)[key]);
  const message = `is unknown, got ${got} (known are ${known.join(", ") || "none"})`;
  return { code: "custom" as const, message, path: [key] };
}
