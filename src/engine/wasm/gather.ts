/**
 * Gathers batches out of the samples that a program holds; the clear version is in `../reference_steps.ts`.
 *
 * @module
 */
import type { SampleValues, ValueKind } from "../../core/shape.ts";
import { compiledSamples } from "../compiled_samples.ts";
import type { Program, ProgramOptions } from "../engine.ts";
import type { CallCounter } from "./calls.ts";
import type { Kernels } from "./kernels.ts";
import type { WasmPlan } from "./plan.ts";

const BYTE_TO_SHARE = Math.fround(1 / 255);

/** The views of a program's samples; writes the numbers of their scale into the memory. */
export function placeSamples(
  { samples: options }: ProgramOptions,
  layout: WasmPlan,
  buffer: ArrayBuffer,
): Pick<Program, "samples" | "targets"> {
  const view = (kind: ValueKind | undefined, address: number): SampleValues => {
    const length = options === undefined || kind === undefined ? 0 : options.capacity * options.size;
    return kind === "floats"
      ? new Float32Array(buffer, address, length)
      : new Uint8Array(buffer, address, length);
  };
  if (options?.scale !== undefined) {
    const { size, scale: { shift, divisor } } = options;
    const fill = (numbers: readonly number[], address: number) =>
      new Float32Array(buffer, address, size).forEach((_, at, all) => all[at] = numbers[at % numbers.length]);
    fill(shift, layout.shift);
    fill(divisor, layout.divisor);
  }
  return { samples: view(options?.kind, layout.samples), targets: view(options?.targets, layout.targets) };
}

/** What gathering needs of a program. */
interface Gathering {
  readonly kernels: Kernels;
  readonly layout: WasmPlan;
  readonly counter: CallCounter;
  readonly options: ProgramOptions;
  input(name: string): { readonly address: number; readonly columns: number };
  /** The address of a batch's first entry in the order, for rows of inputs from row `at` on, checked. */
  addressOfOrder(start: number, rows: number, at: number): number;
}

/** The gathering methods of a program. A call allocates nothing. */
export function gatherers(
  { kernels, layout, counter, options, input, addressOfOrder }: Gathering,
): Pick<Program, "gather" | "gatherTargets"> {
  function gather(part: "samples" | "targets", name: string, start: number, rows: number, at: number): void {
    const { address: first, columns } = input(name), address = first + 4 * at * columns;
    const { capacity, size, kind, targets, scale } = compiledSamples(options, part, name, columns);
    const order = addressOfOrder(start, rows, at), from = layout[part];
    if ((part === "samples" ? kind : targets) === "bytes") {
      kernels.gather(address, from, capacity, size, order, rows, scale === undefined ? BYTE_TO_SHARE : 1);
    } else kernels.gatherFloats(address, from, capacity, size, order, rows);
    if (scale !== undefined) kernels.scaleRows(address, layout.shift, layout.divisor, rows, size);
    counter.add(part === "samples" ? "gather" : "gatherTargets");
  }
  return {
    gather: (name, start, rows, at = 0) => gather("samples", name, start, rows, at),
    gatherTargets: (name, start, rows, at = 0) => gather("targets", name, start, rows, at),
  };
}
