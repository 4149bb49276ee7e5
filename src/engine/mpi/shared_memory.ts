/**
 * Memory that all ranks see, where they are processes of one machine with Linux.
 *
 * It is an anonymous file (`memfd_create`) of rank 0, which the others open through `/proc`: it has no name that could be left behind, its size
 * is not limited by that of `/dev/shm`, and it is freed with the last process that maps it.
 *
 * @module
 */
import type { Communicator } from "./communicator.ts";
import { cText } from "./library.ts";

/** Memory of all ranks. Places are counted in bytes from its first on. */
export interface SharedMemory {
  /** A view of numbers, until the memory is closed. */
  floats(at: number, length: number): Float32Array;
  /** A view of integers, until the memory is closed. */
  integers(at: number, length: number): Int32Array;
  /** Where ranks sleep until an integer changes. */
  sleeper(at: number): Sleeper;
  /**
   * Moves numbers, which have whole pages, to the memory from `at` on: their view stays, and all ranks see them. Returns the call that moves
   * them back; `undefined` where they cannot be moved.
   */
  move(numbers: Float32Array, at: number): (() => void) | undefined;
  /** Frees this rank's view of it. */
  close(): void;
}

/** Where ranks sleep until an integer changes: a futex. */
export interface Sleeper {
  /** Sleeps until another rank calls {@link wake}; not where the integer is not `value`. May return earlier. */
  sleep(value: number): void;
  /** Wakes all ranks that sleep. */
  wake(): void;
}

/** The functions of the C library: the Linux manual pages, section 2. */
const FUNCTIONS = {
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  getpagesize: { parameters: [], result: "i32" },
  mremap: { parameters: ["pointer", "usize", "usize", "i32", "pointer"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  /** Only as `futex(2)`, which has no function of its own. */
  syscall: { parameters: ["i64", "pointer", "i32", "u32", "pointer", "pointer", "u32"], result: "i64" },
} as const satisfies Deno.ForeignLibraryInterface;

type CLibrary = Deno.StaticForeignLibraryInterface<typeof FUNCTIONS>;

/** The number of the system call `futex`, by processor. */
const FUTEX: Readonly<Record<string, bigint>> = { x86_64: 202n, aarch64: 98n };

/** Constants of Linux. */
const FUTEX_WAIT = 0,
  FUTEX_WAKE = 1,
  MOST_WOKEN = 2 ** 31 - 1,
  CLOSE_ON_EXEC = 1,
  READ_WRITE = 2,
  PROT_READ_WRITE = 3,
  MAP_SHARED = 1,
  MAP_PRIVATE = 2,
  MAP_FIXED = 16,
  MAP_ANONYMOUS = 32,
  MREMAP_MAYMOVE = 1,
  MREMAP_FIXED = 2;

const MAP_FAILED = 2n ** 64n - 1n;

/** At most how many bytes the place of a file has. */
const PLACE_BYTES = 128;

/** Where other processes find a file of this one, and what its link says there: another process may have that number where they are. */
interface FilePlace {
  readonly path: string;
  readonly link: string;
}

/**
 * Memory of `bytes` bytes, all 0, that all ranks see; all call it. `undefined` on all ranks where one of them cannot have it: they are on several
 * machines, their system is not Linux, or one may not open the file of another.
 */
export function shareMemory(communicator: Communicator, bytes: number): SharedMemory | undefined {
  if (!communicator.isOneMachine) return undefined;
  const library = openLibrary(), isFirst = communicator.rank === 0;
  const created = library && isFirst ? createFile(library, bytes) : undefined;
  const place = broadcastPlace(communicator, created?.place);
  const file = created?.file ?? (library && place && openPlace(library, place));
  const address = library && file !== undefined ? map(library, file, bytes) : undefined;
  const isEverywhere = agree(communicator, address !== undefined);
  // All have opened it by now, and a mapping does not need it.
  if (library && file !== undefined) library.close(file);
  if (library === undefined || address === undefined) return undefined;
  const memory = memoryAt(library, address, bytes);
  if (isEverywhere) return memory;
  memory.close();
  return undefined;
}

/** The C library, where it is that of Linux on a processor whose system calls are known. */
function openLibrary(): CLibrary | undefined {
  if (Deno.build.os !== "linux" || !Object.hasOwn(FUTEX, Deno.build.arch)) return undefined;
  try {
    return Deno.dlopen("libc.so.6", FUNCTIONS).symbols;
  } catch {
    return undefined;
  }
}

/** A new file without a name; `undefined` where there is no memory for it. */
function createFile(library: CLibrary, bytes: number): { file: number; place: FilePlace } | undefined {
  const name = `hourglass-${crypto.randomUUID()}`, file = library.memfd_create(cText(name), CLOSE_ON_EXEC);
  if (file < 0) return undefined;
  if (library.ftruncate(file, BigInt(bytes)) === 0) {
    return { file, place: { path: `/proc/${Deno.pid}/fd/${file}`, link: `/memfd:${name} (deleted)` } };
  }
  library.close(file);
  return undefined;
}

/** The place of rank 0's file, on all ranks; `undefined` where it has none. */
function broadcastPlace(communicator: Communicator, own: FilePlace | undefined): FilePlace | undefined {
  const bytes = new Uint8Array(new ArrayBuffer(PLACE_BYTES));
  if (own !== undefined) new TextEncoder().encodeInto(`${own.path}\n${own.link}\n`, bytes);
  communicator.broadcast(bytes, 0);
  const [path, link] = new TextDecoder().decode(bytes).split("\n");
  return link === undefined ? undefined : { path, link };
}

/** Opens the file of another process; `undefined` where it cannot be opened, or is another one. */
function openPlace(library: CLibrary, { path, link }: FilePlace): number | undefined {
  const found = new Uint8Array(2 * PLACE_BYTES);
  const length = Number(library.readlink(cText(path), found, BigInt(found.length)));
  if (new TextDecoder().decode(found.subarray(0, Math.max(0, length))) !== link) return undefined;
  const file = library.open(cText(path), READ_WRITE);
  return file < 0 ? undefined : file;
}

/** The address at which a file is mapped; `undefined` where there is no room for it. */
function map(library: CLibrary, file: number, bytes: number): Deno.PointerObject | undefined {
  const address = library.mmap(null, BigInt(bytes), PROT_READ_WRITE, MAP_SHARED, file, 0n);
  return failed(address) ? undefined : address!;
}

/** Whether all ranks have what this one has. All ranks must call it; it returns when all have called it. */
export function agree(communicator: Communicator, own: boolean): boolean {
  const mine = new Uint8Array(new ArrayBuffer(1)), all = new Uint8Array(new ArrayBuffer(communicator.size));
  mine[0] = Number(own);
  communicator.gatherer(mine, all)();
  return all.every((each) => each === 1);
}

function memoryAt(library: CLibrary, address: Deno.PointerObject, bytes: number): SharedMemory {
  const at = (place: number) => Deno.UnsafePointer.offset(address, place);
  const buffer = (place: number, length: number) =>
    Deno.UnsafePointerView.getArrayBuffer(address, 4 * length, place);
  const futex = (integer: Deno.PointerValue, operation: number, value: number) =>
    library.syscall(FUTEX[Deno.build.arch], integer, operation, value, null, null, 0);
  return {
    floats: (place, length) => new Float32Array(buffer(place, length)),
    integers: (place, length) => new Int32Array(buffer(place, length)),
    sleeper(place) {
      const integer = at(place);
      return {
        sleep: (value) => void futex(integer, FUTEX_WAIT, value),
        wake: () => void futex(integer, FUTEX_WAKE, MOST_WOKEN),
      };
    },
    move: (numbers, place) => move(library, numbers, at(place)),
    close: () => void library.munmap(address, BigInt(bytes)),
  };
}

/** Puts the pages from `shared` on in the place of those of numbers, and gives the call that puts pages of this process there. */
function move(
  library: CLibrary,
  numbers: Float32Array,
  shared: Deno.PointerValue,
): (() => void) | undefined {
  const target = Deno.UnsafePointer.of(numbers as Float32Array<ArrayBuffer>);
  const bytes = BigInt(numbers.byteLength), page = BigInt(library.getpagesize());
  if (Deno.UnsafePointer.value(target) % page !== 0n) return undefined;
  const before = numbers.slice();
  const moveBack = () => {
    const last = numbers.slice();
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (!failed(library.mmap(target, bytes, PROT_READ_WRITE, flags, -1, 0n))) numbers.set(last);
  };
  // Of the length 0: from then on the pages are at both places.
  if (failed(library.mremap(shared, 0n, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, target))) return undefined;
  numbers.set(before);
  return moveBack;
}

/** Whether a call that maps pages has failed: its address is -1. */
function failed(address: Deno.PointerValue): boolean {
  return address === null || Deno.UnsafePointer.value(address) === MAP_FAILED;
}
