/**
 * What trials were computed with.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import type { TrialResult } from "../result.ts";

type Resources = TrialResult["resources"];

/** What decides the last digits of a result, as text. */
const TEXTS: {
  readonly [Name in Exclude<keyof Resources, "os" | "deno">]: (value: Resources[Name]) => string;
} = {
  engine: (name) => `engine ${name}`,
  threads: (count) => count === null ? "threads chosen by size" : plural(count, "thread"),
  parts: (count) => count === null ? "no parts" : plural(count, "part"),
  cpu: (name) => `processor ${name}`,
  hourglass: (version) => `hourglass ${version}`,
};
const FIELDS = Object.keys(TEXTS) as (keyof typeof TEXTS)[];

/** All of it: `engine native, 2 threads, no parts, processor ..., hourglass 0.1.0`. */
export function resourcesText(resources: Resources): string {
  return FIELDS.map((field) => fieldText(resources, field)).join(", ");
}

function fieldText<Field extends keyof typeof TEXTS>(resources: Resources, field: Field): string {
  return TEXTS[field](resources[field]);
}

/** One sentence for each field in which the complete trials of a sweep differ: their results may then differ in the last digits, too. */
export function resourceNotices(results: Iterable<Pick<TrialResult, "state" | "resources">>): string[] {
  const counts = new Map(FIELDS.map((field) => [field, new Map<string, number>()]));
  for (const { state, resources } of results) {
    if (state === "failed") continue;
    for (const field of FIELDS) {
      const own = counts.get(field)!, text = fieldText(resources, field);
      own.set(text, (own.get(text) ?? 0) + 1);
    }
  }
  return [...counts.values()].filter((own) => own.size > 1).map((own) => {
    const parts = [...own].sort(([a], [b]) => a < b ? -1 : 1).map(([text, count]) =>
      `${text} (${plural(count, "trial")})`
    );
    return `trials were computed with ${
      parts.join(" and ")
    }: the same trial may give other last digits on each ` +
      "(--engine and --threads pin them)";
  });
}
