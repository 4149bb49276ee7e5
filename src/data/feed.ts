/**
 * Loads samples into the memory from which a program gathers them: all at once, or in parts from a file that is larger than the memory.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { PLAIN_SCALE, type Scale } from "../core/scale.ts";
import {
  asBytes,
  bytesOfKind,
  type SampleShape,
  sampleSize,
  type SampleValues,
  type ValueKind,
} from "../core/shape.ts";
import { kindOfSamples, type SampleFile, type Samples, type Split } from "./dataset.ts";

/** The memory of a program for its samples, and for their targets. */
export interface SampleMemory {
  readonly samples: SampleValues;
  /** Empty where samples have no targets of their own. */
  readonly targets: SampleValues;
}

/** Fills the sample memory of a program. */
export interface SampleFeed {
  /**
   * Loads samples `first` to `first + count - 1`. Sample s shows sample `s mod count` of its split and has place `s mod places` of the
   * memory, from which a program's `gather` reads it.
   *
   * @throws {RunError} When the file has changed since it was opened.
   */
  load(first: number, count: number): void;
  /** Closes the file. */
  close(): void;
}

/** How many samples a program's memory should hold: all, at most `most`, or as many as the memory for a file allows. */
export function bufferCapacity({ count, file, targets }: Split, most = Infinity): number {
  return Math.min(count, most, file?.block ?? Infinity, targets?.file?.block ?? Infinity);
}

/** How many samples of a shape fit into a number of bytes; at least one. */
export function samplesInMemory(memory: number, shape: SampleShape, kind: ValueKind): number {
  return Math.max(1, Math.floor(memory / (sampleSize(shape) * bytesOfKind(kind))));
}

/** The room that a program needs to gather samples of a split, at most `most` at a time: the option `samples` of an engine. */
export function sampleOptions(split: Split, size: number, most = Infinity): {
  readonly capacity: number;
  readonly size: number;
  readonly kind: ValueKind;
  readonly targets?: ValueKind;
  readonly scale?: { readonly shift: readonly number[]; readonly divisor: readonly number[] };
} {
  const { targets } = split;
  return {
    capacity: bufferCapacity(split, most),
    size,
    kind: kindOfSamples(split),
    targets: targets && kindOfSamples(targets),
    scale: engineScale(split),
  };
}

/** What an engine needs of a split's scale; `undefined` where its default for the kind of values is the same. */
function engineScale(split: Split): Scale | undefined {
  const { scale, targets } = split, kind = kindOfSamples(split);
  if (scale === undefined || (scale === PLAIN_SCALE && kind === "floats")) return undefined;
  // Targets of another kind have another default.
  const isUniform = targets === undefined || kindOfSamples(targets) === kind;
  return scale.spec.kind === "bytes" && kind === "bytes" && isUniform ? undefined : scale;
}

/** Connects a split to the memory of a program, which was compiled with {@link sampleOptions}. */
export function feedSamples(split: Split, size: number, memory: SampleMemory): SampleFeed {
  const parts = [connect(split, split.count, size, memory.samples)];
  if (split.targets !== undefined) parts.push(connect(split.targets, split.count, size, memory.targets));
  return {
    load(first, count) {
      for (const part of parts) part.load(first, count);
    },
    close() {
      for (const part of parts) part.close();
    },
  };
}

function connect(samples: Samples, all: number, size: number, memory: SampleValues): SampleFeed {
  const places = memory.length / size;
  const { read, close } = openSamples(samples, size);
  if (places === all) {
    read(0, memory);
    return { load() {}, close };
  }
  return {
    close,
    load(first, count) {
      if (count > places) {
        throw new RangeError(
          `load() must get at most ${places} samples at a time, got ${count}`,
        );
      }
      for (let done = 0; done < count;) {
        const sample = first + done, position = sample % all, place = sample % places;
        // Up to the end of the split or of the memory, where each wraps around.
        const length = Math.min(count - done, all - position, places - place);
        read(position, memory.subarray(place * size, (place + length) * size));
        done += length;
      }
    },
  };
}

/** Reads samples `from`, from + 1, ... in memory or from their file, until `target` is full; values are as they are stored. */
export function readSamples(samples: Samples, size: number, from: number, target: SampleValues): void {
  const { read, close } = openSamples(samples, size);
  try {
    read(from, target);
  } finally {
    close();
  }
}

/** Reads ranges of samples until it is closed. */
interface SampleReader {
  read(from: number, target: SampleValues): void;
  close(): void;
}

function openSamples({ values, file }: Samples, size: number): SampleReader {
  if (file !== undefined) return openSampleFile(file, size);
  return {
    read: (from, target) => target.set(values.subarray(from * size, from * size + target.length)),
    close() {},
  };
}

/** A file of raw values, opened for reading. */
function openSampleFile(
  { path, kind, start, size: fileSize, modified }: SampleFile,
  size: number,
): SampleReader {
  const file = Deno.openSync(path), sampleBytes = size * bytesOfKind(kind);
  const changed = (what: string) =>
    new RunError(
      `"${path}" must not change while it is read, got ${what} (run again when nothing writes to it)`,
    );
  return {
    read(from, values) {
      const target = asBytes(values), now = file.statSync();
      if (now.size !== fileSize) throw changed(`${now.size} bytes instead of ${fileSize}`);
      if (now.mtime?.getTime() !== modified) throw changed("a new modification time");
      file.seekSync(start + from * sampleBytes, Deno.SeekMode.Start);
      for (let done = 0; done < target.length;) {
        const read = file.readSync(target.subarray(done));
        if (read === null) throw changed("an early end of the file");
        done += read;
      }
    },
    close: () => file.close(),
  };
}
