/**
 * All sources, and functions for any of them.
 *
 * @module
 */
import { z } from "zod";
import type { Fault } from "../core/fault.ts";
import type { SampleShape } from "../core/shape.ts";
import type { SeenValue, Source, SourceContext } from "./contract.ts";
import { type ArraysInput, arraysSource } from "./arrays.ts";
import { type Cifar10Input, cifar10Source } from "./cifar10.ts";
import type { Dataset } from "./dataset.ts";
import { type EmojiInput, emojiSource } from "./emoji.ts";
import { type FacesInput, facesSource } from "./faces.ts";
import { type GlyphsInput, glyphsSource } from "./glyphs.ts";
import { type IdxInput, idxSource } from "./idx.ts";
import { type ImagesInput, imagesSource } from "./images.ts";
import { type MnistInput, mnistSource } from "./mnist.ts";
import { type NpyInput, npySource } from "./npy.ts";
import { type NpzInput, npzSource } from "./npz.ts";
import { type PairedInput, pairedSource } from "./paired.ts";
import { type ShardsInput, shardsSource } from "./shards.ts";
import { type TableInput, tableSource } from "./table.ts";
import {
  isOwnSource,
  type OwnSourceInput,
  ownSourceSchema,
  type OwnSourceSpec,
  type SourceCalls,
} from "./own_source.ts";
import { OWN_CODE } from "../core/own_code.ts";

/** All sources, one line each. */
const SOURCES = [
  glyphsSource,
  mnistSource,
  idxSource,
  imagesSource,
  emojiSource,
  facesSource,
  arraysSource,
  npySource,
  npzSource,
  pairedSource,
  shardsSource,
  cifar10Source,
  tableSource,
] as const;

type SchemasOf<Sources extends readonly { schema: z.ZodObject }[]> = {
  -readonly [Position in keyof Sources]: Sources[Position]["schema"];
};
type Schemas = SchemasOf<typeof SOURCES>;

/** The schema of a built-in source's spec: plain data, discriminated by its field `source`. */
const BuiltInSpec: z.ZodDiscriminatedUnion<Schemas, "source"> = z.discriminatedUnion(
  "source",
  SOURCES.map(({ schema }) => schema) as readonly z.ZodObject[] as Schemas,
);

/** A built-in source's spec with its defaults filled in. */
type BuiltInSpec = z.output<typeof BuiltInSpec>;

/** A source's spec with its defaults filled in. */
export type SourceSpec = BuiltInSpec | OwnSourceSpec;

/** The schema of a source's spec: that of a built-in source, or the one that an own source brings. */
export const SourceSpec: z.ZodType<SourceSpec> = anySource();

function anySource(): z.ZodType<SourceSpec> {
  const Own = ownSourceSchema(SOURCES.map(({ kind }) => kind));
  // Not a union, in which the faults of a source would be those of one branch of several.
  const schema = z.unknown().transform((value, context): SourceSpec => {
    const { data, error } = (isOwnSource(value) ? Own : BuiltInSpec).safeParse(value);
    for (const issue of error?.issues ?? []) context.issues.push({ ...issue, input: value } as never);
    return data ?? z.NEVER;
  });
  // By it a misspelt option gets the nearest known one.
  schema._zod.toJSONSchema = () => z.toJSONSchema(BuiltInSpec, { io: "input", unrepresentable: "any" });
  return schema;
}

/** A source as a pipeline file writes it; its schema checks it and fills in the defaults. */
export type SourceInput =
  | GlyphsInput
  | MnistInput
  | IdxInput
  | ImagesInput
  | EmojiInput
  | FacesInput
  | ArraysInput
  | NpyInput
  | NpzInput
  | PairedInput
  | ShardsInput
  | Cifar10Input
  | TableInput
  | OwnSourceInput;

const BY_KIND: ReadonlyMap<string, Source> = new Map(
  // A source is only ever called with a spec of its own kind, which the type of the map cannot say.
  SOURCES.map((source) => [source.kind, source as unknown as Source]),
);

function sourceOf(
  spec: SourceSpec,
): SourceCalls & Pick<Source, "faults" | "details" | "inspect" | "trainSamples" | "classes" | "seenValues"> {
  return isOwnSource(spec) ? spec[OWN_CODE].calls : BY_KIND.get(spec.source)!;
}

/** Reads the samples of a source. Throws a RunError when it cannot. */
export function openSource(spec: SourceSpec, context: SourceContext): Promise<Dataset> {
  return sourceOf(spec).open(spec, context);
}

/** A short description of a source: `mnist: 60,000 + 10,000 images of 28x28`. Reads headers at most. */
export function describeSource(spec: SourceSpec): string {
  return sourceOf(spec).describe(spec);
}

/** Further lines of a plan: columns and their types. */
export function sourceDetails(spec: SourceSpec): string[] {
  return sourceOf(spec).details?.(spec) ?? [];
}

/** Reads what the other functions state of a source, where that takes a package or more than a moment. */
export async function inspectSource(spec: SourceSpec): Promise<void> {
  await sourceOf(spec).inspect?.(spec);
}

/** Why a source cannot be read. Checks names only. */
export function sourceFaults(spec: SourceSpec): Fault[] {
  return sourceOf(spec).faults?.(spec) ?? [];
}

/** The shape of a source's samples, as far as it can be known without reading them. */
export function sourceShape(spec: SourceSpec): SampleShape | undefined {
  return sourceOf(spec).shape(spec);
}

/** The number of a source's train samples, where it is known before they are read. */
export function trainSamples(spec: SourceSpec): number | undefined {
  return sourceOf(spec).trainSamples?.(spec);
}

/** The names of the classes of a source, where they are known; `null`: its samples have no labels. */
export function sourceClasses(spec: SourceSpec): readonly string[] | null | undefined {
  return sourceOf(spec).classes?.(spec);
}

/** Values of its train samples that were seen before they are read. */
export function seenValues(spec: SourceSpec): readonly SeenValue[] {
  return sourceOf(spec).seenValues?.(spec) ?? [];
}

/** Whether a source has a validation split of its own. */
export function hasValidation(spec: SourceSpec): boolean {
  return sourceOf(spec).hasValidation?.(spec) ?? false;
}

/** A fingerprint of a source's content, without reading it: the sizes and times of its files; nothing for data that never changes. */
export async function fingerprintSource(spec: SourceSpec): Promise<string> {
  const { version = "", fingerprint } = sourceOf(spec);
  return version + (await fingerprint?.(spec) ?? "");
}
