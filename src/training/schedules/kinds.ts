/**
 * All kinds of learning-rate schedules. A new kind is one file, and its lines here; what is missing does not compile.
 *
 * @module
 */
import { constantKind } from "./constant.ts";
import { cosineKind, type CosineOptions } from "./cosine.ts";
import { oneCycleKind, type OneCycleOptions } from "./one_cycle.ts";
import { plateauKind, type PlateauOptions } from "./plateau.ts";
import type { WarmupOptions } from "./schedule.ts";
import { stepDecayKind, type StepDecayOptions } from "./step_decay.ts";

export { constant } from "./constant.ts";
export { cosine, type CosineOptions } from "./cosine.ts";
export { oneCycle, type OneCycleOptions } from "./one_cycle.ts";
export { plateau, type PlateauOptions } from "./plateau.ts";
export type { WarmupOptions } from "./schedule.ts";
export { stepDecay, type StepDecayOptions } from "./step_decay.ts";

/** A schedule as a pipeline file writes it: what `constant()`, `cosine()` and the others return. */
export type ScheduleOptions =
  | ({ kind: "constant" } & WarmupOptions)
  | ({ kind: "cosine" } & CosineOptions)
  | ({ kind: "step" } & StepDecayOptions)
  | ({ kind: "plateau" } & PlateauOptions)
  | ({ kind: "oneCycle" } & OneCycleOptions);

/** All kinds by name: not for pipeline files, so it is the default export. */
export default {
  constant: constantKind,
  cosine: cosineKind,
  step: stepDecayKind,
  plateau: plateauKind,
  oneCycle: oneCycleKind,
} satisfies { [Kind in ScheduleOptions["kind"]]: unknown };
