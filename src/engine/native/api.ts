/**
 * ONNX Runtime's C API: the functions that are needed, by their places in its table. Places never change; new ones are added at the end.
 *
 * Table and meanings: `onnxruntime_c_api.h` of https://github.com/microsoft/onnxruntime (`struct OrtApi`).
 *
 * @module
 */
import { RunError, UsageError } from "../../core/errors.ts";
import { type OpenLibrary, VERSION } from "./library.ts";

/** The requested version of the table: old enough that later libraries have it, too. */
const API_VERSION = 17;

/** ONNX Runtime logs nothing to the terminal; errors come as a status. */
const LOG_FATAL = 4;

/** A function of the table. All but the releases return a status: null, or the error. */
function calls<const Parameters extends readonly Deno.NativeType[]>(slot: number, parameters: Parameters) {
  return { slot, definition: { parameters, result: "pointer" } } as const;
}

function releases(slot: number) {
  return { slot, definition: { parameters: ["pointer"], result: "void" } } as const;
}

const TABLE = {
  getErrorMessage: calls(2, ["pointer"]),
  createEnv: calls(3, ["i32", "buffer", "buffer"]),
  disableTelemetryEvents: calls(6, ["pointer"]),
  createSessionFromArray: calls(8, ["pointer", "buffer", "usize", "pointer", "buffer"]),
  run: calls(9, ["pointer", "pointer", "pointer", "pointer", "usize", "pointer", "usize", "pointer"]),
  createSessionOptions: calls(10, ["buffer"]),
  setGraphOptimizationLevel: calls(23, ["pointer", "i32"]),
  setIntraOpThreads: calls(24, ["pointer", "i32"]),
  setInterOpThreads: calls(25, ["pointer", "i32"]),
  createTensorWithData: calls(49, ["pointer", "pointer", "usize", "buffer", "usize", "i32", "buffer"]),
  createCpuMemoryInfo: calls(69, ["i32", "i32", "buffer"]),
  addSessionConfigEntry: calls(130, ["pointer", "buffer", "buffer"]),
  releaseStatus: releases(93),
  releaseSession: releases(95),
  releaseValue: releases(96),
  releaseSessionOptions: releases(100),
} as const;

type Functions = {
  readonly [Name in keyof typeof TABLE]: Deno.UnsafeFnPointer<typeof TABLE[Name]["definition"]>["call"];
};

/** The addresses of the functions and of what all sessions of a process share, so that another thread can use them. */
export interface ApiAddresses {
  readonly table: bigint;
  readonly environment: bigint;
  readonly memory: bigint;
}

/** The functions, and what all sessions of a process share. */
export interface Api {
  readonly addresses: ApiAddresses;
  readonly functions: Functions;
  /** ONNX Runtime's environment. */
  readonly environment: Deno.PointerValue;
  /** The description of the processor's memory. */
  readonly memory: Deno.PointerValue;
  /** Throws the error of a status, if it has one. `what` completes "Cannot ...". */
  check(status: Deno.PointerValue, what: string): void;
}

/** Finds the functions in a library, and starts ONNX Runtime. */
export function connect(library: OpenLibrary): Api {
  const table = tableOf(library), functions = functionsOf(table), check = checkBy(functions);
  const environment = created(
    (out) => functions.createEnv(LOG_FATAL, cText("hourglass"), out),
    (status) => check(status, "start ONNX Runtime"),
  );
  check(functions.disableTelemetryEvents(environment), "switch telemetry off");
  const memory = created(
    (out) => functions.createCpuMemoryInfo(1, 0, out),
    (status) => check(status, "describe the memory"),
  );
  const [at, of, where] = [table, environment, memory].map((pointer) => Deno.UnsafePointer.value(pointer));
  return { addresses: { table: at, environment: of, memory: where }, functions, environment, memory, check };
}

/** Connects another thread of a process that is already connected. */
export function connectAt(addresses: ApiAddresses): Api {
  const pointer = (address: bigint) => Deno.UnsafePointer.create(address);
  const functions = functionsOf(present(pointer(addresses.table), "GetApi"));
  return {
    addresses,
    functions,
    environment: pointer(addresses.environment),
    memory: pointer(addresses.memory),
    check: checkBy(functions),
  };
}

function checkBy(functions: Functions): Api["check"] {
  return (status, what) => {
    if (status === null) return;
    const message = textAt(functions.getErrorMessage(status));
    functions.releaseStatus(status);
    throw new RunError(`Cannot ${what}: ONNX Runtime reports "${message.trim()}"`);
  };
}

function tableOf(library: OpenLibrary): Deno.PointerObject {
  const base = new Deno.UnsafePointerView(present(library.base(), "OrtGetApiBase"));
  const getVersion = new Deno.UnsafeFnPointer(present(base.getPointer(8), "GetVersionString"), {
    parameters: [],
    result: "pointer",
  });
  checkVersion(textAt(getVersion.call()));
  const getApi = new Deno.UnsafeFnPointer(present(base.getPointer(0), "GetApi"), {
    parameters: ["u32"],
    result: "pointer",
  });
  return present(getApi.call(API_VERSION), "GetApi");
}

function functionsOf(address: Deno.PointerObject): Functions {
  const table = new Deno.UnsafePointerView(address);
  const bound = Object.entries(TABLE).map(([name, { slot, definition }]) => {
    const pointer = new Deno.UnsafeFnPointer(present(table.getPointer(8 * slot), name), definition);
    return [name, (...values: never[]) => pointer.call(...values as Parameters<typeof pointer.call>)];
  });
  return Object.fromEntries(bound) as unknown as Functions;
}

/** The layout of the table is known for one version only. */
export function checkVersion(version: string): void {
  if (version === VERSION) return;
  throw new UsageError(
    `the native engine needs ONNX Runtime ${VERSION}, got ${version} (use the wasm engine)`,
  );
}

function present<Kind>(pointer: Deno.PointerValue, what: string): Deno.PointerObject<Kind> {
  if (pointer !== null) return pointer as Deno.PointerObject<Kind>;
  throw new UsageError(
    `the native engine needs ${what} of ONNX Runtime, got null (use the wasm engine)`,
  );
}

/** Calls a function that writes the address of the object it creates. */
export function created(
  make: (out: BigUint64Array<ArrayBuffer>) => Deno.PointerValue,
  check: (status: Deno.PointerValue) => void,
): Deno.PointerValue {
  const out = new BigUint64Array(new ArrayBuffer(8));
  check(make(out));
  return Deno.UnsafePointer.create(out[0]);
}

/** A zero-terminated string in a buffer of its own: the garbage collector may move small arrays without one. */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(`${text}\0`), fixed = new Uint8Array(new ArrayBuffer(bytes.length));
  fixed.set(bytes);
  return fixed;
}

function textAt(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer as Deno.PointerObject);
}
