/** Reports how a run or a sweep ended: writes its report, a summary for GitHub Actions, and posts to a webhook. Never fails the run. @module */
import { messageOf } from "../core/errors.ts";
import { readSmallText } from "../core/files.ts";
import {
  markdownReport,
  readReportData,
  writeReport as writeReportFiles,
  writeSweepReport,
} from "../report/report.ts";
import { METRICS_FILE } from "../run/metrics_file.ts";
import type { RunRecord } from "../run/record.ts";
import { safeLines } from "../ui/text/text.ts";
import { writeError } from "./output.ts";
import config from "../../deno.json" with { type: "json" };

/** A run that has ended. */
export interface EndedRun {
  readonly id: string;
  readonly folder: string;
  readonly status: string;
  readonly exitCode: number;
  readonly reason: string;
}

/** Where to report the end. */
interface EndTargets {
  readonly webhook?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reports the end of a run to GitHub Actions and the webhook, where they are configured. */
export async function notifyEnd(run: EndedRun, { webhook, env }: EndTargets): Promise<void> {
  const summary = env.GITHUB_STEP_SUMMARY;
  if (summary !== undefined && summary !== "") {
    await warned("The summary could not be written", () => summarise(run, summary));
  }
  if (webhook !== undefined) await postOutcome({ ...run, metrics: await metricsOf(run) }, webhook);
}

/** Posts how something ended, as JSON, to a webhook. */
export async function postOutcome(outcome: object, webhook: string): Promise<void> {
  await warned("The webhook could not be reached", () => post(outcome, webhook));
}

/** Writes the report of a run, given its final record. */
export async function tryWriteReport(folder: string, record: RunRecord): Promise<void> {
  await warned("The report could not be written", () => writeReportFiles(folder, record));
}

/** Writes the page of a sweep, ranked by a metric. */
export async function tryWriteSweepReport(folder: string, metric?: string): Promise<void> {
  await warned("The page of the sweep could not be written", () => writeSweepReport(folder, { metric }));
}

async function warned(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    writeError(`warning: ${what}: ${safeLines(messageOf(thrown))}\n`);
  }
}

/** Adds the report to the job summary of GitHub Actions. */
async function summarise({ folder }: EndedRun, path: string): Promise<void> {
  // In a permission, Deno reads the text after a comma as another path.
  if (path.includes(",")) throw new Error(`its path must have no comma, got ${path}`);
  await help("append.ts", `--allow-write=${path}`, {
    args: [path],
    input: markdownReport(await readReportData(folder)),
  });
}

/** The metrics of a run; none where it has no file of them. */
async function metricsOf({ folder }: EndedRun): Promise<unknown> {
  return await readSmallText(`${folder}/${METRICS_FILE}`).then(JSON.parse, () => ({}));
}

async function post(outcome: object, url: string): Promise<void> {
  const input = JSON.stringify({ url, body: JSON.stringify({ version: config.version, ...outcome }) });
  await help("webhook.ts", `--allow-net=${new URL(url).host}`, { args: [], input });
}

/**
 * Runs a helper program with a single permission that the run itself does not have. Secrets are passed through its standard input, as
 * other users can read its arguments.
 */
async function help(
  program: string,
  permission: string,
  { args, input }: { readonly args: readonly string[]; readonly input: string },
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-config", permission, ...readOwnFiles()],
      new URL(program, import.meta.url).href,
      ...args,
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {
    // It ended before it had read everything; its error output has the reason.
  });
  const { success, stderr } = await ended;
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** The permission to read the program's own files: it starts a thread, which needs it. */
function readOwnFiles(): string[] {
  const { protocol, pathname } = new URL("../", import.meta.url);
  // Modules of a published version are in Deno's cache.
  if (protocol !== "file:") return [];
  // In a permission, Deno reads the text after a comma as another path.
  return [pathname.includes(",") ? "--allow-read" : `--allow-read=${decodeURIComponent(pathname)}`];
}
