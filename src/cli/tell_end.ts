// deno-lint-ignore-file no-console -- the command line is the only room that prints.

/** Tells others how a run ended: GitHub Actions, a webhook. Never fails the run. @module */
import { messageOf } from "../core/errors.ts";
import { endMarkdown } from "../ui/markdown.ts";
import { readEvents } from "../run/event_file.ts";
import { safeLines } from "../ui/text.ts";
import { initialView, reduce } from "../ui/reduce.ts";
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

async function warned(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    console.error(`warning: ${what}: ${safeLines(messageOf(thrown))}`);
  }
}

/** Adds the run to the page that GitHub Actions shows of a job. */
async function summarise({ folder }: EndedRun, path: string): Promise<void> {
  const view = (await readEvents(folder)).reduce(reduce, initialView());
  await Deno.writeTextFile(path, endMarkdown(view), { append: true });
}

/** Posts the end from a process that may reach this one host and nothing else; the run itself has no network. */
async function post(run: EndedRun, url: string): Promise<void> {
  const metrics = await Deno.readTextFile(`${run.folder}/artifacts/metrics.json`).then(
    JSON.parse,
    () => ({}),
  );
  const { host } = new URL(url);
  const program = new URL("./webhook.ts", import.meta.url).href;
  const child = new Deno.Command("deno", {
    args: ["run", "--no-prompt", `--allow-net=${host}`, program, url],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const body = { version: config.version, ...run, metrics };
  await writer.write(new TextEncoder().encode(JSON.stringify(body)));
  await writer.close();
  const { success, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
