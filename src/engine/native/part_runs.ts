/**
 * The parts of a run by one of two threads: each part by a session, or by calls of kernels and single products where a graph has maps.
 *
 * How the parts are computed depends on their number alone, so the bits are the same whichever thread computes them.
 *
 * @module
 */
import type { PartStep } from "../parts/branches.ts";
import type { Kernels } from "../wasm/kernels.ts";
import { type BlockPlan, blockSums, branchRunner, type RunPart } from "../wasm/part_steps.ts";
import type { StepPlan } from "../wasm/part_plan.ts";
import type { Api, ApiAddresses } from "./api.ts";
import { openPart } from "./parts.ts";
import { portsAt, type SharedSession } from "./ports.ts";
import type { ProductSessions } from "./products.ts";
import { joinSession } from "./session.ts";

/** How each part of a branch is computed, by addresses. */
export type PartRuns =
  | { readonly kind: "sessions"; readonly sessions: readonly SharedSession[] }
  | { readonly kind: "maps"; readonly products: ProductSessions; readonly plans: readonly StepPlan[] };

/** A branch as another thread needs it. */
export interface SharedBranch {
  readonly kind: "parts";
  readonly api: ApiAddresses;
  readonly steps: readonly PartStep[];
  readonly runs: PartRuns;
  /** All parts of the program. */
  readonly parts: number;
  readonly layout: BlockPlan;
  /** The block with the sum of the second branch, and the first number of the blocks whose sum this thread makes. */
  readonly secondBlock: number;
  readonly middle: number;
}

/** The memory that a branch is opened on. */
export interface BranchTarget {
  readonly api: Api;
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** A branch that can be run. */
interface OpenBranch {
  /** Computes its parts of `all` rows and sums them in its first block. */
  run(all: number): void;
  release(): void;
}

/** Prepares a branch to be run by this thread. */
export function openBranch(
  { steps, runs, parts, layout }: Pick<SharedBranch, "steps" | "runs" | "parts" | "layout">,
  target: BranchTarget,
): OpenBranch {
  const opened = runs.kind === "sessions"
    ? runs.sessions.map((session) =>
      joinSession(
        target.api,
        Deno.UnsafePointer.create(session.address),
        portsAt(target.buffer, session),
      )
    )
    : runs.plans.map((plan) => openPart(plan, { ...target, sessions: runs.products }));
  const runPart = opened.map(({ run }): RunPart => (rows) => run(rows));
  return {
    run: branchRunner(steps, runPart, parts, blockSums(target.kernels, layout)),
    release: () => opened.forEach((part) => part.release()),
  };
}
