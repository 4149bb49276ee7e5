/**
 * The rule that an option breaks, as text: "must be at least 1".
 *
 * @module
 */
import type { z } from "zod";
import { valueText } from "../core/arguments.ts";
import { shortened } from "../core/errors.ts";

type Issue = z.core.$ZodIssue;

/** The sentence about a broken rule, with the current value. */
export function brokenRule(issue: Issue, current: unknown): string {
  const rule = ruleOf(issue, current);
  // A rule of our own schemas may name the value itself.
  return /current value|, got /.test(rule) ? rule : `${rule}, got ${shown(current)}`;
}

function ruleOf(issue: Issue, current: unknown): string {
  // A schema's own sentence, in place of what Zod would say.
  if (issue.message.startsWith("must ")) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords(issue.expected, current)}`;
    case "too_small":
    case "too_big":
      return rangeRule(issue);
    case "invalid_value":
      return choiceRule(issue.values);
    case "invalid_union":
      return "options" in issue && issue.options !== undefined
        ? choiceRule(issue.options)
        : `must be ${formsOf(issue.errors, current).join(" or ")}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  int: "an integer",
  string: "a text",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  tuple: "a list",
  null: "null",
};

function typeWords(expected: string, current: unknown): string {
  if (expected === "number") return typeof current === "number" ? "a finite number" : "a number";
  return TYPES[expected] ?? expected;
}

function rangeRule(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const { origin, inclusive } = issue;
  const isLeast = issue.code === "too_small", bound = isLeast ? issue.minimum : issue.maximum;
  if (origin === "number" || origin === "int") {
    if (inclusive) return `must be at ${isLeast ? "least" : "most"} ${bound}`;
    return `must be ${isLeast ? "above" : "below"} ${bound}`;
  }
  const [one, many] = origin === "string" ? ["character", "characters"] : ["entry", "entries"];
  return `must have at ${isLeast ? "least" : "most"} ${bound} ${Number(bound) === 1 ? one : many}`;
}

function choiceRule(choices: readonly unknown[]): string {
  const known = choices.map(shown).join(", ");
  return choices.length === 1 ? `must be ${known}` : `must be one of ${known}`;
}

/** The types and choices that a value without a discriminator may have. */
function formsOf(branches: readonly (readonly Issue[])[], current: unknown): string[] {
  const types = branches.flat().flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === "invalid_value") return issue.values.map(shown);
    return issue.code === "invalid_type" ? [typeWords(issue.expected, current)] : [];
  });
  return [...new Set(types)];
}

/** A value as a pipeline file would write it. */
export function shown(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
    return valueText(value);
  }
  return value === undefined ? "missing" : shortened(jsonText(value));
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // It holds itself, or a number of a kind that JSON does not have.
    return valueText(value);
  }
}
