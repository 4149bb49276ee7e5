/**
 * All kinds of optimizers. A new kind is one file, and its lines here; what is missing does not compile.
 *
 * @module
 */
import { adamKind, type AdamOptions, adamwKind, type AdamwOptions } from "./adam.ts";
import { lionKind, type LionOptions } from "./lion.ts";
import { momentumKind, type MomentumOptions } from "./momentum.ts";
import type { StepSize } from "./optimizer.ts";
import { radamKind } from "./radam.ts";
import { rmspropKind, type RmspropOptions } from "./rmsprop.ts";
import { sgdKind } from "./sgd.ts";

export { adam, type AdamOptions, adamw, type AdamwOptions } from "./adam.ts";
export { lion, type LionOptions } from "./lion.ts";
export { momentum, type MomentumOptions } from "./momentum.ts";
export type { StepSize } from "./optimizer.ts";
export { radam } from "./radam.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export { sgd } from "./sgd.ts";

/** An optimizer as a pipeline file writes it: what `adam()`, `sgd()` and the others return. */
export type OptimizerOptions =
  | ({ kind: "sgd" } & StepSize)
  | ({ kind: "momentum" } & MomentumOptions)
  | ({ kind: "rmsprop" } & RmspropOptions)
  | ({ kind: "adam" } & AdamOptions)
  | ({ kind: "adamw" } & AdamwOptions)
  | ({ kind: "radam" } & AdamOptions)
  | ({ kind: "lion" } & LionOptions);

/** All kinds by name: not for pipeline files, so it is the default export. */
export default {
  sgd: sgdKind,
  momentum: momentumKind,
  rmsprop: rmspropKind,
  adam: adamKind,
  adamw: adamwKind,
  radam: radamKind,
  lion: lionKind,
} satisfies { [Kind in OptimizerOptions["kind"]]: unknown };
