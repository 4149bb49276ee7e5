// a, b = operands, c = result or what is added; a unit is a sample, or a row of a map of patches.

/**
 * Single products by ONNX Runtime's `Gemm`, on the memory of the kernels. The few sessions, one for each form of a product, take
 * matrices of any size; they belong to the process, and any thread can run them.
 *
 * @module
 */
import { perSample } from "../../graph/graph.ts";
import { model, node, valueInfo } from "../../graph/onnx/messages.ts";
import { extent } from "../wasm/lowering.ts";
import { type MakeProduct, type Product, type ProductOperand, stepOf } from "../wasm/products.ts";
import { type Api, cText } from "./api.ts";
import { openSession } from "./session.ts";
import { createTensor, type PointerList, pointerList } from "./tensors.ts";

/** The sessions' addresses by form. */
export type ProductSessions = readonly bigint[];

/** Below this many operations at the most, the kernels are faster than a session's overhead. */
const SMALL = 3e5;

/** The place of a form among the sessions. */
function formOf(transposeA: boolean, transposeB: boolean, hasC: boolean): number {
  return (transposeA ? 4 : 0) + (transposeB ? 2 : 0) + (hasC ? 1 : 0);
}

/** Makes the sessions: products of operands as they are or transposed, alone or added to a third matrix. */
export function openProductSessions(api: Api): ProductSessions {
  const forms = [false, true];
  return forms.flatMap((transposeA) =>
    forms.flatMap((transposeB) =>
      forms.map((hasC) =>
        openSession(api, productModel(transposeA, transposeB, hasC), { inputs: [], outputs: [], threads: 1 })
          .address
      )
    )
  );
}

function productModel(transposeA: boolean, transposeB: boolean, hasC: boolean): Uint8Array<ArrayBuffer> {
  const names = hasC ? ["a", "b", "c"] : ["a", "b"];
  // All sizes are open: each has a name of its own.
  const info = (name: string, at: number) => valueInfo(name, [perSample(2 * at + 1), perSample(2 * at + 2)]);
  return model({
    nodes: [node("Gemm", names, "y", { transA: { integer: +transposeA }, transB: { integer: +transposeB } })],
    tensors: [],
    inputs: names.map(info),
    outputs: [info("y", names.length)],
    metadata: {},
  }) as Uint8Array<ArrayBuffer>;
}

/** The tensors of a part of a product. */
interface Part {
  readonly session: Deno.PointerValue;
  readonly inputs: PointerList;
  readonly inputCount: bigint;
  readonly output: PointerList;
  readonly tensors: readonly Deno.PointerValue[];
}

/** The parts of a product that begin with a unit, by their number of units. Numbers as keys: a text would be allocated in every step. */
type Parts = Map<number, Map<number, Part>>;

/** At most this many parts that begin with a unit are kept: those of the batches of a training. */
const MOST_PARTS = 8;

/** Products by sessions. */
export interface SessionProducts {
  readonly makeProduct: MakeProduct;
  /** Frees the tensors. */
  release(): void;
}

/** Prepares products on a memory; small ones are left to `kernels`. */
export function sessionProducts(
  api: Api,
  sessions: ProductSessions,
  buffer: ArrayBuffer,
  kernels: MakeProduct,
): SessionProducts {
  const names = pointerListOf(["a", "b", "c"]), outputName = pointerListOf(["y"]);
  const all: Parts[] = [];
  const clear = (parts: Map<number, Part>) => {
    for (const { tensors } of parts.values()) tensors.forEach((tensor) => api.functions.releaseValue(tensor));
    parts.clear();
  };
  const tensorOf = (
    operand: ProductOperand,
    first: number,
    count: number,
    rows = extent(operand.rows, count),
  ) => {
    const address = operand.address + first * stepOf(operand), columns = extent(operand.columns, count);
    const view = new Float32Array(buffer, address, rows * columns);
    return createTensor(api, view, [rows, columns], "a matrix of a product");
  };
  const partOf = (product: Product, first: number, count: number, adds: boolean): Part => {
    const { a, b, c, bias, transposeA, transposeB } = product, y = tensorOf(c, first, count);
    const row = bias === undefined || adds
      ? undefined
      : tensorOf({ ...c, address: bias, moves: false }, 0, count, 1);
    const third = adds ? [y] : row === undefined ? [] : [row];
    const operands = [tensorOf(a, first, count), tensorOf(b, first, count)], inputs = [...operands, ...third];
    const session = sessions[formOf(transposeA, transposeB, third.length > 0)];
    return {
      session: Deno.UnsafePointer.create(session),
      inputs: pointerList(inputs),
      inputCount: BigInt(inputs.length),
      output: pointerList([y]),
      tensors: [...operands, y, ...(row === undefined ? [] : [row])],
    };
  };
  function makeProduct(product: Product): ReturnType<MakeProduct> {
    if (operationsOf(product) < SMALL) return kernels(product);
    const first: Parts = new Map(), added: Parts = new Map();
    all.push(first, added);
    return (unit, count, adds) => {
      const parts = adds ? added : first;
      let known = parts.get(unit);
      if (known === undefined) parts.set(unit, known = new Map());
      let part = known.get(count);
      if (part === undefined) {
        if (known.size === MOST_PARTS) clear(known);
        known.set(count, part = partOf(product, unit, count, adds));
      }
      const status = api.functions.run(
        part.session,
        null,
        names.pointer,
        part.inputs.pointer,
        part.inputCount,
        outputName.pointer,
        1n,
        part.output.pointer,
      );
      if (status !== null) api.check(status, `multiply matrices for ${count} of a batch`);
    };
  }
  return { makeProduct, release: () => all.splice(0).forEach((parts) => parts.forEach(clear)) };
}

/** Operations of the largest part. */
function operationsOf({ a, c, transposeA, most }: Product): number {
  return 2 * extent(c.rows, most) * extent(c.columns, most) * extent(transposeA ? a.rows : a.columns, most);
}

function pointerListOf(names: readonly string[]): PointerList {
  const texts = names.map(cText);
  return pointerList(texts.map((text) => Deno.UnsafePointer.of(text)), texts);
}
