/** Counts the bytes written to a terminal. @module */
import { Buffer } from "node:buffer";
import type { WriteStream } from "node:tty";

/** A stream with a byte counter. */
export interface Meter {
  readonly stream: WriteStream;
  /** Bytes so far. */
  bytes(): number;
}

/** Wraps a stream to count the bytes written to it. */
export function meter(target: WriteStream): Meter {
  let bytes = 0;
  const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    return Reflect.apply(target.write, target, [chunk, ...rest]);
  };
  const stream = new Proxy(target, {
    get(_, key) {
      if (key === "write") return write;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { stream, bytes: () => bytes };
}
