/** What sessions read and write, by places in the memory of a program. @module */
import { computedOutputs, type Graph, nameOf, sizeOf, type Value } from "../../graph/graph.ts";
import { ONES, onnxNames } from "../../graph/onnx.ts";
import type { WasmPlan } from "../wasm/plan.ts";
import type { Ports } from "./session.ts";
import type { Port } from "./tensors.ts";

/** A {@link Port} by its place in the memory, which can be sent to another thread. */
export interface PortPlace {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** Its address in bytes; `"ones"` for numbers that are all 1 and are not in the memory. */
  readonly address: number | "ones";
  /** How many numbers there are. */
  readonly length: number;
}

/** A session by addresses. */
export interface SharedSession {
  readonly address: bigint;
  readonly inputs: readonly PortPlace[];
  readonly outputs: readonly PortPlace[];
}

/** Ports in a memory. */
export function portsAt(
  buffer: ArrayBuffer,
  { inputs, outputs }: Pick<SharedSession, "inputs" | "outputs">,
): Ports {
  const port = ({ name, dimensions, address, length }: PortPlace): Port => ({
    name,
    dimensions,
    view: address === "ones"
      ? new Float32Array(new ArrayBuffer(4 * length)).fill(1)
      : new Float32Array(buffer, address, length),
  });
  return { inputs: inputs.map(port), outputs: outputs.map(port) };
}

/** The places of a graph's inputs and outputs; its gradients begin with that of parameter number `start`. */
export function placesOf(
  graph: Graph,
  capacity: number,
  layout: WasmPlan,
  start: number,
): Pick<SharedSession, "inputs" | "outputs"> {
  const names = onnxNames(graph);
  // A part of a graph has copies of the values, with the same ids.
  const addresses = new Map([...layout.places].map(([{ id }, address]) => [id, address]));
  const place = (name: string, { shape }: Value, address: number): PortPlace => ({
    name,
    address,
    length: sizeOf(shape, capacity),
    dimensions: shape.map((size) => typeof size === "number" ? size : -size.batch),
  });
  const placed = (name: string, value: Value) => place(name, value, addresses.get(value.id)!);
  let end = layout.gradients + 4 * start;
  const gradients = graph.gradients.map((value, at) => {
    const address = end;
    end += 4 * sizeOf(value.shape, 1);
    return place(names.gradients[at], value, address);
  });
  return {
    inputs: [
      ...[...graph.inputs.values(), ...graph.parameters].map((value) => placed(nameOf(value), value)),
      { name: ONES, address: "ones", length: capacity, dimensions: [1, -1] },
    ],
    outputs: [
      ...computedOutputs(graph).map(([name, value]) => placed(names.outputs.get(name)!, value)),
      ...gradients,
    ],
  };
}
