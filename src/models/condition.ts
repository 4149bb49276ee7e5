// N = samples of a batch, C = classes of a conditional model.

/**
 * The classes of a conditional model, and the input by which its graphs get them.
 *
 * @module
 */
import { nearest, RunError, UsageError } from "../core/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { ModelClass, ModelSpec, VariationalSpec } from "./options.ts";

/** A model conditioned on the class of each sample. */
export type ConditionalSpec = VariationalSpec & { condition: "label" };

/** The name of the input of a graph that holds the class of each sample, one-hot [N, C]. */
export const CONDITION = "condition";

/** Whether a model is conditioned on the class of each sample. */
export function isConditional(model: ModelSpec): model is ConditionalSpec {
  return model.kind === "vae" && model.condition !== undefined;
}

/** The classes of a model, in the order of the columns of its condition; none where it is not conditional. */
export function classesOf(model: ModelSpec): readonly ModelClass[] {
  if (!isConditional(model)) return [];
  if (model.classes !== undefined) return model.classes;
  throw new TypeError("The classes of the model must be known: fit it to data first (fitModel)");
}

/** C, the columns of a model's condition; 0 where it has none. */
export function conditionSize(model: ModelSpec): number {
  return classesOf(model).length;
}

/** Adds the input for the class of each sample [N, C]; `undefined` where a model has none. */
export function conditionInput(build: GraphBuilder, model: ModelSpec): Value | undefined {
  return isConditional(model) ? build.input(CONDITION, ["batch", conditionSize(model)]) : undefined;
}

/** Classes as text for messages: all of them, or the first of many. */
function knownText(classes: readonly ModelClass[]): string {
  const names = classes.slice(0, 20).map(({ name }) => name).join(", ");
  return classes.length <= 20 ? names : `${names}, ... (${classes.length} classes)`;
}

/**
 * The index of each sample's class among those of a model, by the labels of a split.
 *
 * @throws {RunError} When there are no labels, or the model was not trained on one of them.
 */
export function classIndices(model: ModelSpec, labels: ArrayLike<number> | undefined): Uint16Array {
  const classes = classesOf(model);
  if (labels === undefined) {
    throw new RunError(
      `samples of a conditional model must have labels, got none (the classes are ${knownText(classes)})`,
    );
  }
  const indices = new Map(classes.map(({ label }, index) => [label, index]));
  return Uint16Array.from(labels, (label, sample) => {
    const index = indices.get(label);
    if (index !== undefined) return index;
    throw new RunError(
      `classes must be among those that the model was trained on, ${
        knownText(classes)
      }, got label ${label} (sample ${sample}; filterClasses leaves others out)`,
    );
  });
}

/**
 * The index of a class among those of a conditional model, by its name.
 *
 * @throws {UsageError} When the model is not conditional or has no such class; `what` names the option.
 */
export function classIndex(model: ModelSpec, name: string, what = "class"): number {
  if (!isConditional(model)) {
    throw new UsageError(
      `${what} must be left out for a model without classes, got "${name}" (train vae({ condition: "label" }))`,
    );
  }
  const classes = classesOf(model), index = classes.findIndex((one) => one.name === name);
  if (index >= 0) return index;
  const near = nearest(name, classes.map((one) => one.name));
  throw new UsageError(
    `${what} must be one of ${knownText(classes)}, got "${name}"${
      near === undefined ? "" : ` (did you mean "${near}"?)`
    }`,
  );
}

/**
 * The indices of the given classes: one name for all, or a name for each of `count`.
 *
 * @throws {UsageError} When a class is missing, superfluous or unknown to the model.
 */
export function namedClassIndices(
  model: ModelSpec,
  names: string | readonly string[] | undefined,
  count: number,
): Uint16Array | undefined {
  if (names === undefined) {
    if (!isConditional(model)) return undefined;
    throw new UsageError(
      `class must be given for a model with classes, one of ${
        knownText(classesOf(model))
      }, got none (classes: "..." of a loaded model, --class of a command)`,
    );
  }
  const all = typeof names === "string" ? [names] : names;
  if (typeof names !== "string" && all.length !== count) {
    throw new UsageError(
      `classes must be one for all samples, or one for each of ${count}, got ${all.length}`,
    );
  }
  return Uint16Array.from(all, (name) => classIndex(model, name));
}

/** The conditions of samples by the indices of their classes, one-hot. Shape [n, C]. */
export function conditionsOf(model: ModelSpec, indices: ArrayLike<number>): Float32Array {
  const columns = conditionSize(model), conditions = new Float32Array(indices.length * columns);
  for (let row = 0; row < indices.length; row++) conditions[row * columns + indices[row]] = 1;
  return conditions;
}

/** What a batch's condition is filled by: the inputs of a program, and the samples of its rows. */
interface ConditionProgram {
  input(name: string): { fill(value: number, start?: number, end?: number): unknown; [at: number]: number };
  readonly order: ArrayLike<number>;
}

/**
 * Returns a function that fills the condition of a batch: row `at + r` is of sample `order[start + r]`, as `gather` takes it. A call allocates
 * nothing; for a model without condition it does nothing.
 *
 * @param labels Those of a split; samples beyond them are the same samples again.
 * @throws {RunError} As {@link classIndices}.
 */
export function conditionFiller(
  program: ConditionProgram,
  model: ModelSpec,
  labels: ArrayLike<number> | undefined,
): (start: number, rows: number, at?: number) => void {
  return isConditional(model) ? classIndexFiller(program, model, classIndices(model, labels)) : () => {};
}

/** The same by the indices of classes, as {@link classIndices} gives them; samples beyond them are the same samples again. */
export function classIndexFiller(
  program: ConditionProgram,
  model: ConditionalSpec,
  indices: ArrayLike<number>,
): (start: number, rows: number, at?: number) => void {
  const columns = conditionSize(model);
  const condition = program.input(CONDITION), { order } = program;
  return (start, rows, at = 0) => {
    condition.fill(0, at * columns, (at + rows) * columns);
    for (let row = 0; row < rows; row++) {
      condition[(at + row) * columns + indices[order[start + row] % indices.length]] = 1;
    }
  };
}
