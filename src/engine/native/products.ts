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

/** Below this many operations the kernels are faster than a session's overhead. */
const SMALL = 3e5;

/** The place of a form among the sessions. */
function formOf(transposeA: boolean, transposeB: boolean, hasC: boolean): number {
  return (transposeA ? 4 : 0) + (transposeB ? 2 : 0) + (hasC ? 1 : 0);
}

let opened: ProductSessions | undefined;

/** The sessions, made once: products of operands as they are or transposed, alone or added to a third matrix. */
export function productSessions(api: Api): ProductSessions {
  return opened ??= openProductSessions(api);
}

function openProductSessions(api: Api): ProductSessions {
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

/** At most this many parts that begin with a unit are cached: those of the batches of a training. */
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
  const partOf = partMaker(api, sessions, buffer), caches: PartCache[] = [];
  const cached = (product: Product, adds: boolean) => {
    const cache = partCache(api, (first, count) => partOf(product, first, count, adds));
    caches.push(cache);
    return cache;
  };
  const run = ({ session, inputs, inputCount, output }: Part, count: number) => {
    const status = api.functions.run(
      session,
      null,
      names.pointer,
      inputs.pointer,
      inputCount,
      outputName.pointer,
      1n,
      output.pointer,
    );
    if (status !== null) api.check(status, `multiply matrices for ${count} of a batch`);
  };
  function makeProduct(product: Product): ReturnType<MakeProduct> {
    if (operationsOf(product) < SMALL) return kernels(product);
    const alone = cached(product, false), added = cached(product, true);
    return (first, count, adds) => run((adds ? added : alone).of(first, count), count);
  }
  return { makeProduct, release: () => caches.splice(0).forEach((cache) => cache.release()) };
}

/** Makes parts of products of `count` units from unit `first` on: tensors that are views of the memory. */
function partMaker(api: Api, sessions: ProductSessions, buffer: ArrayBuffer) {
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
  return (product: Product, first: number, count: number, adds: boolean): Part => {
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
}

/** The parts of a product that have been run. */
interface PartCache {
  /** The part of `count` units from unit `first` on. */
  of(first: number, count: number): Part;
  /** Frees the tensors. */
  release(): void;
}

/** Makes each part when it is first run, and caches at most {@link MOST_PARTS} that begin with a unit. */
function partCache(api: Api, make: (first: number, count: number) => Part): PartCache {
  // By the first unit, then by their number. Numbers as keys: a text would be allocated in every step.
  const parts = new Map<number, Map<number, Part>>();
  const clear = (some: Map<number, Part>) => {
    for (const { tensors } of some.values()) tensors.forEach((tensor) => api.functions.releaseValue(tensor));
    some.clear();
  };
  return {
    of(first, count) {
      let known = parts.get(first);
      if (known === undefined) parts.set(first, known = new Map());
      let part = known.get(count);
      if (part === undefined) {
        if (known.size === MOST_PARTS) clear(known);
        known.set(count, part = make(first, count));
      }
      return part;
    },
    release: () => parts.forEach(clear),
  };
}

/** Operations of the largest part. */
function operationsOf({ a, c, transposeA, most }: Product): number {
  return 2 * extent(c.rows, most) * extent(c.columns, most) * extent(transposeA ? a.rows : a.columns, most);
}

function pointerListOf(names: readonly string[]): PointerList {
  const texts = names.map(cText);
  return pointerList(texts.map((text) => Deno.UnsafePointer.of(text)), texts);
}
