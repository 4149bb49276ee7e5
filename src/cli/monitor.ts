/** `monitor [RUN...]`: shows runs of other processes, live or ended. @module */
import { Command } from "@commander-js/extra-typings";
import { STOP_SIGNAL_NAMES } from "../run/stop.ts";
import { followEvents } from "../run/follow_events.ts";
import { requestStop } from "../run/control.ts";
import { findOwnRun, findRun, listRuns, type OnProblem, type RunEntry } from "../run/list.ts";
import { chooseScreen, type ScreenName, startScreen, UI_NAMES } from "../ui/choose.ts";
import { openRunsTable } from "../ui/screens/open_screen.ts";
import { runsTable } from "../ui/runs/runs_table.ts";
import { attach, type ScreenSetup } from "./attach.ts";
import { LOG_EVERY, oneOf, parseLogEvery, THEME, THEME_NAMES } from "./options.ts";
import { isOutputOpen, warnOnce } from "./output.ts";
import { openTerminal } from "./terminal.ts";
import { findSweep } from "../sweep/find_sweep.ts";
import { followSweep, showSweep } from "./sweep/show_sweep.ts";
import { rowOfEntry } from "./runs.ts";
import { listen } from "./signals.ts";

/** Milliseconds between two updates of a table of runs. */
const UPDATE_MS = 1000;
const WIDE = 160;

/** The command. */
export function monitorCommand(exit: (code: number) => void) {
  return new Command("monitor")
    .description("show a run or a sweep of another process, live or ended, or several runs in one table")
    .argument("[runs...]", "ids, ends of ids, or folders, also that of a sweep (default: the newest run)")
    .option("--compare <run>", "overlay a second run")
    .option("--all", "all runs in one table")
    .option("--runs <folder>", "folder of runs", "runs")
    .option("--ui <screen>", `screen: ${UI_NAMES.join(", ")}`, oneOf(UI_NAMES), "auto" as const)
    .option(...LOG_EVERY, parseLogEvery)
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--debug", "show stack traces")
    .action(async (wanted, { compare, all, runs, ui, logEvery, theme }) => {
      const env = Deno.env.toObject(), isTerminal = Deno.stdout.isTerminal();
      const screen = chooseScreen(ui, { isTerminal, env });
      const terminal = await openTerminal({ theme, env, canQuery: screen === "tui" });
      const setup = { ...terminal, every: logEvery };
      const other = compare === undefined ? undefined : (await findOwnRun(runs, compare)).folder;
      if (all || wanted.length > 1) {
        const problems = new Set<string>(), onProblem = (problem: string) => void problems.add(problem);
        const list = async () =>
          all
            ? await listRuns(runs, undefined, onProblem)
            : await Promise.all(wanted.map((run) => findRun(runs, run)));
        if (screen === "tui") await showTable(list, setup, onProblem);
        else await printTable(list, setup, onProblem);
        // Only now: a live table fills the screen.
        problems.forEach(warnOnce());
      } else {
        await showOne(wanted[0], { runs, screen, setup, other });
      }
      exit(0);
    });
}

/** Shows one run, or a sweep that is named by its folder. */
async function showOne(
  wanted: string | undefined,
  { runs, screen, setup, other }: {
    readonly runs: string;
    readonly screen: ScreenName;
    readonly setup: ScreenSetup;
    /** The folder of a run to compare with. */
    readonly other?: string;
  },
): Promise<void> {
  const sweep = wanted === undefined ? undefined : await findSweep(wanted);
  if (sweep !== undefined) {
    if (screen === "tui") await showSweep({ folder: sweep, setup, leaving: new AbortController() });
    else await followSweep(sweep, screen, setup);
    return;
  }
  const { folder } = await findOwnRun(runs, wanted);
  if (screen === "tui") await showDashboard(folder, setup, other);
  else await follow(folder, screen, setup);
}

/** Shows the dashboard of one run until it is closed. */
async function showDashboard(folder: string, setup: ScreenSetup, compare?: string): Promise<void> {
  const leaving = new AbortController();
  const quit = () => leaving.abort();
  const forget = STOP_SIGNAL_NAMES.map((signal) => listen(signal, quit));
  await attach({
    folder,
    setup,
    compare,
    leaving,
    controls: {
      stop: (how) => void requestStop(folder, { stop: how, exitCode: 130 }).catch(() => {}),
      abort() {},
      quit,
    },
  });
  forget.forEach((stop) => stop());
}

/** Prints lines of a run until it has ended, for a pipe. */
async function follow(folder: string, name: "plain" | "json" | "off", setup: ScreenSetup): Promise<void> {
  const controls = { stop() {}, abort() {} };
  const screen = await startScreen(name, { ...setup, controls }), ended = new AbortController();
  let isSilent = false, count = 0;
  await followEvents(folder, {
    signal: ended.signal,
    onEvents(events) {
      for (const event of events) {
        isSilent = count++ === 0 && event.type === "end";
        screen.event(event);
        if (event.type === "end" || !isOutputOpen()) ended.abort();
      }
    },
    onProgress(progress) {
      screen.progress?.(progress);
      if (!isOutputOpen()) ended.abort();
    },
    onGone: () => setup.write(`${folder} was removed while it was shown\n`),
  });
  await screen.finish();
  if (isSilent) setup.write(`${folder}: crashed before its first event\n`);
}

type Runs = () => Promise<RunEntry[]>;

async function printTable(list: Runs, { color, write }: ScreenSetup, onProblem: OnProblem): Promise<void> {
  const rows = await Promise.all((await list()).map((entry) => rowOfEntry(entry, onProblem)));
  write(runsTable(rows, { width: WIDE, level: color }).map((line) => `${line}\n`).join(""));
}

/** The live table; a run that is opened replaces it until it is closed. */
async function showTable(list: Runs, setup: ScreenSetup, onProblem: OnProblem): Promise<void> {
  let chosen: string | undefined;
  for (;;) {
    const opened = await chooseFromTable(list, setup, { onProblem, chosen });
    if (opened === undefined) return;
    chosen = opened.id;
    await showDashboard(opened.folder, setup);
  }
}

type Opened = { readonly id: string; readonly folder: string };

async function chooseFromTable(
  list: Runs,
  setup: ScreenSetup,
  { onProblem, chosen }: { readonly onProblem: OnProblem; readonly chosen?: string },
): Promise<Opened | undefined> {
  const rowsNow = async () => await Promise.all((await list()).map((entry) => rowOfEntry(entry, onProblem)));
  let rows = await rowsNow();
  const { promise, resolve } = Promise.withResolvers<Opened | undefined>();
  // A run of another version is listed; when the table is closed, a message names it.
  const readableFolder = (id: string) => rows.find((row) => row.id === id && !row.isOther)?.folder;
  const quit = () => resolve(undefined);
  const forget = STOP_SIGNAL_NAMES.map((signal) => listen(signal, quit));
  const table = await openRunsTable({
    ...setup,
    rows,
    chosen,
    quit,
    open({ id }) {
      const folder = readableFolder(id);
      if (folder !== undefined) resolve({ id, folder });
    },
    stop({ id }, how) {
      const folder = readableFolder(id);
      if (folder !== undefined) {
        void requestStop(folder, { stop: how, exitCode: 130 }).catch(() => {});
      }
    },
  });
  const timer = setInterval(async () => {
    rows = await rowsNow().catch(() => rows);
    table.update(rows);
  }, UPDATE_MS);
  const opened = await promise;
  clearInterval(timer);
  await table.finish();
  forget.forEach((stop) => stop());
  return opened;
}
