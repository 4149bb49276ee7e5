/** Files of YAML, and what published schemas (tests/schemas/) find wrong with them. */
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { Ajv, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";
import github from "../schemas/github-workflow.json" with { type: "json" };
import gitlab from "../schemas/gitlab-ci.json" with { type: "json" };
import kubernetes from "../schemas/kubernetes-job.json" with { type: "json" };

const SCHEMAS = { github, gitlab, kubernetes } as const;
/** A published schema. */
export type SchemaOf = keyof typeof SCHEMAS;

/** Parses documents of YAML strictly: a warning or a doubled key is a fault. */
// deno-lint-ignore no-explicit-any -- tests know the fields.
export function parsedDocuments(text: string, version: "1.1" | "1.2" = "1.2"): any[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true, version });
  return [...documents].map((document) => {
    deepEqual([...document.errors, ...document.warnings].map(({ message }) => message), []);
    return document.toJS();
  });
}

const compiled = new Map<SchemaOf, ValidateFunction>();

/** What a schema finds wrong with a value. */
export function schemaFaults(name: SchemaOf, value: unknown): string[] {
  let validate = compiled.get(name);
  if (validate === undefined) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
    compiled.set(name, validate = ajv.compile(SCHEMAS[name]));
  }
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
