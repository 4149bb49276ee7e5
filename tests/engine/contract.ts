/**
 * The engine contract as tests: one suite for all engines. A new engine is one line:
 *
 * ```ts ignore
 * engineContract("wasm", () => loadEngine("wasm"));
 * ```
 *
 * @module
 */
import type { Engine } from "../../src/engine/engine.ts";
import { extremesContract } from "./contract/extremes.ts";
import { goldenContract } from "./contract/golden.ts";
import { modelsContract } from "./contract/models.ts";
import { partsContract } from "./contract/parts.ts";
import { primitivesContract } from "./contract/primitives.ts";
import { programContract } from "./contract/program.ts";
import { pytorchContract } from "./contract/pytorch.ts";
import { stepsContract } from "./contract/steps.ts";
import type { ContractTolerances, Subject } from "./contract/subject.ts";

/** Registers the tests of an engine. They are compared with the reference engine in double precision. */
export function engineContract(
  name: string,
  load: () => Promise<Engine>,
  tolerances: ContractTolerances = {},
): void {
  let loaded: Promise<Engine> | undefined;
  const subject: Subject = {
    name,
    engine: () => loaded ??= load(),
    tolerances: {
      forward: { absolute: 2e-6, relative: 1e-5 },
      gradient: { absolute: 5e-6, relative: 5e-5 },
      update: { absolute: 1e-6, relative: 1e-5 },
      ...tolerances,
    },
  };
  primitivesContract(subject);
  modelsContract(subject);
  partsContract(subject);
  stepsContract(subject);
  programContract(subject);
  extremesContract(subject);
  goldenContract(subject);
  pytorchContract(subject);
}
