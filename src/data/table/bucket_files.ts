// n = rows, F = features; values [n, F] are row-major.

/**
 * Rows that do not fit in memory, in temporary files: each row goes into one of some buckets by its number, and a bucket is shuffled in
 * memory when it is read. So the rows come out in an order of chance, however the table was sorted.
 *
 * @module
 */
import { permutation } from "../../core/random.ts";
import { asBytes } from "../../core/shape.ts";
import { ROUNDS } from "../split.ts";

/** Floats that are collected before they are written. */
const BUFFER = 1 << 15;

/** A bucket of one split: its rows in a file, their labels and names in memory. */
interface Bucket {
  readonly labels: number[];
  readonly names: string[];
  count(): number;
  /** Adds a row, its values from `at` on. */
  add(values: Float32Array, at: number): void;
  /** All rows, in the order in which they were added. */
  read(): Float32Array<ArrayBuffer>;
  close(): void;
}

/** The rows of one split. */
export interface BucketSplit {
  /** Adds a row: its number in the table, its values from `at` on, and its label and name where the table has them. */
  add(
    row: number,
    values: Float32Array,
    at: number,
    label: number | undefined,
    name: string | undefined,
  ): void;
  count(): number;
  /** Visits the rows of all buckets, a bucket at a time, each shuffled: values [n, F], and the order of labels and names. */
  forEach(visit: (values: Float32Array) => void): { labels: number[]; names: string[] };
  /** Visits the rows without an order, a bucket at a time. */
  scan(visit: (values: Float32Array) => void): void;
  close(): void;
}

/** Starts an empty bucket whose rows have `size` values. */
function bucketAt(path: string, size: number): Bucket {
  const buffer = new Float32Array(Math.max(1, Math.floor(BUFFER / size)) * size);
  let filled = 0, count = 0, file: Deno.FsFile | undefined;
  function flush(): void {
    if (filled === 0) return;
    file ??= Deno.openSync(path, { write: true, createNew: true });
    const bytes = asBytes(buffer.subarray(0, filled));
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    filled = 0;
  }
  function close(): void {
    file?.close();
    file = undefined;
  }
  return {
    labels: [],
    names: [],
    count: () => count,
    add(values, at) {
      if (filled === buffer.length) flush();
      for (let feature = 0; feature < size; feature++) buffer[filled++] = values[at + feature];
      count++;
    },
    read() {
      flush();
      close();
      return count === 0 ? new Float32Array() : new Float32Array(Deno.readFileSync(path).buffer);
    },
    close,
  };
}

/** Starts a split in `folder`. */
export function bucketSplit(folder: string, name: string, size: number, buckets: number): BucketSplit {
  const all = Array.from({ length: buckets }, (_, place) => bucketAt(`${folder}/${name}-${place}`, size));
  return {
    count: () => all.reduce((sum, bucket) => sum + bucket.count(), 0),
    add(row, values, at, label, name) {
      const bucket = all[mixed(row) % buckets];
      bucket.add(values, at);
      if (label !== undefined) bucket.labels.push(label);
      if (name !== undefined) bucket.names.push(name);
    },
    forEach(visit) {
      const labels: number[] = [], names: string[] = [];
      const row = new Float32Array(size);
      all.forEach((bucket, place) => {
        const values = bucket.read();
        // Independent of the run's seed, so that one cache serves all seeds.
        const key = { seed: 0, stream: "split", epoch: ROUNDS.tableOrder } as const;
        const order = permutation(bucket.count(), key, undefined, place);
        arrange(values, order, row);
        for (const from of order) {
          if (bucket.labels.length > 0) labels.push(bucket.labels[from]);
          if (bucket.names.length > 0) names.push(bucket.names[from]);
        }
        visit(values);
      });
      return { labels, names };
    },
    scan(visit) {
      for (const bucket of all) visit(bucket.read());
    },
    close() {
      for (const bucket of all) bucket.close();
    },
  };
}

/** Puts rows into an order in place, cycle by cycle: row r becomes what row `order[r]` was. */
function arrange(values: Float32Array, order: Uint32Array, row: Float32Array): void {
  const size = row.length, isDone = new Uint8Array(order.length);
  const copy = (from: number, to: number) => values.copyWithin(to * size, from * size, (from + 1) * size);
  for (let start = 0; start < order.length; start++) {
    if (isDone[start] === 1) continue;
    row.set(values.subarray(start * size, (start + 1) * size));
    let at = start;
    for (; order[at] !== start; at = order[at]) {
      copy(order[at], at);
      isDone[at] = 1;
    }
    values.set(row, at * size);
    isDone[at] = 1;
  }
}

/** A number of 32 bits that looks random (the finaliser of MurmurHash3). */
export function mixed(number: number): number {
  let hash = number >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
