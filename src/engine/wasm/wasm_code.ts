/**
 * WebAssembly code as bytes: as much of the binary format (WebAssembly core specification, section 5) as functions need that work on vectors
 * of four singles.
 *
 * @module
 */

/** Instructions, or parts of a module. */
export type Code = readonly number[];

/** The types of values. */
export const TYPE = { i32: 0x7f, v128: 0x7b } as const;

/** An unsigned integer, seven bits to a byte (LEB128). */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [value % 128 + 128, ...unsigned(Math.floor(value / 128))];
}

/** A signed integer of 32 bits (LEB128). */
function signed(value: number): Code {
  const low = value & 127, rest = value >> 7;
  const ends = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
  return ends ? [low] : [low | 128, ...signed(rest)];
}

function single(value: number): Code {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

function vector(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

/** The instructions of a stack machine: each takes its operands from the stack. */
export const CODE = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  call: (index: number): Code => [0x10, ...unsigned(index)],
  /** A block; 1 leaves the block around it. */
  block: (...inner: readonly Code[]): Code => [0x02, 0x40, ...inner.flat(), 0x0b],
  /** A block that 0 repeats. */
  loop: (...inner: readonly Code[]): Code => [0x03, 0x40, ...inner.flat(), 0x0b],
  /** Runs `inner` if an integer is not 0. */
  when: (...inner: readonly Code[]): Code => [0x04, 0x40, ...inner.flat(), 0x0b],
  branch: (depth: number): Code => [0x0c, depth],
  branchIf: (depth: number): Code => [0x0d, depth],
  integer: (value: number): Code => [0x41, ...signed(value | 0)],
  addIntegers: [0x6a] as Code,
  andIntegers: [0x71] as Code,
  shiftLeft: [0x74] as Code,
  atLeast: [0x4f] as Code,
  /** Four numbers from an address plus `offset`, wherever it lies; or one, four times. */
  load: (offset: number): Code => [...vector(0x00), 0, ...unsigned(offset)],
  loadOne: (offset: number): Code => [...vector(0x09), 0, ...unsigned(offset)],
  store: (offset: number): Code => [...vector(0x0b), 0, ...unsigned(offset)],
  /** A number, four times. */
  number: (value: number): Code => [0x43, ...single(value), ...vector(0x13)],
  sqrt: vector(0xe3),
  add: vector(0xe4),
  subtract: vector(0xe5),
  multiply: vector(0xe6),
  divide: vector(0xe7),
  /** Of a and b, that which is less (or more); a where one is not a number. */
  leastOf: vector(0xea),
  mostOf: vector(0xeb),
  /** `a b + c`, rounded once where the processor can. */
  multiplyAdd: vector(0x105),
  /** All bits set where a > b, else none. */
  greater: vector(0x44),
  and: vector(0x4e),
  /** From a, b and bits: those of a where they are set, else those of b. */
  select: vector(0x52),
} as const;

/** A function's parameters and results. */
export interface Signature {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** A module with one function, exported as "run", that works on an imported memory. */
export interface ModuleSource {
  /** Whether the memory is shared between threads. */
  readonly isShared: boolean;
  /** Functions that it imports from "env"; the place in the list is the index of the function. */
  readonly imports: readonly (Signature & { readonly name: string })[];
  readonly signature: Signature;
  /** The types of its locals behind the parameters. */
  readonly locals: readonly number[];
  readonly body: Code;
}

/** The bytes of a module. */
export function moduleOf(
  { isShared, imports, signature, locals, body }: ModuleSource,
): Uint8Array<ArrayBuffer> {
  const memory = [
    ...text("env"),
    ...text("memory"),
    0x02,
    ...(isShared ? [0x03, 0, ...unsigned(65536)] : [0, 0]),
  ];
  const functions = imports.map(({ name }, at) => [...text("env"), ...text(name), 0x00, ...unsigned(at)]);
  const code = [...list(locals.map((type) => [1, type])), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [...imports, signature].map(typeOf)),
    ...section(2, [memory, ...functions]),
    ...section(3, [unsigned(imports.length)]),
    ...section(7, [[...text("run"), 0x00, ...unsigned(imports.length)]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

function typeOf({ parameters, results }: Signature): Code {
  return [0x60, ...list(parameters.map((type) => [type])), ...list(results.map((type) => [type]))];
}

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return list([...new TextEncoder().encode(name)].map((byte) => [byte]));
}
