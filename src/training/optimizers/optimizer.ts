/**
 * The interface of a kind of optimizer; each kind is one file.
 *
 * @module
 */
import { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";

/** What differs from step to step. */
export interface Step {
  /** The learning rate after its schedule. */
  readonly learningRate: number;
  /** What gradients are multiplied by (clipping). */
  readonly gradientScale: number;
  /** Counts from 1. */
  readonly step: number;
  /** The momentum, in place of {@link OptimizerKind.momentum}. @default {the spec's} */
  readonly momentum?: number;
}

/** A kind of optimizer; its formula is in {@link update}. */
export interface OptimizerKind<Spec extends { readonly kind: string }> {
  /** The schema of its options; strict, with all defaults. */
  readonly schema: z.ZodObject & z.ZodType<Spec>;
  /** Blocks of state, each as long as all parameters. */
  readonly slots: number;
  /** The name of its update rule, where options choose between rules or kinds share one. @default {the kind} */
  rule?(spec: Spec): string;
  /** The names of the scalars that an update reads. */
  readonly scalars: readonly string[];
  /** The option that is its momentum, for a schedule that changes it. @default {it has none} */
  readonly momentum?: "momentum" | "beta1";
  /** Writes the scalars of a step in the order of {@link scalars}; in double precision, and without allocating. */
  setScalars(out: Float64Array, spec: Spec, step: Step): void;
  /** The update of one parameter as a graph; `g` is the gradient before its scale. */
  update(of: UpdateValues, spec: Spec): { readonly parameter: Value; readonly slots: readonly Value[] };
}

/** The values of an update. */
export interface UpdateValues {
  readonly build: GraphBuilder;
  /** The parameter. */
  readonly p: Value;
  /** Its gradient. */
  readonly g: Value;
  readonly slots: readonly Value[];
  /** By the names of {@link OptimizerKind.scalars}. */
  readonly scalars: Readonly<Record<string, Value>>;
}

/** Options of all optimizers. */
export interface StepSize {
  /** The learning rate, before its schedule. @default {0.01 for sgd and momentum, 0.0001 for lion, 0.001 for the others} */
  learningRate?: number;
}

/** The schema of a learning rate. */
export const learningRate = z.number().positive();
/** The schema of a share that is kept. */
export const share = z.number().min(0).lt(1);
/** The schema of what is added to a root. */
export const epsilon: z.ZodDefault<z.ZodNumber> = z.number().positive().default(1e-8);
/** The schema of a weight decay. */
export const weightDecay = z.number().min(0);
