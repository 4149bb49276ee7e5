/** What the parts of the contract test. @module */
import type { Engine } from "../../../src/engine/engine.ts";
import { referenceEngine } from "../../../src/engine/reference.ts";
import type { Tolerance } from "../../support/close.ts";

/** How far single precision may stray from double: in values and losses, in gradients, and after optimizer steps. */
export interface ContractTolerances {
  /** @default {{ absolute: 2e-6, relative: 1e-5 }} */
  forward?: Tolerance;
  /** @default {{ absolute: 5e-6, relative: 5e-5 }} */
  gradient?: Tolerance;
  /** @default {{ absolute: 1e-6, relative: 1e-5 }} */
  update?: Tolerance;
}

/** An engine under test. */
export interface Subject {
  readonly name: string;
  /** Loads it once. */
  readonly engine: () => Promise<Engine>;
  readonly tolerances: Required<ContractTolerances>;
}

/** The reference for all engines. */
export const standard = referenceEngine("f64");
