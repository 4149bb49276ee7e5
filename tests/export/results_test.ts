import { match, ok } from "node:assert/strict";
import { resultsPage, type SweepGroup } from "../../src/export/results.ts";

const OF = { date: "2026-01-01", machine: "a machine", version: "1.0.0" };
const pageOf = (groups: SweepGroup[], against?: string) =>
  resultsPage([{
    title: "What helps",
    command: "deno task run pipelines/any.ts",
    outcome: { kind: "sweep", groups, success: null, against },
  }], OF);

const mean = (value: number) => ({ value, low: value - 0.5, high: value + 0.5 });
const GROUPS: SweepGroup[] = [
  { label: "plain", runs: 3, failed: 0, means: { "evaluate.mse": mean(3) } },
  {
    label: "longer",
    runs: 3,
    failed: 1,
    means: { "evaluate.mse": mean(2) },
    differences: { "evaluate.mse": { value: -1, low: -1.25, high: -0.75, verdict: "better" } },
  },
];

Deno.test("resultsPage() tells how each setting of a sweep stands against the one that all are held against", () => {
  const page = pageOf(GROUPS, "plain");
  match(page, /\| longer +\| 3 \(1 failed\) \| 2 ± 0\.5/);
  match(page, /Against "plain", seed by seed/);
  match(page, /\| `evaluate\.mse` \| better \(-1 ± 0\.25\) \|/);
});

Deno.test("resultsPage() has no verdicts of a sweep that holds its settings against none", () => {
  ok(!pageOf(GROUPS.slice(0, 1)).includes("Against"));
});
