/**
 * A session of ONNX Runtime: one graph made ready to run, and the tensors that it runs on. Tensors are views of memory that is not its
 * own; it reads and writes there directly.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { type Api, created, cText } from "./api.ts";

const ALL_OPTIMIZATIONS = 99;
const SINGLE = 1;

/** A named piece of memory that goes in or out. */
export interface Port {
  readonly name: string;
  /** The numbers; they must stay where they are as long as the session lives. */
  readonly view: Float32Array<ArrayBuffer>;
  /** The dimensions; -1 stands for the rows of a run. */
  readonly dimensions: readonly number[];
}

/** A graph that can be run. */
export interface Session {
  /** Runs for a number of rows; the memory is read and written in place. */
  run(rows: number): void;
  /** Frees all that ONNX Runtime holds for it; it cannot run any more. */
  release(): void;
}

/** The most row counts whose tensors are kept; training has two, a full batch and a last one. */
const MOST_SETS = 4;

/** Makes a session of an ONNX file. */
export function openSession(
  api: Api,
  model: Uint8Array<ArrayBuffer>,
  { inputs, outputs, threads }: { inputs: readonly Port[]; outputs: readonly Port[]; threads: number },
): Session {
  let session = createSession(api, model, threads);
  const inputNames = namesOf(inputs), outputNames = namesOf(outputs);
  const inputCount = BigInt(inputs.length), outputCount = BigInt(outputs.length);
  const sets = new Map<number, TensorSet>();
  const tensorsFor = (rows: number): TensorSet => {
    let set = sets.get(rows);
    if (set !== undefined) return set;
    if (sets.size === MOST_SETS) {
      const [oldest] = sets.keys();
      sets.get(oldest)!.release();
      sets.delete(oldest);
    }
    set = { inputs: tensors(api, inputs, rows), outputs: tensors(api, outputs, rows), release };
    sets.set(rows, set);
    return set;
    function release(this: TensorSet) {
      this.inputs.release();
      this.outputs.release();
    }
  };
  return {
    run(rows) {
      if (session === null) throw new RunError("Cannot run as the program must not be disposed of");
      const set = tensorsFor(rows);
      const status = api.functions.run(
        session,
        null,
        inputNames.pointer,
        set.inputs.list.pointer,
        inputCount,
        outputNames.pointer,
        outputCount,
        set.outputs.list.pointer,
      );
      if (status !== null) api.check(status, `run a graph for ${rows} rows`);
    },
    release() {
      if (session === null) return;
      for (const set of sets.values()) set.release();
      sets.clear();
      api.functions.releaseSession(session);
      session = null;
    },
  };
}

function createSession(api: Api, model: Uint8Array<ArrayBuffer>, threads: number): Deno.PointerValue {
  const { functions, check } = api;
  const options = created(
    (out) => functions.createSessionOptions(out),
    (status) => check(status, "make options of a session"),
  );
  try {
    check(functions.setGraphOptimizationLevel(options, ALL_OPTIMIZATIONS), "set the level of optimization");
    check(functions.setIntraOpThreads(options, threads), `set ${threads} threads`);
    check(functions.setInterOpThreads(options, 1), "set one thread between operations");
    return created(
      (out) => functions.createSessionFromArray(api.environment, model, BigInt(model.length), options, out),
      (status) => check(status, "make a session of a graph"),
    );
  } finally {
    functions.releaseSessionOptions(options);
  }
}

/** The tensors of a number of rows. */
interface TensorSet {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  release(): void;
}

interface Tensors {
  readonly list: PointerList;
  release(): void;
}

function tensors(api: Api, ports: readonly Port[], rows: number): Tensors {
  const made: Deno.PointerValue[] = [];
  const release = () => made.splice(0).forEach((tensor) => api.functions.releaseValue(tensor));
  try {
    for (const port of ports) made.push(tensor(api, port, rows));
  } catch (thrown) {
    release();
    throw thrown;
  }
  return { list: pointerList(made), release };
}

function tensor(
  { functions, memory, check }: Api,
  { name, view, dimensions }: Port,
  rows: number,
): Deno.PointerValue {
  const sizes = dimensions.map((size) => size < 0 ? rows : size);
  const shape = BigInt64Array.from(sizes, BigInt);
  const bytes = sizes.reduce((product, size) => product * size, 4);
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
    (status) => check(status, `make a tensor of "${name}"`),
  );
}

/** Addresses one after the other, as C wants them; what they point to is kept for as long as the list. */
interface PointerList {
  readonly pointer: Deno.PointerValue;
  readonly kept: readonly unknown[];
}

function pointerList(pointers: readonly Deno.PointerValue[], kept: readonly unknown[] = []): PointerList {
  // Small typed arrays may be moved by the garbage collector; a buffer of one's own is not.
  const list = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, pointers.length)));
  pointers.forEach((pointer, at) => list[at] = Deno.UnsafePointer.value(pointer));
  return { pointer: Deno.UnsafePointer.of(list), kept: [list, ...kept] };
}

function namesOf(ports: readonly Port[]): PointerList {
  const texts = ports.map(({ name }) => cText(name));
  return pointerList(texts.map((text) => Deno.UnsafePointer.of(text)), texts);
}
