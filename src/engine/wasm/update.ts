// p = parameters, g = gradients; addresses in bytes.

/**
 * One optimizer update: a pass over all parameters by a kernel, by one thread or by two, or by the graph of its rule.
 *
 * @module
 */
import type { UpdateRule } from "../update_rule.ts";
import type { Kernels } from "./kernels.ts";
import type { WasmPlan } from "./plan.ts";
import { SHARED_KERNELS, type SharedKernel, type Sharing } from "./sharing.ts";

/** A kernel that does all of a rule in one pass. It reads the rule's scalars, in their order. */
export interface FusedUpdate {
  readonly kernel: Exclude<SharedKernel, "corruptRows">;
  /** Whether it takes a flag behind its other arguments. */
  readonly flag?: boolean;
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
export function fusedUpdate({ name }: UpdateRule): FusedUpdate | undefined {
  return Object.hasOwn(FUSED, name) ? FUSED[name] : undefined;
}

/** Updates `length` parameters (a multiple of four) by a kernel. Returns the number of threads. */
export function update(
  kernels: Kernels,
  plan: WasmPlan,
  settings: Float32Array,
  length: number,
  fused: FusedUpdate,
  scalars: ArrayLike<number>,
  sharing?: Sharing,
): 1 | 2 {
  for (let at = 0; at < scalars.length; at++) settings[at] = scalars[at];
  if (sharing === undefined || !sharing.helper.isReady()) {
    runPass(kernels, plan, fused, 0, length);
    return 1;
  }
  const { helper, half } = sharing;
  layOutPass(helper.arguments, plan, fused, half, length - half);
  helper.ask(SHARED_KERNELS.indexOf(fused.kernel));
  runPass(kernels, plan, fused, 0, half);
  if (helper.takeFirst()) runPass(kernels, plan, fused, half, length - half);
  else helper.awaitLast();
  return 2;
}

/** The pass over `count` numbers from number `first` on. */
function runPass(
  kernels: Kernels,
  { parameters, gradients, slots: [one, two], settings }: WasmPlan,
  { kernel, flag }: FusedUpdate,
  first: number,
  count: number,
): void {
  const p = parameters + 4 * first, g = gradients + 4 * first, a = one + 4 * first, b = two + 4 * first;
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
  { flag }: FusedUpdate,
  first: number,
  count: number,
): void {
  let at = 0;
  into[at++] = parameters + 4 * first;
  into[at++] = gradients + 4 * first;
  for (let slot = 0; slot < slots.length; slot++) into[at++] = slots[slot] + 4 * first;
  into[at++] = count;
  into[at++] = settings;
  into[at] = Number(flag ?? false);
}
