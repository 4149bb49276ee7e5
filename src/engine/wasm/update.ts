// p = parameters, g = gradients; addresses in bytes.

/**
 * One optimizer update: a pass over all parameters by a kernel, by one thread or by two.
 *
 * @module
 */
import type { UpdateRange } from "../../core/collective.ts";
import type { UpdateRule } from "../update_rule.ts";
import { AVERAGED, type Kernels } from "./kernels.ts";
import type { WasmPlan } from "./plan.ts";
import { SHARED_KERNELS, type Sharing } from "./sharing.ts";

/** A kernel that does all of a rule in one pass. It reads the rule's scalars, in their order. */
export interface FusedUpdate {
  readonly kernel: keyof typeof AVERAGED;
  /** Whether it takes a flag behind its other arguments. */
  readonly flag?: boolean;
  /** The place among the scalars of the share of a moving average, which the same pass updates. */
  readonly share?: number;
}

/** The rules that have kernels, by name. */
const FUSED: Readonly<Record<string, FusedUpdate>> = {
  sgd: { kernel: "sgd" },
  momentum: { kernel: "momentum", flag: false },
  nesterov: { kernel: "momentum", flag: true },
  rmsprop: { kernel: "rmsprop" },
  adam: { kernel: "adam" },
};

/** The kernel of a rule, if there is one. */
export function fusedUpdate({ averages, name, scalars }: UpdateRule): FusedUpdate | undefined {
  if (averages === undefined) return Object.hasOwn(FUSED, name) ? FUSED[name] : undefined;
  const fused = fusedUpdate(averages);
  return fused && { ...fused, share: scalars - 1 };
}

/** What updates the parameters of a program. */
export interface KernelUpdate {
  readonly kernels: Kernels;
  readonly layout: WasmPlan;
  readonly settings: Float32Array;
  readonly fused: FusedUpdate;
  readonly sharing?: Sharing;
}

/**
 * Updates a range of the parameters (a multiple of four) by a kernel. Returns the number of threads.
 *
 * @param half How many of them this thread updates where there are two, a multiple of 16. @default {as the program divides them}
 */
export function update(
  { kernels, layout, settings, fused, sharing }: KernelUpdate,
  { first, count }: UpdateRange,
  scalars: ArrayLike<number>,
  half: number = sharing?.half ?? count,
): 1 | 2 {
  for (let at = 0; at < scalars.length; at++) settings[at] = scalars[at];
  if (sharing === undefined || !sharing.helper.isReady()) {
    runPass(kernels, layout, fused, first, count);
    return 1;
  }
  const { helper } = sharing, second = first + half;
  layOutPass(helper.arguments, layout, fused, second, count - half);
  helper.ask(SHARED_KERNELS.indexOf(fused.share === undefined ? fused.kernel : "averaged"));
  runPass(kernels, layout, fused, first, half);
  if (helper.takeFirst()) runPass(kernels, layout, fused, second, count - half);
  else helper.awaitLast();
  return 2;
}

/** The pass over `count` numbers from number `first` on. */
function runPass(
  kernels: Kernels,
  { parameters, gradients, slots, settings }: WasmPlan,
  { kernel, flag, share }: FusedUpdate,
  first: number,
  count: number,
): void {
  const p = parameters + 4 * first, g = gradients + 4 * first;
  const a = slots[0] + 4 * first, b = slots[1] + 4 * first;
  if (share !== undefined) {
    const average = slots[slots.length - 1] + 4 * first, at = settings + 4 * share;
    return kernels.averaged(AVERAGED[kernel], p, g, a, b, count, settings, Number(flag), average, at);
  }
  switch (kernel) {
    case "sgd":
      return kernels.sgd(p, g, count, settings);
    case "momentum":
      return kernels.momentum(p, g, a, count, settings, Number(flag));
    case "rmsprop":
      return kernels.rmsprop(p, g, a, count, settings);
    case "adam":
      return kernels.adam(p, g, a, b, count, settings);
    default:
      return kernel satisfies never;
  }
}

/** The same pass as arguments for the helper thread. */
function layOutPass(
  into: Int32Array,
  { parameters, gradients, slots, settings }: WasmPlan,
  { kernel, flag, share }: FusedUpdate,
  first: number,
  count: number,
): void {
  let at = 0;
  if (share !== undefined) into[at++] = AVERAGED[kernel];
  into[at++] = parameters + 4 * first;
  into[at++] = gradients + 4 * first;
  if (share === undefined) {
    for (let slot = 0; slot < slots.length; slot++) into[at++] = slots[slot] + 4 * first;
  } else {
    into[at++] = slots[0] + 4 * first;
    into[at++] = slots[1] + 4 * first;
  }
  into[at++] = count;
  into[at++] = settings;
  into[at++] = Number(flag ?? false);
  if (share === undefined) return;
  into[at++] = slots[slots.length - 1] + 4 * first;
  into[at] = settings + 4 * share;
}
