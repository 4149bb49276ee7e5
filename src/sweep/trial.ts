/**
 * A trial: one run of a sweep, that of one setting with one seed.
 *
 * @module
 */
import { z } from "zod";
import type { ResolvedPipeline } from "../pipeline/resolve.ts";
import { specOf } from "../pipeline/resolve.ts";
import { hashOf } from "../pipeline/keys.ts";

/** A trial as the folder of a sweep lists it. */
export interface ListedTrial {
  /** Names its files: 16 hexadecimal digits of a hash of all that decides its result. */
  readonly id: string;
  /** Its setting as text, without the seed. */
  readonly label: string;
  /** Other labels whose settings resolve to the same pipeline. @default {none} */
  readonly aliases?: readonly string[];
  /** The paths of options, as `--set` takes them, to their values. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** An estimate of its work, in floating-point operations, by which trials are dealt out; only ratios have a meaning. */
  readonly cost: number;
}

/** The name of a trial or a sweep: it names files. */
export const Id = z.string().regex(/^[0-9a-f]{16}$/, { error: "must be 16 hexadecimal digits" });

/** The schema of a {@link ListedTrial}. */
export const ListedTrialSchema: z.ZodType<ListedTrial> = z.strictObject({
  id: Id,
  label: z.string(),
  aliases: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()),
  seed: z.number(),
  cost: z.number(),
});

/** A trial that can be run. */
export interface Trial extends ListedTrial {
  /** Its settings as `--set` takes them, without those of the command line, which come before them. */
  readonly overrides: readonly string[];
}

/** Hexadecimal digits of an id: 64 bits, so two of 100,000 trials share one with a probability of 3e-10. */
const DIGITS = 16;

/**
 * The id of what runs: a function of the resolved pipeline and the code that it brings, so every machine finds the same. What only decides
 * where results are written is no part of it.
 */
export function trialId(pipeline: ResolvedPipeline, code: Readonly<Record<string, string>>): string {
  return shortId({ spec: specOf(pipeline), code });
}

/** A hash of plain data that is short enough for a file's name. */
export function shortId(value: unknown): string {
  return hashOf(value).slice(0, DIGITS);
}
