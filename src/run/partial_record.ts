/**
 * What can be read of a damaged `run.json`, so that such a run gets a report, too.
 *
 * @module
 */
import { z } from "zod";
import { redactArguments } from "../core/secrets.ts";

const text = z.string(), texts = z.array(text).catch([]);
const PartialStage = z.object({
  name: text,
  kind: text,
  version: z.number().optional().catch(undefined),
  options: z.unknown().optional(),
});

const Record = z.object({
  id: text.catch(""),
  pipeline: text.catch(""),
  seed: z.number().nullable().catch(null),
  spec: z.object({ stages: z.array(PartialStage).catch([]) }).catch({ stages: [] }),
  overrides: texts,
  argv: texts.transform(redactArguments),
  engine: z.object({
    name: text,
    threads: z.number().nullable().catch(null),
    cores: z.number().nullable().catch(null),
  }).nullable().catch(null),
  git: z.object({ commit: text, dirty: z.boolean() }).nullable().catch(null),
  versions: z.record(text, text).catch({}),
  host: z.record(text, z.union([text, z.number()])).catch({}),
  started: text.nullable().catch(null),
  ended: text.nullable().catch(null),
  status: text.catch("unknown"),
  exitCode: z.number().nullable().catch(null),
  reason: text.nullable().catch(null),
});

/** The content of `run.json`, as far as it could be read. */
export interface PartialRecord {
  readonly id: string;
  readonly pipeline: string;
  readonly seed: number | null;
  readonly stages: readonly { name: string; kind: string; version?: number; options: unknown }[];
  readonly overrides: readonly string[];
  readonly argv: readonly string[];
  readonly engine: { name: string; threads: number | null; cores: number | null } | null;
  readonly git: { commit: string; dirty: boolean } | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: Readonly<Record<string, string | number>>;
  readonly started: string | null;
  readonly ended: string | null;
  readonly status: string;
  readonly exitCode: number | null;
  readonly reason: string | null;
}

/** The record in some JSON; missing or invalid fields get an empty value. */
export function partialRecord(value: unknown): PartialRecord {
  const { spec, ...rest } = Record.parse(typeof value === "object" && value !== null ? value : {});
  return { ...rest, stages: spec.stages.map((stage) => ({ ...stage, options: stage.options })) };
}
