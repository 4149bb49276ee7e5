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

/** What a session runs on. */
export interface SessionOptions {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly threads: number;
  /** Whether its threads let go of their cores at the end of a run, and do not look out for the next one. @default {false} */
  readonly stopsSpinning?: boolean;
}

/** Makes a session of an ONNX file. */
export function openSession(
  api: Api,
  model: Uint8Array<ArrayBuffer>,
  { inputs, outputs, threads, stopsSpinning = false }: SessionOptions,
): Session {
  let session = createSession(api, model, threads, stopsSpinning);
  const inputNames = namesOf(inputs), outputNames = namesOf(outputs);
  const inputCount = BigInt(inputs.length), outputCount = BigInt(outputs.length);
  const inputTensors = tensorCache(api, inputs), outputTensors = tensorCache(api, outputs);
  return {
    run(rows) {
      if (session === null) throw new RunError("Cannot run as the program must not be disposed of");
      const status = api.functions.run(
        session,
        null,
        inputNames.pointer,
        inputTensors.of(rows),
        inputCount,
        outputNames.pointer,
        outputCount,
        outputTensors.of(rows),
      );
      if (status !== null) api.check(status, `run a graph for ${rows} rows`);
    },
    release() {
      if (session === null) return;
      [inputTensors, outputTensors].forEach((cache) => cache.release());
      api.functions.releaseSession(session);
      session = null;
    },
  };
}

function createSession(
  api: Api,
  model: Uint8Array<ArrayBuffer>,
  threads: number,
  stopsSpinning: boolean,
): Deno.PointerValue {
  const { functions, check } = api;
  const options = created(
    (out) => functions.createSessionOptions(out),
    (status) => check(status, "make options of a session"),
  );
  try {
    check(functions.setGraphOptimizationLevel(options, ALL_OPTIMIZATIONS), "set the level of optimization");
    check(functions.setIntraOpThreads(options, threads), `set ${threads} threads`);
    check(functions.setInterOpThreads(options, 1), "set one thread between operations");
    if (stopsSpinning) {
      const [key, value] = ["session.force_spinning_stop", "1"].map(cText);
      check(functions.addSessionConfigEntry(options, key, value), "let threads rest between runs");
    }
    return created(
      (out) => functions.createSessionFromArray(api.environment, model, BigInt(model.length), options, out),
      (status) => check(status, "make a session of a graph"),
    );
  } finally {
    functions.releaseSessionOptions(options);
  }
}

/** The tensors of some ports, kept for the last few numbers of rows. */
interface TensorCache {
  /** The address of a list of tensors. */
  of(rows: number): Deno.PointerValue;
  release(): void;
}

function tensorCache(api: Api, ports: readonly Port[]): TensorCache {
  const lists = new Map<number, PointerList & { readonly tensors: readonly Deno.PointerValue[] }>();
  const releaseAll = (tensors: readonly Deno.PointerValue[]) =>
    tensors.forEach((tensor) => api.functions.releaseValue(tensor));
  const add = (rows: number) => {
    const oldest = lists.size === MOST_SETS ? lists.keys().next().value : undefined;
    if (oldest !== undefined) {
      releaseAll(lists.get(oldest)!.tensors);
      lists.delete(oldest);
    }
    const tensors: Deno.PointerValue[] = [];
    try {
      for (const port of ports) tensors.push(tensor(api, port, rows));
    } catch (thrown) {
      releaseAll(tensors);
      throw thrown;
    }
    const list = { ...pointerList(tensors), tensors };
    lists.set(rows, list);
    return list;
  };
  return {
    of: (rows) => (lists.get(rows) ?? add(rows)).pointer,
    release() {
      lists.forEach(({ tensors }) => releaseAll(tensors));
      lists.clear();
    },
  };
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
