/**
 * The source `paired`: inputs with what a model should make of each of them, as noisy and clean pictures of the same names.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { RunError } from "../core/errors.ts";
import { isSameShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import { limitOption, type Source, type SourceContext, testShareOption } from "./contract.ts";
import {
  type Dataset,
  kindOfSamples,
  mapSplits,
  scaleOf,
  type SkippedSamples,
  type Split,
  type SplitName,
} from "./dataset.ts";
import { type ImagesOptions, imagesSource } from "./images.ts";
import type { ImagesSpec } from "./images_spec.ts";
import { npy, type NpyInput, type NpyOptions } from "./npy.ts";
import { pickFromSplit, sliceSplit } from "./parts.ts";
import { folderFault } from "./picture_files.ts";
import { rescaled } from "./scale.ts";
import { drawTestSplit, selectSome, SPLIT_VERSION } from "./split.ts";

const folder = z.string().min(1);

// The frames of a file have no names by which to find their partners.
const { source: _, folder: __, frames: ___, ...imageOptions } = imagesSource.schema.shape;

const schema = z.strictObject({
  source: z.literal("paired"),
  inputs: folder,
  targets: folder,
  ...imageOptions,
  testShare: testShareOption.default(0.1),
  limit: limitOption,
}).superRefine((spec, context) => {
  // What `images` checks of its options together.
  const { error } = imagesSource.schema.safeParse(imagesSpec(spec, spec.inputs));
  for (const { path, message } of error?.issues ?? []) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
});

type PairedSpec = z.output<typeof schema>;

/** How {@link paired} reads both folders; see `images`. */
export type PairedOptions = Omit<ImagesOptions, "frames">;

/** This source as a pipeline file writes it, by {@link paired}. */
export type PairedInput = { source: "paired"; inputs: string; targets: string } & PairedOptions;

/** The name of a file of a NumPy array. */
export type NpyFile = `${string}.npy`;

/** Arrays of inputs and targets in two .npy files, row by row; the same as `npy(inputs, { targets })`. */
export function paired(inputs: NpyFile, targets: NpyFile, options?: NpyOptions): NpyInput;
/**
 * The pictures of one folder as inputs, and those of the same names (whatever their endings) in another folder as targets. Both are read as
 * `images` reads a folder. (Pairs of arrays are the option `targets` of `npy`, `npz`, `idx` and `arrays`.)
 *
 * @example
 * ```ts
 * import { load, paired } from "@hourglass/hourglass";
 *
 * const stage = load(paired("noisy", "clean", { height: 64, width: 64 }));
 * ```
 */
export function paired(inputs: string, targets: string, options?: PairedOptions): PairedInput;
export function paired(
  inputs: string,
  targets: string,
  options: PairedOptions | NpyOptions = {},
): PairedInput | NpyInput {
  if (inputs.endsWith(".npy") && targets.endsWith(".npy")) {
    return npy(inputs, { ...optionsOf("paired", options as NpyOptions), targets });
  }
  return { source: "paired", inputs, targets, ...optionsOf("paired", options as PairedOptions) };
}

/** The spec of one of the folders: no test split is drawn and none is left out before pairs are made. */
function imagesSpec({ inputs: _inputs, targets: _targets, ...spec }: PairedSpec, folder: string): ImagesSpec {
  return { ...spec, source: "images", folder, frames: "first", testShare: 0, limit: undefined };
}

/** A picture's name without its ending. */
const stemOf = (name: string) => name.replace(/\.[^./]+$/, "");

/** Inputs with the targets of the same names. Where pictures were skipped, their partners are left out, too. */
function joined(all: Split, targets: Split, size: number, spec: PairedSpec, hasSkipped: boolean): Split {
  const positions = new Map(targets.names!.map((name, position) => [stemOf(name), position]));
  const isPaired = all.names!.map((name) => positions.has(stemOf(name)));
  const alone = all.names!.filter((_, at) => !isPaired[at]);
  if (alone.length > 0 && !hasSkipped) throw unpaired(alone, spec.targets, spec.inputs);
  const inputs = alone.length === 0
    ? all
    : pickFromSplit(all, size, isPaired.flatMap((isKept, at) => isKept ? [at] : []));
  const stems = inputs.names!.map(stemOf);
  const known = new Set(stems), spare = targets.names!.filter((name) => !known.has(stemOf(name)));
  if (spare.length > 0 && !hasSkipped) throw unpaired(spare, spec.inputs, spec.targets);
  if (known.size !== stems.length || positions.size !== targets.count) {
    throw new RunError(
      `names of pictures must differ in more than their endings, got two of one name in "${
        known.size !== stems.length ? spec.inputs : spec.targets
      }" (rename them)`,
    );
  }
  const order = stems.map((stem) => positions.get(stem)!);
  const isInOrder = spare.length === 0 && order.every((position, at) => position === at);
  const { values, file } = isInOrder ? targets : pickFromSplit(targets, size, order);
  return { ...inputs, targets: file === undefined ? { values } : { values, file } };
}

function unpaired(names: readonly string[], missing: string, there: string): RunError {
  const more = names.length === 1 ? "" : ` and ${(names.length - 1).toLocaleString("en-US")} more`;
  return new RunError(
    `"${missing}" must have a picture for each one of "${there}", got none for "${
      names[0]
    }"${more} (add or remove it)`,
  );
}

function limited(split: Split, size: number, limit: number, seed: number): Split {
  if (limit >= split.count) return split;
  // A file is in a random order already.
  if (split.file !== undefined) return sliceSplit(split, size, 0, limit);
  return pickFromSplit(
    split,
    size,
    selectSome(Array.from({ length: split.count }, (_, at) => at), limit, seed),
  );
}

/** Targets are scaled as inputs are, so their values must be of one unit. */
function checkUnits(inputs: Split, targets: Split, spec: PairedSpec): void {
  const isOne = kindOfSamples(inputs) === kindOfSamples(targets) &&
    (spec.range !== undefined || scaleOf(inputs).divisor[0] === scaleOf(targets).divisor[0]);
  if (isOne) return;
  throw new RunError(
    `pictures of "${spec.targets}" must have as many bits as those of "${spec.inputs}", got others ` +
      "(convert them, or use --set load.source.range=file)",
  );
}

function joinSkipped(inputs?: SkippedSamples, targets?: SkippedSamples): SkippedSamples | undefined {
  if (inputs === undefined || targets === undefined) return inputs ?? targets;
  return {
    count: inputs.count + targets.count,
    of: inputs.of + targets.of,
    text: `${inputs.text}; ${targets.text}`,
  };
}

async function open(spec: PairedSpec, context: SourceContext): Promise<Dataset> {
  const inputs = await imagesSource.open(imagesSpec(spec, spec.inputs), context);
  const targets = await imagesSource.open(imagesSpec(spec, spec.targets), context);
  if (!isSameShape(inputs.shape, targets.shape)) {
    throw new RunError(
      `pictures of "${spec.targets}" must be ${
        sampleShapeText(inputs.shape)
      } like those of "${spec.inputs}", ` +
        `got ${sampleShapeText(targets.shape)} (give 'height' and 'width')`,
    );
  }
  checkUnits(inputs.train, targets.train, spec);
  const skipped = joinSkipped(inputs.skipped, targets.skipped);
  const size = sampleSize(inputs.shape), { limit = Infinity, testShare } = spec, { seed, log } = context;
  const join = (split: Split, name: SplitName): Split => {
    const own = targets[name];
    if (own === undefined) {
      throw new RunError(`"${spec.targets}" must have a split ${name} like "${spec.inputs}", got none`);
    }
    return limited(joined(split, own, size, spec, skipped !== undefined), size, limit, seed);
  };
  const all = { ...mapSplits(inputs, join), name: "paired", skipped };
  if (all.test !== all.train) return all;
  return rescaled({ ...all, ...drawTestSplit(all.train, size, testShare, seed, log, "reuse") });
}

/** The source `paired`. */
export const pairedSource: Source<typeof schema> = {
  kind: "paired",
  schema,
  describe: (spec) => `paired: ${spec.inputs} to ${spec.targets}`,
  shape: (spec) => imagesSource.shape(imagesSpec(spec, spec.inputs)),
  hasValidation: (spec) => imagesSource.hasValidation?.(imagesSpec(spec, spec.inputs)) ?? false,
  faults(spec) {
    const options = imagesSource.faults?.(imagesSpec(spec, spec.inputs)) ?? [];
    const targets = folderFault(spec.targets);
    return [
      ...options.map((fault) => fault.path === "folder" ? { ...fault, path: "inputs" } : fault),
      ...(targets === undefined ? [] : [{ path: "targets", message: targets }]),
    ];
  },
  version: `paired 1, ${imagesSource.version ?? SPLIT_VERSION}`,
  async fingerprint(spec) {
    const both = [spec.inputs, spec.targets].map((folder) =>
      imagesSource.fingerprint!(imagesSpec(spec, folder))
    );
    return (await Promise.all(both)).join(" ");
  },
  open,
};
