/**
 * The optimizers as data. Their formulas stand at {@link Update} in `engine/engine.ts`; engines do the arithmetic.
 *
 * @module
 */
import { z } from "zod";
import type { Update } from "../engine/engine.ts";

const learningRate = z.number().positive();
const share = z.number().min(0).lt(1);
const epsilon = z.number().positive().default(1e-8);
const adamFields = {
  learningRate: learningRate.default(1e-3),
  beta1: share.default(0.9),
  beta2: share.default(0.999),
  epsilon,
};

/** The schema of an optimizer. */
export const OptimizerSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sgd"), learningRate: learningRate.default(0.01) }),
  z.strictObject({
    kind: z.literal("momentum"),
    learningRate: learningRate.default(0.01),
    momentum: share.default(0.9),
    nesterov: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("rmsprop"),
    learningRate: learningRate.default(1e-3),
    decay: share.default(0.9),
    epsilon,
  }),
  z.strictObject({ kind: z.literal("adam"), ...adamFields }),
  z.strictObject({ kind: z.literal("adamw"), ...adamFields, weightDecay: z.number().min(0).default(0.01) }),
]);

/** An optimizer with all defaults filled in. */
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

/** An optimizer as a pipeline file writes it, by {@link sgd}, {@link momentum}, {@link rmsprop}, {@link adam} or {@link adamw}. */
export type OptimizerOptions =
  | ({ kind: "sgd" } & StepSize)
  | ({ kind: "momentum" } & MomentumOptions)
  | ({ kind: "rmsprop" } & RmspropOptions)
  | ({ kind: "adam" } & AdamOptions)
  | ({ kind: "adamw" } & AdamwOptions);

/** What every optimizer can be told. */
export interface StepSize {
  /** The learning rate, before its schedule. @default {0.01 for sgd and momentum, 0.001 for the others} */
  learningRate?: number;
}

/** What {@link momentum} can be told. */
export interface MomentumOptions extends StepSize {
  /** The share of the velocity that is kept. @default {0.9} */
  momentum?: number;
  /** Looks ahead along the velocity (Sutskever et al. 2013). @default {false} */
  nesterov?: boolean;
}

/** What {@link rmsprop} can be told. */
export interface RmspropOptions extends StepSize {
  /** The share of the mean square that is kept. @default {0.9} */
  decay?: number;
  /** Added to the root of the mean square. @default {1e-8} */
  epsilon?: number;
}

/** What {@link adam} can be told. */
export interface AdamOptions extends StepSize {
  /** The share of the first moment that is kept. @default {0.9} */
  beta1?: number;
  /** The share of the second moment that is kept. @default {0.999} */
  beta2?: number;
  /** Added to the root of the second moment. @default {1e-8} */
  epsilon?: number;
}

/** What {@link adamw} can be told. */
export interface AdamwOptions extends AdamOptions {
  /** The share of each parameter that a step at learning rate 1 would take away. @default {0.01} */
  weightDecay?: number;
}

/** Plain gradient descent: `p -= lr g`. */
export function sgd(options: StepSize = {}): OptimizerOptions {
  return { kind: "sgd", ...options };
}

/** Gradient descent with momentum (Polyak 1964), or Nesterov's. */
export function momentum(options: MomentumOptions = {}): OptimizerOptions {
  return { kind: "momentum", ...options };
}

/** RMSprop (Hinton, Srivastava and Swersky 2012, lecture 6e). */
export function rmsprop(options: RmspropOptions = {}): OptimizerOptions {
  return { kind: "rmsprop", ...options };
}

/** Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1). */
export function adam(options: AdamOptions = {}): OptimizerOptions {
  return { kind: "adam", ...options };
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2). */
export function adamw(options: AdamwOptions = {}): OptimizerOptions {
  return { kind: "adamw", ...options };
}

/** An update whose step, learning rate and gradient scale the loop sets before each use: one object for a whole training. */
export type MutableUpdate = Mutable<Update>;
type Mutable<Union> = Union extends unknown ? { -readonly [Key in keyof Union]: Union[Key] } : never;

/** The update of an optimizer. AdamW is Adam with weight decay. */
export function updateOf(optimizer: OptimizerSpec): MutableUpdate {
  const common = { step: 0, gradientScale: 1 };
  if (optimizer.kind === "adam") return { ...optimizer, ...common, weightDecay: 0 };
  return optimizer.kind === "adamw" ? { ...optimizer, ...common, kind: "adam" } : { ...optimizer, ...common };
}
