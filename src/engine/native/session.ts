/**
 * A session of ONNX Runtime: one graph ready to run, and its tensors. Tensors are views of the program's memory, which the session
 * reads and writes directly.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { type Api, created, cText } from "./api.ts";
import { type PointerList, pointerList, type Port, tensorCache } from "./tensors.ts";

const ALL_OPTIMIZATIONS = 99;

/** A graph that can be run. */
export interface Session {
  /** Runs for `rows` rows of the memory, from row `first` on (default 0), read and written in place. */
  run(rows: number, first?: number): void;
  /** Its address, for another thread that runs it, too. */
  readonly address: bigint;
  /** Frees its resources; it cannot run any more. */
  release(): void;
}

/** What a session reads and writes. */
export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** What a session runs on. */
export interface SessionOptions extends Ports {
  readonly threads: number;
  /** Whether its threads sleep at the end of a run instead of spinning for the next one. @default {false} */
  readonly stopsSpinning?: boolean;
}

/** Makes a session of an ONNX file. */
export function openSession(
  api: Api,
  model: Uint8Array<ArrayBuffer>,
  { threads, stopsSpinning = false, ...ports }: SessionOptions,
): Session {
  const session = createSession(api, model, threads, stopsSpinning);
  const opened = joinSession(api, session, ports);
  let isOpen = true;
  return {
    ...opened,
    release() {
      if (!isOpen) return;
      isOpen = false;
      opened.release();
      api.functions.releaseSession(session);
    },
  };
}

/** Joins an existing session with tensors of its own, so that another thread can run it. `release()` frees the tensors alone. */
export function joinSession(api: Api, session: Deno.PointerValue, { inputs, outputs }: Ports): Session {
  const inputNames = namesOf(inputs), outputNames = namesOf(outputs);
  const inputCount = BigInt(inputs.length), outputCount = BigInt(outputs.length);
  const inputTensors = tensorCache(api, inputs), outputTensors = tensorCache(api, outputs);
  let isOpen = true;
  return {
    address: Deno.UnsafePointer.value(session),
    run(rows, first = 0) {
      if (!isOpen) throw new RunError("run() needs a program that is not disposed");
      const status = api.functions.run(
        session,
        null,
        inputNames.pointer,
        inputTensors.of(rows, first),
        inputCount,
        outputNames.pointer,
        outputCount,
        outputTensors.of(rows, first),
      );
      if (status !== null) api.check(status, `run a graph for ${rows} rows`);
    },
    release() {
      isOpen = false;
      [inputTensors, outputTensors].forEach((cache) => cache.release());
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
    (status) => check(status, "create session options"),
  );
  try {
    check(functions.setGraphOptimizationLevel(options, ALL_OPTIMIZATIONS), "set the optimization level");
    check(functions.setIntraOpThreads(options, threads), `set ${threads} threads`);
    check(functions.setInterOpThreads(options, 1), "set one thread between operations");
    if (stopsSpinning) {
      const [key, value] = ["session.force_spinning_stop", "1"].map(cText);
      check(functions.addSessionConfigEntry(options, key, value), "let threads sleep between runs");
    }
    return created(
      (out) => functions.createSessionFromArray(api.environment, model, BigInt(model.length), options, out),
      (status) => check(status, "create a session for a graph"),
    );
  } finally {
    functions.releaseSessionOptions(options);
  }
}

function namesOf(ports: readonly Port[]): PointerList {
  const texts = ports.map(({ name }) => cText(name));
  return pointerList(texts.map((text) => Deno.UnsafePointer.of(text)), texts);
}
