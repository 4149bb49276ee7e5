import { doesNotMatch, match, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { NO_CHOICES, OWNS_RUN } from "../../src/ui/view/choices.ts";
import { renderFrame } from "../../src/ui/screens/dashboard.tsx";
import { readingLines } from "../../src/ui/panels/reading.ts";
import { initialView } from "../../src/run/fold/fold.ts";
import { reduce } from "../../src/ui/view/reduce.ts";
import { rowOf } from "../../src/ui/runs/run_row.ts";
import { rowSentence, runsTable } from "../../src/ui/runs/runs_table.ts";
import { summaryLines } from "../../src/ui/panels/summary.ts";
import { glyphRun } from "./fake_run.ts";

const REASON = "GATE FAILED: evaluate.mse = 0.5, must not be > 0.1";
const view = glyphRun().map((event): RunEvent =>
  event.type === "end" ? { ...event, exitCode: 3, reason: REASON } : event
).reduce(reduce, initialView());

Deno.test("summaryLines() gives a failed gate the title", () => {
  match(summaryLines(view)[0], new RegExp(`^glyphs-dae  ${REASON} \\(after `));
});

Deno.test("renderFrame() ends with the failed gate", () => {
  const frame = renderFrame(view, { columns: 80, rows: 24, color: 0, now: view.at });
  match(frame, new RegExp(REASON));
  doesNotMatch(frame, /completed/);
});

Deno.test("readingLines() says the failed gate in its first sentence", () => {
  const situation = { view, choices: NO_CHOICES, situation: OWNS_RUN, compare: undefined, now: view.at };
  const [first] = readingLines(situation as Parameters<typeof readingLines>[0]);
  match(first, new RegExp(REASON));
  doesNotMatch(first, /completed/);
});

Deno.test("rowOf() and the table of runs call it gate failed, with the mark of what is bad", () => {
  const row = rowOf(view, view.at);
  equal(row.status, "gate failed");
  match(runsTable([row], { width: 160, level: 0 })[1], /^✖ gate failed/);
  match(rowSentence(row), /gate failed/);
});
