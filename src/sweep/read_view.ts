/**
 * Reads the folder of a sweep again and again, each time only what has changed: a result is read once, and of the runs only those that are
 * running are followed.
 *
 * @module
 */
import { statIfThere } from "../core/files.ts";
import { folderName } from "../run/folder_name.ts";
import { CLAIM } from "./claim.ts";
import { curveReader, SCREEN_POINTS } from "./curve_reader.ts";
import type { TrialCurve } from "./curves.ts";
import { readSweep, type SweepRecord, trialsFolder } from "./folder.ts";
import { openPooledResults, type PooledResults } from "./pooled_results.ts";
import { proposalFile, readProposals } from "./proposal_log.ts";
import { pooledView, sweepView } from "./make_view.ts";
import { RESULT, type TrialResult } from "./result.ts";
import { type TrialPlace, type TrialReader, trialReader } from "./trial_reader.ts";
import { type MetricInfos, metricInfos } from "./tables/metric_addresses.ts";
import { summarizer, type TrialSummary } from "./tables/trial_summary.ts";
import { bestTrial, type SweepView, type TrialView } from "./view.ts";

/** The folder of a sweep that is read. */
export interface SweepReader {
  readonly record: SweepRecord;
  readonly place: TrialPlace;
  /** Reads what has changed. Never throws. */
  read(): Promise<SweepView>;
  /** The curves of running trials, of the best and of others evenly chosen, as far as they have been read: some more with each call of `read`. */
  curves(): readonly TrialCurve[];
  /** Of the results that were read last, in the order of the plan, their states and what they were computed with. */
  results(): readonly Pick<TrialResult, "state" | "resources">[];
  /** Results that cannot be used, one sentence each. */
  problems(): readonly string[];
  close(): void;
}

/** Trials that are read at a time, and the most ended ones whose curves are read. */
const AT_ONCE = 64, MOST_CURVES = 200;

/**
 * Opens the folder of a sweep.
 *
 * @param wanted The metric to rank by. @default {that of the sweep}
 * @throws {RunError} When its plan cannot be read.
 * @throws {UsageError} When it is a large merge whose results were copied in part.
 */
export async function openSweep(folder: string, wanted?: string): Promise<SweepReader> {
  const choices = choicesOf(folder), settings = await countOf(folder), record = await readSweep(folder);
  const sweep = { folder, record, place: await placeOf(folder, record), wanted };
  const pooled = await openPooledResults(folder);
  return pooled === undefined ? filesReader(sweep, choices, settings) : await pooledReader(sweep, pooled);
}

/** A sweep that is read. */
interface OpenedSweep extends Pick<SweepReader, "record" | "place"> {
  readonly folder: string;
  /** The metric to rank by. */
  readonly wanted?: string;
}

/** A reader of the results of a large merge, which are read once: nothing adds to them. */
async function pooledReader(
  { record, place, wanted }: OpenedSweep,
  pooled: PooledResults,
): Promise<SweepReader> {
  const { results, problems } = await readPooled(pooled, record), curves = curveReader(MOST_CURVES);
  const { trials, ...view } = pooledView({ plan: record, results }, place.runs, wanted);
  // A copy has the metrics as values; those of a pooled view are made at each access.
  const shown = {
    ...view,
    trials: trials.map((trial): TrialView => {
      const reason = problems.get(trial.id);
      return { ...trial, ...reason === undefined ? {} : { state: "failed", reason } };
    }),
  };
  const best = bestTrial(shown)?.id;
  return {
    record,
    place,
    async read() {
      await curves.read(shown.trials, best);
      return shown;
    },
    curves: curves.all,
    results: () => [...results.values()],
    problems: () => [...problems.values()],
    close() {},
  };
}

/** Lines that are read at a time. */
const LINES_AT_ONCE = 1000;

/** Reads all results of a large merge, and closes it: by the trial's id what they come to, and why they cannot be used. */
async function readPooled(
  { ids, read, close }: PooledResults,
  { trials }: SweepRecord,
): Promise<{ readonly results: Map<string, TrialSummary>; readonly problems: Map<string, string> }> {
  const results = new Map<string, TrialSummary>(), problems = new Map<string, string>();
  const summarize = summarizer();
  for (const [at, { id }] of trials.entries()) {
    // Signals must be heard while 100,000 are read.
    if (at % LINES_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    const result = ids.has(id) ? read(id) : undefined;
    if (typeof result === "string") problems.set(id, result);
    else if (result !== undefined) results.set(id, summarize(result));
  }
  close();
  return { results, problems };
}

/** A reader of the results of trials that have a file each; `settings`: how many were chosen by results when the plan was read. */
function filesReader(
  { folder, record: planned, place, wanted }: OpenedSweep,
  choices: Choices,
  settings: number,
): SweepReader {
  const trials: TrialReader[] = [];
  let record = planned, infos: MetricInfos = new Map();
  const results = () => trials.flatMap(({ result }) => result ?? []), summarize = summarizer();
  const list = trialFiles(place.folder), curves = curveReader(MOST_CURVES);
  /** Adds the trials whose settings a sampler has chosen since. */
  async function addTrials(): Promise<void> {
    if (choices.hasChanged()) {
      settings = await countOf(folder);
      record = await readSweep(folder).catch(() => record);
    }
    for (const trial of record.trials.slice(trials.length)) {
      trials.push(trialReader(trial, trials.length + 1, place));
    }
  }
  return {
    get record() {
      return record;
    },
    place,
    async read() {
      await addTrials();
      const hasNew = await readAll(trials, list(), Date.now());
      if (hasNew) infos = metricInfos(results().map(summarize));
      const view = sweepView(record, trials.map(({ view }) => view), infos, { chosen: settings, wanted });
      await curves.read(view.trials, bestTrial(view)?.id);
      return view;
    },
    results,
    curves: () => [...curves.all(), ...trials.flatMap((trial) => trial.curve(SCREEN_POINTS) ?? [])],
    problems: () => trials.flatMap(({ problem }) => problem ?? []),
    close: () => trials.forEach((trial) => trial.close()),
  };
}

/** How many settings were chosen by results. It is read before their trials, so that a sweep that continues is not over too early. */
async function countOf(folder: string): Promise<number> {
  return (await readProposals(folder)).count;
}

/** The file of settings that are chosen by results. */
interface Choices {
  /** Whether it has changed since the last call. */
  hasChanged(): boolean;
}

function choicesOf(folder: string): Choices {
  const sizeNow = () => statIfThere(proposalFile(folder))?.size;
  let size = sizeNow();
  return {
    hasChanged() {
      const before = size;
      size = sizeNow();
      return size !== before;
    },
  };
}

/** Reads all trials that may have changed; returns whether results have. */
async function readAll(
  trials: readonly TrialReader[],
  { names, hasChanged }: TrialNames,
  now: number,
): Promise<boolean> {
  const filesOf = ({ view: { id } }: TrialReader) => ({
    hasResult: names.has(id + RESULT),
    hasClaim: names.has(id + CLAIM),
  });
  const open = trials.filter((trial) => hasChanged || trial.result?.state !== "complete")
    .filter((trial) => trial.isOpen(filesOf(trial)));
  const before = open.map(({ result }) => result);
  for (let from = 0; from < open.length; from += AT_ONCE) {
    await Promise.all(open.slice(from, from + AT_ONCE).map((trial) => trial.read(filesOf(trial), now)));
    // A screen must answer keys while thousands are read.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return open.some(({ result }, at) => result !== before[at]);
}

/** A folder that was changed so short a time ago, in milliseconds, may change again and keep its time. */
const SETTLED_MS = 3000;

/** The names in the folder of trials, and whether they may be others than before. */
interface TrialNames {
  readonly names: ReadonlySet<string>;
  readonly hasChanged: boolean;
}

/** Returns a function that lists the names in the folder of trials, and reads it only where it has changed. */
function trialFiles(folder: string): () => TrialNames {
  const path = trialsFolder(folder);
  let names: ReadonlySet<string> = new Set(), time: number | undefined;
  return () => {
    const changed = statIfThere(path)?.mtime?.getTime();
    if (changed !== undefined && changed === time && Date.now() - changed > SETTLED_MS) {
      return { names, hasChanged: false };
    }
    time = changed;
    names = changed === undefined
      ? new Set()
      : new Set(Array.from(Deno.readDirSync(path), ({ name }) => name));
    return { names, hasChanged: true };
  };
}

/** The folders of a sweep and of the runs next to it. */
async function placeOf(folder: string, { pipeline }: SweepRecord): Promise<TrialPlace> {
  // `.` has no folder above it in its name.
  const path = folder.replace(/(?<=.)\/+$/, ""),
    isLong = path.split("/").filter((part) => part !== "." && part !== "..").length > 2;
  const runs = (isLong ? path : await Deno.realPath(path)).split("/").slice(0, -2).join("/");
  return { folder: path, runs, pipeline: `${runs}/${folderName(pipeline)}` };
}
