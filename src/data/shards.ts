/**
 * The source `shards`: samples in several files or folders, of which each rank of a training reads its own.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { RunError } from "../core/errors.ts";
import { type Fault, faultsAt } from "../core/fault.ts";
import { isSameShape, newValues, sampleShapeText, sampleSize } from "../core/shape.ts";
import type { Source, SourceContext } from "./contract.ts";
import { type Dataset, kindOfSamples, type Samples, scaleOf, type Split } from "./dataset.ts";
import { type IdxInput, idxSource } from "./idx.ts";
import { type ImagesInput, imagesSource } from "./images.ts";
import { type NpyInput, npySource } from "./npy.ts";

/** Sources whose samples do not depend on those of other shards. */
const KINDS = [npySource, idxSource, imagesSource] as const;

const Shard = z.discriminatedUnion("source", [npySource.schema, idxSource.schema, imagesSource.schema]);
type Shard = z.output<typeof Shard>;

const schema = z.strictObject({
  source: z.literal("shards"),
  of: z.array(Shard).min(1),
  test: Shard,
  validation: Shard.optional(),
  ranks: z.int().min(1).default(1),
});
type ShardsSpec = z.output<typeof schema>;

/** A source that can be a shard. */
export type ShardInput = NpyInput | IdxInput | ImagesInput;

/** What {@link shards} reads besides the samples to train on. */
export interface ShardsOptions {
  /** The test samples, all of this source, which rank 0 alone reads. */
  test: ShardInput;
  /** The samples for the validation loss, all of this source, which every rank reads. @default {none} */
  validation?: ShardInput;
}

/** This source as a pipeline file writes it, by {@link shards}. */
export type ShardsInput = { source: "shards"; of: readonly ShardInput[]; ranks?: number } & ShardsOptions;

/**
 * Samples in several files or folders: `shards([npy("a.npy"), npy("b.npy")], { test: npy("test.npy") })`. Of a training on R ranks, rank r
 * reads shards r, r + R, ... and no others, so the data may be larger than one machine; one process alone reads all. They have no labels.
 *
 * @example
 * ```ts
 * import { images, load, shards } from "@hourglass/hourglass";
 *
 * const size = { height: 32, width: 32 };
 * const folders = ["photos-0", "photos-1", "photos-2", "photos-3"].map((folder) => images(folder, size));
 * const stage = load(shards(folders, { test: images("photos-test", size) }));
 * ```
 */
export function shards(of: readonly ShardInput[], options: ShardsOptions): ShardsInput {
  return { source: "shards", of, ...optionsOf("shards", options) };
}

/** What can be done with a shard; it is only ever called with one of its own kind. */
function sourceOf({ source }: Shard): Source {
  return KINDS.find(({ kind }) => kind === source) as unknown as Source;
}

/** All samples of a source. */
async function openAll(shard: Shard, context: SourceContext): Promise<Dataset> {
  return await sourceOf(shard).open({ ...shard, testShare: 0 }, context);
}

async function open(spec: ShardsSpec, context: SourceContext): Promise<Dataset> {
  const { rank, size } = context.ranks ?? { rank: 0, size: 1 };
  checkRanks(spec, size);
  const own: Dataset[] = [];
  for (const shard of spec.of.filter((_, at) => at % size === rank)) own.push(await openAll(shard, context));
  const train = { ...join(own), ...(size > 1 && { shard: { ranks: size } }) };
  // Only rank 0 measures a model on the test split.
  const test = rank === 0 ? await openAll(spec.test, context) : undefined;
  const validation = spec.validation && await openAll(spec.validation, context);
  for (const other of [test, validation]) if (other !== undefined) checkLike(own[0], other);
  const { shape, preparation } = own[0];
  return {
    name: "shards",
    shape,
    ...(preparation && { preparation }),
    train,
    test: test === undefined ? train : bare(test.train),
    ...(validation && { validation: bare(validation.train) }),
  };
}

function checkRanks({ of, ranks }: ShardsSpec, size: number): void {
  if (ranks !== size) {
    throw new RunError(`source.ranks must be the number of ranks, ${size}, got ${ranks} (leave it out)`);
  }
  if (of.length >= size) return;
  throw new RunError(`source.of must have a shard for each of ${size} ranks, got ${of.length}`);
}

/** The samples of all shards of a rank, as one split. */
function join(shards: readonly Dataset[]): Split {
  const [first] = shards;
  shards.forEach((shard) => checkLike(first, shard));
  const splits = shards.map(({ train }) => train);
  if (splits.length === 1) return bare(first.train);
  const count = splits.reduce((sum, split) => sum + split.count, 0), size = sampleSize(first.shape);
  const targets = splits.flatMap((split) => split.targets ?? []);
  if (targets.length > 0 && targets.length < splits.length) {
    throw new RunError("source.of must have targets in all shards, or in none");
  }
  return {
    ...bare(first.train),
    count,
    ...joinSamples(splits, count * size),
    targets: targets.length === 0 ? undefined : joinSamples(targets, count * size),
  };
}

function joinSamples(parts: readonly Samples[], length: number): Samples {
  const values = newValues(kindOfSamples(parts[0]), length);
  let at = 0;
  for (const { values: own, file } of parts) {
    if (file !== undefined) {
      throw new RunError(
        `"${file.path}" must fit in load.memory, as this rank has several shards (raise load.memory, or give each rank one shard)`,
      );
    }
    values.set(own, at);
    at += own.length;
  }
  return { values };
}

/** A split without labels and names, of which each shard has its own. */
function bare({ labels: _, names: __, ...split }: Split): Split {
  return split;
}

function checkLike(first: Dataset, other: Dataset): void {
  const [one, two] = [first, other].map(({ shape, train }) => ({
    shape,
    kind: kindOfSamples(train),
    scale: scaleOf(train),
  }));
  const isLike = isSameShape(one.shape, two.shape) && one.kind === two.kind &&
    JSON.stringify(one.scale) === JSON.stringify(two.scale);
  if (isLike) return;
  throw new RunError(
    `all shards must have samples of one shape, kind and scale, got ${
      sampleShapeText(one.shape)
    } ${one.kind} and ${sampleShapeText(two.shape)} ${two.kind}`,
  );
}

/** What of a source depends on all of its samples, or is said of `shards` itself. */
function shardFaults(shard: Shard): Fault[] {
  const { range, missing } = shard as { range?: unknown; missing?: string };
  const given = Object.entries(shard).find(([name, value]) =>
    value !== undefined && /^(test|validation)(?!Share)/.test(name)
  );
  return [
    ...range === "set"
      ? [{ path: "range", message: 'must be two numbers or "file" for a shard, got "set"' }]
      : [],
    ...missing === "mean" || missing === "median"
      ? [{ path: "missing", message: `must be "refuse", "zero" or "drop" for a shard, got "${missing}"` }]
      : [],
    ...given === undefined ? [] : [{
      path: given[0],
      message: "must be left out for a shard (give shards() the test and validation samples)",
    }],
  ];
}

function fileFaults(shard: Shard): Fault[] {
  return sourceOf(shard).faults?.(shard) ?? [];
}

/** The source `shards`. */
export const shardsSource: Source<typeof schema> = {
  kind: "shards",
  schema,
  describe: ({ of, ranks }) =>
    `shards: ${of.length} of ${of[0].source}${ranks === 1 ? "" : `, dealt out to ${ranks} ranks`}`,
  shape: ({ of }) => sourceOf(of[0]).shape(of[0]),
  hasValidation: ({ validation }) => validation !== undefined,
  classes: () => null,
  faults: ({ of, test, validation, ranks }) => [
    ...of.flatMap((shard, at) => faultsAt(`of[${at}]`, shardFaults(shard))),
    // Each machine has its own shards, and that of rank 0 the test samples: whether they are there is known when they are opened.
    ...faultsAt("test", [...shardFaults(test), ...ranks > 1 ? [] : fileFaults(test)]),
    ...validation === undefined
      ? []
      : faultsAt("validation", [...shardFaults(validation), ...fileFaults(validation)]),
  ],
  version: "shards 1",
  async fingerprint({ of, test, validation }) {
    const all = [...of, test, ...validation === undefined ? [] : [validation]];
    return (await Promise.all(all.map((shard) => sourceOf(shard).fingerprint?.(shard)))).join(" ");
  },
  open,
};
