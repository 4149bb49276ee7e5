/** Tells how a run ended: its report, GitHub Actions, a webhook. Never fails the run. @module */
import { messageOf } from "../core/errors.ts";
import { readSmallText } from "../core/files.ts";
import { markdownReport, readRun, writeReport } from "../export/report.ts";
import type { RunRecord } from "../run/record.ts";
import { safeLines } from "../ui/text.ts";
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

/** Who is told. */
interface Listeners {
  readonly webhook?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Tells all who want to know. */
export async function tellEnd(run: EndedRun, { webhook, env }: Listeners): Promise<void> {
  const summary = env.GITHUB_STEP_SUMMARY;
  if (summary !== undefined && summary !== "") {
    await warned("The summary could not be written", () => summarise(run, summary));
  }
  if (webhook !== undefined) await warned(`The webhook was not reached`, () => post(run, webhook));
}

/** Leaves the report of a run whose record is about to say that it has ended. */
export async function leaveReport(folder: string, record: RunRecord): Promise<void> {
  await warned("The report could not be written", () => writeReport(folder, record));
}

async function warned(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    writeError(`warning: ${what}: ${safeLines(messageOf(thrown))}\n`);
  }
}

/** Adds the run to the page that GitHub Actions shows of a job. */
async function summarise({ folder }: EndedRun, path: string): Promise<void> {
  // Deno takes what follows a comma in a permission for another path.
  if (path.includes(",")) throw new Error(`its path must have no comma: current value is ${path}`);
  await help("append.ts", `--allow-write=${path}`, {
    args: [path],
    input: markdownReport(await readRun(folder)),
  });
}

/** Posts the end. */
async function post(run: EndedRun, url: string): Promise<void> {
  const metrics = await readSmallText(`${run.folder}/artifacts/metrics.json`).then(
    JSON.parse,
    () => ({}),
  );
  const body = { version: config.version, ...run, metrics };
  const input = JSON.stringify({ url, body: JSON.stringify(body) });
  await help("webhook.ts", `--allow-net=${new URL(url).host}`, { args: [], input });
}

/**
 * Has a program of its own do what the run itself may not: it has this one permission and nothing else. What is secret goes through its
 * standard input, as others can read its arguments.
 */
async function help(
  program: string,
  permission: string,
  { args, input }: { readonly args: readonly string[]; readonly input: string },
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-config", permission, readOwnFiles()],
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
    // It ended before it had read all, and says why.
  });
  const { success, stderr } = await ended;
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** A program that works in a thread of its own reads its files itself. */
function readOwnFiles(): string {
  const folder = new URL("../", import.meta.url).pathname;
  // Deno takes what follows a comma in a permission for another path.
  return folder.includes(",") ? "--allow-read" : `--allow-read=${decodeURIComponent(folder)}`;
}
