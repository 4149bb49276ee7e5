/**
 * What is wrong with options: each fault with its path, and the nearest known key for a misspelt one.
 *
 * @module
 */
import { z } from "zod";
import { nearest, shortened } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import { brokenRule } from "./fault_text.ts";

/** The faults that a schema found, their paths beginning with `root`. */
export function faultsOf(error: z.ZodError, schema: z.ZodType, root: string, value: unknown): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, schema, root, value));
}

function faultsOfIssue(issue: z.core.$ZodIssue, schema: z.ZodType, root: string, value: unknown): Fault[] {
  const path = [root, ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path.map(String), value);
    return issue.keys.map((key) => ({ path: `${path}.${shortened(key)}`, message: unknownKey(key, known) }));
  }
  const meant = issue.code === "invalid_union" ? meantBranch(issue) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => faultsOfIssue(inner, schema, root, value));
  return [{ path, message: brokenRule(issue, at(value, issue.path)) }];
}

/** The faults of the only branch of a union whose type the value has: the one that was meant. */
function meantBranch({ errors, path }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const meant = errors.filter((issues) =>
    issues.every((issue) => issue.code !== "invalid_type" || issue.path.length > 0)
  );
  return meant.length === 1
    ? meant[0].map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
    : undefined;
}

/** The sentence about a key that nothing is called. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined
    ? `is unknown: known are ${known.join(", ") || "none"}`
    : `is unknown: did you mean "${near}"?`;
}

/** The keys that an object at a path of a schema may have (of the union's branch that the value chose, else of all). */
function keysAt(schema: z.ZodType, path: readonly string[], value: unknown): string[] {
  let nodes = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema];
  let current = value;
  nodes = branches(nodes, current);
  for (const key of path) {
    current = (current as Record<string, unknown> | undefined)?.[key];
    nodes = branches(nodes.flatMap((node) => node.properties?.[key] ?? node.items ?? []), current);
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

function branches(nodes: readonly JsonSchema[], value: unknown): JsonSchema[] {
  const all = nodes.flatMap((node): JsonSchema[] => {
    const inner = [...node.anyOf ?? [], ...node.oneOf ?? [], ...node.allOf ?? []];
    return inner.length === 0 ? [node] : branches(inner, value);
  });
  const fitting = all.filter((node) => fits(node, value));
  return fitting.length > 0 ? fitting : all;
}

/** Whether the fixed properties of a branch (its discriminator) are those of the value. */
function fits(node: JsonSchema, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(node.properties ?? {}).every(([key, property]) => {
    const given = (value as Record<string, unknown>)[key];
    if (given === undefined) return true;
    if (property.const !== undefined) return property.const === given;
    return key !== "kind" || property.enum === undefined || property.enum.includes(given);
  });
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}
