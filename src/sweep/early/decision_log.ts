/**
 * `decisions.jsonl` in the folder of a sweep: what early stopping decided, in the order in which it was decided. What it holds is never
 * decided again.
 *
 * @module
 */
import { z } from "zod";
import { type LogKind, openLog, readLog, type SharedLog } from "../shared_log.ts";
import type { LogEntry } from "./decision.ts";

const value = z.number().nullable();

const DECISIONS: LogKind<LogEntry> = {
  schema: "decisions",
  content: "the decisions of early stopping",
  entry: z.union([
    z.strictObject({
      trial: z.string(),
      epoch: z.int().min(1),
      metric: z.string(),
      value,
      average: value,
      decision: z.enum(["continue", "stop"]),
    }),
    z.strictObject({ trial: z.string(), complete: z.literal(true) }),
  ]),
};

const logFile = (folder: string) => `${folder}/decisions.jsonl`;

/** The log in the folder of a sweep. */
export function openDecisionLog(folder: string): SharedLog<LogEntry> {
  return openLog(logFile(folder), DECISIONS);
}

/** All entries of a sweep's log; none where there is no log. @throws {RunError} */
export function readDecisions(folder: string): Promise<readonly LogEntry[]> {
  return readLog(logFile(folder), DECISIONS);
}
