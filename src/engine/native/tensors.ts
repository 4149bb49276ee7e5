/**
 * The tensors of a session: views of the program's memory, cached for the last few parts of a batch.
 *
 * @module
 */
import { type Api, created } from "./api.ts";

const SINGLE = 1;

/** A named input or output in the program's memory. */
export interface Port {
  readonly name: string;
  /** The numbers; they must not move while the session lives. */
  readonly view: Float32Array<ArrayBuffer>;
  /** The dimensions; -k stands for k rows of each sample of a run. */
  readonly dimensions: readonly number[];
}

/** At most this many parts of a batch are cached; training has two: a full batch and the last one. */
const MOST_SETS = 4;

/** A part's cache key is one number. */
const MOST_ROWS = 2 ** 26;

/** The tensors of some ports, cached for the last few numbers of rows. */
export interface TensorCache {
  /** The address of a list of tensors for `rows` rows of the memory from row `first` on. */
  of(rows: number, first: number): Deno.PointerValue;
  release(): void;
}

/** Caches the tensors of some ports. */
export function tensorCache(api: Api, ports: readonly Port[]): TensorCache {
  const lists = new Map<number, PointerList & { readonly tensors: readonly Deno.PointerValue[] }>();
  const releaseAll = (tensors: readonly Deno.PointerValue[]) =>
    tensors.forEach((tensor) => api.functions.releaseValue(tensor));
  const add = (rows: number, first: number) => {
    const oldest = lists.size === MOST_SETS ? lists.keys().next().value : undefined;
    if (oldest !== undefined) {
      releaseAll(lists.get(oldest)!.tensors);
      lists.delete(oldest);
    }
    const tensors: Deno.PointerValue[] = [];
    try {
      for (const port of ports) tensors.push(tensor(api, port, rows, first));
    } catch (thrown) {
      releaseAll(tensors);
      throw thrown;
    }
    const list = { ...pointerList(tensors), tensors };
    lists.set(rows + MOST_ROWS * first, list);
    return list;
  };
  return {
    of: (rows, first) => (lists.get(rows + MOST_ROWS * first) ?? add(rows, first)).pointer,
    release() {
      lists.forEach(({ tensors }) => releaseAll(tensors));
      lists.clear();
    },
  };
}

function tensor(api: Api, { name, view, dimensions }: Port, rows: number, first: number): Deno.PointerValue {
  const sizes = dimensions.map((size) => size < 0 ? -size * rows : size);
  const count = sizes.reduce((product, size) => product * size, 1);
  // Only ports with a row per sample start at an offset.
  const start = dimensions[0] < 0 ? first * count / rows : 0;
  return createTensor(api, view.subarray(start), sizes, `"${name}"`);
}

/** A tensor of the numbers at the beginning of a view, which must not move while it lives; `what` completes "Cannot make a tensor of". */
export function createTensor(
  { functions, memory, check }: Api,
  view: Float32Array<ArrayBuffer>,
  sizes: readonly number[],
  what: string,
): Deno.PointerValue {
  const shape = BigInt64Array.from(sizes, BigInt), bytes = sizes.reduce((product, size) => product * size, 4);
  return created(
    (out) =>
      functions.createTensorWithData(
        memory,
        Deno.UnsafePointer.of(view),
        BigInt(bytes),
        shape,
        BigInt(shape.length),
        SINGLE,
        out,
      ),
    (status) => check(status, `make a tensor of ${what}`),
  );
}

/** An array of addresses as in C; `kept` holds what they point to as long as the list lives. */
export interface PointerList {
  readonly pointer: Deno.PointerValue;
  readonly kept: readonly unknown[];
}

/** Lists addresses. */
export function pointerList(
  pointers: readonly Deno.PointerValue[],
  kept: readonly unknown[] = [],
): PointerList {
  // The garbage collector may move small typed arrays, but not one with a buffer of its own.
  const list = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, pointers.length)));
  pointers.forEach((pointer, at) => list[at] = Deno.UnsafePointer.value(pointer));
  return { pointer: Deno.UnsafePointer.of(list), kept: [list, ...kept] };
}
