/**
 * The processes of all ranks, and whether those on this machine are still there: a rank that waits for another that has died would wait
 * until its launcher ends it, and would not know why.
 *
 * @module
 */
import { RESUME_HINT } from "../stop.ts";
import { type WaitLimit, watchWaits } from "./waits.ts";

/** The process of a rank. */
export interface RankProcess {
  readonly rank: number;
  readonly pid: number;
  /** The name of its machine. */
  readonly host: string;
}

/** What the worker of a rank reports of the others: their processes, once all have joined, and that they disconnect. */
export type RankReport = { readonly joined: readonly RankProcess[] } | { readonly disconnecting: true };

/** Milliseconds between two looks: a launcher ends the other ranks a second after it has asked them to end. */
const POLL_MS = 150;

/** What a machine has to find a process: signal 0 is not sent, only checked. */
const KILL = { kill: { parameters: ["i32", "i32"], result: "i32" } } as const;

/**
 * Calls back once when a process of another rank on this machine has ended, until it is closed.
 *
 * @param rank The rank of this process.
 */
function watchProcesses(
  processes: readonly RankProcess[],
  rank: number,
  onEnded: (process: RankProcess) => void,
): { close(): void } {
  const { host } = processes[rank];
  const watched = processes.filter((process) => process.rank !== rank && process.host === host);
  const isThere = processFinder(), missed = new Set<RankProcess>();
  const timer = setInterval(() => {
    const gone = watched.find(({ pid }) => !isThere(pid));
    if (gone === undefined) return;
    // The message that the ranks disconnect may come after the end of the process.
    if (!missed.has(gone)) return void missed.add(gone);
    clearInterval(timer);
    onEnded(gone);
  }, POLL_MS);
  return { close: () => clearInterval(timer) };
}

/** Finds processes by the C library; where it cannot be opened, all count as there. */
function processFinder(): (pid: number) => boolean {
  try {
    const { symbols } = Deno.dlopen(Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6", KILL);
    return (pid) => symbols.kill(pid, 0) === 0;
  } catch {
    return () => true;
  }
}

/**
 * Takes the reports of a rank's worker: watches the other ranks from when they have joined to when they disconnect.
 *
 * @param rank The rank of this process.
 * @param abort Called when one of them has ended before, or they have not answered rank 0 for too long.
 * @param limit @default {no limit}
 */
export function rankWatcher(
  rank: number,
  abort: (why: { exitCode: number; reason: string; status: "failed" }) => void,
  limit?: WaitLimit,
): (report: RankReport) => void {
  let watches: { close(): void }[] = [];
  const fail = (reason: string) => {
    watches.forEach((watch) => watch.close());
    abort({ exitCode: 1, reason, status: "failed" });
  };
  return (report) => {
    watches.forEach((watch) => watch.close());
    if ("disconnecting" in report) return;
    const { joined } = report;
    watches = [watchProcesses(joined, rank, (process) => fail(endedText(process, joined.length)))];
    if (limit === undefined) return;
    watches.push(watchWaits(limit, () => fail(timeoutText(joined, limit.seconds))));
  };
}

/** That the other ranks do not answer, with the machines of all, as a reason: which rank the others wait for is not known. */
function timeoutText(processes: readonly RankProcess[], seconds: number): string {
  const hosts = [...Map.groupBy(processes, ({ host }) => host)].map(([host, own]) =>
    `${host} (${own.length === 1 ? "rank" : "ranks"} ${own.map(({ rank }) => rank).join(", ")})`
  );
  return `rank 0 got no answer from the other ranks for ${seconds} s (HOURGLASS_RANK_TIMEOUT): a rank hangs or a machine is gone, of ${
    hosts.join(", ")
  }${RESUME_HINT}`;
}

/** That a rank has ended, as a reason. */
function endedText({ rank, pid, host }: RankProcess, size: number): string {
  return `rank ${rank} of ${size} (process ${pid} on ${host}) has ended${RESUME_HINT}`;
}
