/**
 * Own stages: what a pipeline file defines itself.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf, valueText } from "../../core/arguments.ts";
import { nearest, RunError, shortened, UsageError } from "../../core/errors.ts";
import { type OptionsRule, optionsSchema } from "../../core/own_options.ts";
import { messageWithPlace, userFrames } from "../../core/user_frames.ts";
import { isStageName } from "../names.ts";
import type { PlanFacts, Stage, StageDefinition, StagePlan } from "../stage.ts";
import { BUILT_IN_KINDS } from "./built_in_kinds.ts";
import { checkedResult, type OwnResult } from "./result.ts";
import { type OwnContext, ownContext } from "./context.ts";

/** The names of a type that it always has. */
export type RequiredNames<Type> = {
  [Name in keyof Type & string]: object extends Pick<Type, Name> ? never : Name;
}[keyof Type & string];

/** The names of a type that it may lack. */
export type OptionalNames<Type> = Exclude<keyof Type & string, RequiredNames<Type>>;

/**
 * Nothing when a list has all names and no others; else an argument that the call lacks, whose type says what is wrong. Before the types of
 * `run` are known there are no names, and nothing may be wrong.
 */
export type Lists<Field extends string, All extends string, Listed extends string> = [All] extends [never]
  ? []
  : [Exclude<All, Listed>, Exclude<Listed, All>] extends [never, never] ? []
  : [`${Field} lacks "${Exclude<All, Listed>}"` | `run has no "${Exclude<Listed, All>}"`];

/** What {@link stage} makes a kind of stage of. */
export interface OwnStage<Inputs extends object, Outputs extends object, Options extends object, Input> {
  /** Its kind, which is also its name in a pipeline unless the options give one. No kind of this program. */
  readonly name: string;
  /** Raise it when something that is not in the code begins to give other results. An edit of the code is noticed without it. */
  readonly version: number;
  /**
   * `import.meta.url` of the module that it is in: its results are then known by the code of that module and all local files it imports.
   * Values from other files must then come in as options. @default {the pipeline file and all local files it imports}
   */
  readonly module?: string;
  /** Its options: all of them as plain data with their defaults, or a schema (zod, or any other "Standard Schema"). @default {none} */
  readonly options?: OptionsRule<Input, Options>;
  /** Whether its result is cached; one that is not runs each time. @default {true} */
  readonly cache?: boolean;
  /** A text that changes with the data that it reads from outside. A stage that has one runs each time. @default {none} */
  fingerprint?(options: Options): string | Promise<string>;
  /** What it would do, without doing it. @default {nothing is said} */
  plan?(options: Options, facts: PlanFacts): StagePlan;
  /** Does it. The types of its inputs and outputs are those of this function. */
  run(
    inputs: Inputs,
    options: Options,
    context: OwnContext,
  ): OwnResult<Outputs> | Promise<OwnResult<Outputs>>;
}

/** The lists of names that go with the types of {@link OwnStage.run}. */
export interface OwnNames<In extends string, Optional extends string, Out extends string> {
  /** Outputs of earlier stages that it requires: the names of the first parameter of `run`. @default {[]} */
  readonly inputs?: readonly In[];
  /** Outputs of earlier stages that it uses if there are any: the optional names of the first parameter. @default {[]} */
  readonly optionalInputs?: readonly Optional[];
  /** Its outputs: the names of what `run` returns as `outputs`. @default {[]} */
  readonly outputs?: readonly Out[];
}

/** A kind of stage: called with options, it gives a stage for `pipe`. */
export type StageFactory<Inputs extends object, Outputs extends object, Input> = (
  ...options: object extends Input ? [options?: Input & StageName] : [options: Input & StageName]
) => Stage<Pick<Inputs, RequiredNames<Inputs>>, Outputs>;

/** An option of every stage. */
export interface StageName {
  /** The stage's name, also of its metrics and files. @default {its kind} */
  name?: string;
}

const Definition = z.strictObject({
  name: z.string(),
  version: z.int().min(1),
  module: z.string().regex(/^(file|https?):/).optional(),
  inputs: z.array(z.string()).default([]),
  optionalInputs: z.array(z.string()).default([]),
  outputs: z.array(z.string().regex(/^[\p{L}_$][\p{L}\p{N}_$]*$/u)).default([]),
  options: z.custom<object>().optional(),
  cache: z.boolean().default(true),
  fingerprint: z.custom<() => unknown>((value) => typeof value === "function").optional(),
  plan: z.custom<() => unknown>((value) => typeof value === "function").optional(),
  run: z.custom<() => unknown>((value) => typeof value === "function"),
});

const RULES: Readonly<Record<keyof typeof Definition.shape, string>> = {
  name: "must be a text",
  version: "must be an integer of at least 1",
  module: "must be import.meta.url",
  inputs: "must be a list of names",
  optionalInputs: "must be a list of names",
  outputs: "must be a list of names as in code",
  options: "must be defaults or a schema",
  cache: "must be true or false",
  fingerprint: "must be a function",
  plan: "must be a function",
  run: "must be a function",
};

/**
 * Defines a kind of stage of one's own.
 *
 * Its results are cached by the code of the pipeline file and of all local files it imports, so an edit runs it again. What it emits, writes
 * and measures appears everywhere as that of built-in stages does.
 *
 * @example
 * ```ts
 * import { type Dataset, glyphs, load, metric, pipeline, stage } from "@hourglass/hourglass";
 *
 * const brightness = stage({
 *   name: "brightness",
 *   version: 1,
 *   inputs: ["dataset"],
 *   outputs: ["brightness"],
 *   options: { limit: 1000 },
 *   run({ dataset }: { dataset: Dataset }, { limit }) {
 *     let sum = 0;
 *     for (const value of dataset.train.values.subarray(0, limit)) sum += value;
 *     const mean = sum / limit;
 *     return { outputs: { brightness: mean }, metrics: { mean: metric(mean / 255, { unit: "from 0 to 1", direction: "none" }) } };
 *   },
 * });
 *
 * const example = pipeline("bright").pipe(load(glyphs())).pipe(brightness({ limit: 500 }));
 * ```
 *
 * @throws {UsageError} When the definition is invalid, or its name is that of a built-in stage.
 */
export function stage<
  Inputs extends object = object,
  Outputs extends object = object,
  Options extends object = Record<never, never>,
  Input extends object = Partial<Options>,
  const In extends string = never,
  const Optional extends string = never,
  const Out extends string = never,
>(
  own: OwnStage<Inputs, Outputs, Options, Input> & OwnNames<In, Optional, Out>,
  // The compiler names this parameter where a list and the types of `run` differ; a call never has it.
  ..._listsOfNamesThatDifferFromRun: [
    ...Lists<"inputs", RequiredNames<Inputs>, In>,
    ...Lists<"optionalInputs", OptionalNames<Inputs>, Optional>,
    ...Lists<"outputs", keyof Outputs & string, Out>,
  ]
): StageFactory<Inputs, Outputs, Input> {
  const definition = definitionOf(own as unknown as OwnStage<object, object, object, object>);
  const make = (options?: object): Stage<object, object> => ({
    kind: definition.kind,
    options: { ...optionsOf(definition.kind, options) },
    definition,
  });
  return make as unknown as StageFactory<Inputs, Outputs, Input>;
}

function definitionOf(
  own: OwnStage<object, object, object, object>,
): StageDefinition<object, object, object> {
  const { name, version, module, inputs, optionalInputs, outputs, options = {}, cache } = checked(own);
  const schema = optionsSchema(`stage "${name}"`, options, { name: z.string().optional() });
  return {
    kind: name,
    version,
    ownCode: { name, version, module },
    cache,
    inputs: inputs as never[],
    optionalInputs,
    outputs: outputs as never[],
    schema,
    ...(own.fingerprint && { fingerprint: async (options) => String(await own.fingerprint!(options)) }),
    ...(own.plan && { plan: (options, facts) => planned(() => own.plan!(options, facts)) }),
    async run(inputs, options, context) {
      try {
        const result = await own.run(inputs, options, ownContext(context));
        return checkedResult(result, { name: context.name, outputs, isStopped: context.signal.aborted });
      } catch (thrown) {
        if (isAbort(thrown) && context.signal.aborted) return { outputs: {}, isUnfinished: true };
        throw inUserCode(thrown);
      }
    },
  };
}

/** The definition as it was written, or all that is wrong with it. @throws {UsageError} */
function checked(own: unknown): z.output<typeof Definition> {
  const { data, error } = Definition.safeParse(own);
  const written = typeof own === "object" && own !== null ? own as Record<string, unknown> : undefined;
  if (written === undefined) throw new UsageError(`stage must get a definition, got ${valueText(own)}`);
  const who = `stage "${shortened(String(written.name))}"`;
  if (error !== undefined) throw new UsageError(`${who}: ${error.issues.map(sentence).join("; ")}`);
  if (!isStageName(data.name)) {
    throw new UsageError(`${who}: name must be 1 to 40 letters, digits, blanks, dashes or underscores`);
  }
  if (BUILT_IN_KINDS.has(data.name)) {
    throw new UsageError(`${who}: name must not be that of a built-in stage, got "${data.name}"`);
  }
  return data;

  function sentence({ code, path, ...issue }: z.core.$ZodIssue): string {
    if (code === "unrecognized_keys") {
      const [key] = (issue as unknown as { keys: string[] }).keys, near = nearest(key, Object.keys(RULES));
      return `${shortened(key)} is unknown${near === undefined ? "" : ` (did you mean "${near}"?)`}`;
    }
    const field = String(path[0]);
    return `${field} ${RULES[field as keyof typeof RULES]}, got ${valueText(written![field])}`;
  }
}

/** The plan of an own stage; an error in it is a fault of the pipeline. */
function planned(plan: () => StagePlan): StagePlan {
  try {
    const { lines = [], facts, faults } = plan() ?? {};
    return { lines: lines.map(String), facts, faults };
  } catch (thrown) {
    return {
      lines: [],
      faults: [{ path: "plan", message: `must not throw, got: ${messageWithPlace(thrown)}` }],
    };
  }
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}

/** An error of the user's code, with its place, and with its own frames alone. */
function inUserCode(thrown: unknown): Error {
  const error = new RunError(messageWithPlace(thrown), { cause: thrown });
  const frames = userFrames(thrown).map(({ text }) => text);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
