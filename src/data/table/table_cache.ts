/**
 * Where the splits of a large table are on the disk, and what is known of them.
 *
 * A cache is `data/cache/table-<state>.json` with `<state>-train.values` and so on next to it, where `<state>` is a hash of everything that
 * determines it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { CACHE_FOLDER, cachedValues } from "../arrays/value_cache.ts";
import type { SourceContext } from "../contract.ts";
import type { Dataset, Split } from "../dataset.ts";
import { samplesInMemory } from "../feed.ts";
import type { OpenedTable } from "./opened_table.ts";

/** Increase it when the same table gives other values or splits. */
const VERSION = 2;

/** The splits, in the order of their numbers in `GROUPS`. */
export const SPLITS = ["train", "test", "validation"] as const;
/** The name of a split. */
export type SplitName = typeof SPLITS[number];

const StoredTable = z.strictObject({
  features: z.array(z.string()).min(1),
  labelNames: z.array(z.string()).optional(),
  fills: z.array(z.number()).optional(),
  /** What was logged and warned, to be repeated. */
  logged: z.array(z.string()),
  warned: z.array(z.string()),
  splits: z.partialRecord(
    z.enum(SPLITS),
    z.strictObject({
      count: z.int().min(1),
      labels: z.string().optional(),
      names: z.array(z.string()).optional(),
    }),
  ),
});

/** What is stored of a table beside its values. */
export type StoredTable = z.infer<typeof StoredTable>;

/** The beginning of the names of a table's cache. */
export function cacheBase({ spec, file, others }: OpenedTable, { seed }: SourceContext): string {
  const hash = createHash("sha256"), isDrawn = spec.test === undefined && spec.split === undefined;
  hash.update(
    JSON.stringify([
      VERSION,
      spec,
      isDrawn || spec.validationShare > 0 || spec.limit !== undefined ? seed : null,
    ]),
  );
  for (const { path } of [file, ...others.map(({ file }) => file)]) {
    const { size, mtime } = Deno.statSync(path);
    hash.update(JSON.stringify([Deno.realPathSync(path), size, mtime?.getTime() ?? 0]));
  }
  return `${CACHE_FOLDER}/table-${hash.digest("hex").slice(0, 24)}`;
}

/** The file of a split's values. */
export const valuesPath = (base: string, name: SplitName) => `${base}-${name}.values`;

/** The description of a cache that is whole. */
export function readStored(base: string): StoredTable | undefined {
  try {
    const stored = StoredTable.parse(JSON.parse(Deno.readTextFileSync(`${base}.json`)));
    const isWhole = Object.entries(stored.splits).every(([name, { count }]) =>
      cachedValues(valuesPath(base, name as SplitName), 4 * count * stored.features.length) !== undefined
    );
    return isWhole && stored.splits.train !== undefined ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** The dataset of a cache that is whole. */
export function storedDataset(
  { features, labelNames, fills, splits }: StoredTable,
  base: string,
  memory: number,
): Dataset {
  const shape = [features.length], block = samplesInMemory(memory, shape, "floats");
  const splitOf = (name: SplitName): Split | undefined => {
    const own = splits[name];
    if (own === undefined) return undefined;
    const { count, labels, names } = own;
    const file = cachedValues(valuesPath(base, name), 4 * count * features.length)!;
    return {
      count,
      values: new Float32Array(),
      file: { ...file, kind: "floats", block },
      ...(labels !== undefined && { labels: new Uint16Array(Uint8Array.fromBase64(labels).buffer) }),
      ...(names && { names }),
    };
  };
  const train = splitOf("train")!, validation = splitOf("validation");
  return {
    name: "table",
    shape,
    featureNames: features,
    ...(labelNames && { labelNames }),
    ...(fills && { preparation: { fills } }),
    train,
    test: splitOf("test") ?? train,
    ...(validation && { validation }),
  };
}
