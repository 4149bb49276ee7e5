/** `run` on several ranks: processes that `mpirun` or `srun` has started together. @module */
import { valueText } from "../core/arguments.ts";
import { UsageError } from "../core/errors.ts";
import { canShare } from "../core/parts.ts";
import type { RankPlace } from "../engine/mpi/launcher.ts";
import { openMpiLibrary } from "../engine/mpi/library.ts";
import type { ResolvedPipeline } from "../pipeline/resolve.ts";
import { isShards } from "../run/ranks/opening.ts";
import { startFollower } from "../run/ranks/start_follower.ts";
import { dismissRanks } from "../run/ranks/team.ts";
import { STOP_SIGNALS, stopFlag } from "../run/stop.ts";
import type { ScreenName } from "../ui/choose.ts";
import type { Environment } from "../ui/terminal/environment.ts";
import { safeLines } from "../ui/text/text.ts";
import { writeError } from "./output.ts";
import type { RunOptions } from "./run_options.ts";
import { listenToSignals } from "./signals.ts";

/**
 * Milliseconds that a rank above 0 waits before it reports a failure of its own: if rank 0 has failed in the same way, it has reported that
 * by then, and the launcher ends all.
 */
const LATE_MS = 2000;
/** Milliseconds that a rank waits before it ends without a message: its end makes the launcher end the rank that prints the message, too. */
const SILENT_MS = 10_000;

const TIMEOUT_VARIABLE = "HOURGLASS_RANK_TIMEOUT";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs rank 0. Until it has called what it is given, an end of it lets the other ranks end. */
export async function leadRun(
  place: RankPlace,
  run: (onStart: () => void) => Promise<number>,
): Promise<number> {
  openMpiLibrary();
  let isStarted = false;
  try {
    return await run(() => isStarted = true);
  } finally {
    if (!isStarted) dismissRanks(place);
  }
}

/** Runs a rank above 0 and returns its exit code. */
export async function followRun(file: string, place: RankPlace): Promise<number> {
  const { rank, localRank } = place;
  try {
    openMpiLibrary();
  } catch (thrown) {
    // The first rank of a machine says it for all of them.
    if (!(thrown instanceof UsageError && localRank > 0)) throw thrown;
    await wait(SILENT_MS);
    return thrown.exitCode;
  }
  const flag = stopFlag();
  listenToSignals().direct({
    stop: (signal) => flag.ask({ exitCode: STOP_SIGNALS[signal], cause: signal }),
    abort: (signal) => Deno.exit(STOP_SIGNALS[signal]),
    hangUp() {},
  });
  const { exitCode, problem } = await startFollower(file, place, flag);
  if (problem !== undefined) {
    await wait(LATE_MS);
    writeError(`error: rank ${rank} on ${Deno.hostname()}: ${safeLines(problem)}\n`);
  }
  return exitCode;
}

/**
 * At most how many seconds rank 0 waits for the other ranks; `undefined`: no limit.
 *
 * @throws {UsageError} When the variable has no such number.
 */
export function rankTimeout(env: Environment): number | undefined {
  const text = env[TIMEOUT_VARIABLE] ?? "", seconds = Number(text);
  if (text === "") return undefined;
  if (seconds > 0 && seconds < Infinity) return seconds;
  throw new UsageError(`${TIMEOUT_VARIABLE} must be a number of seconds above 0, got ${valueText(text)}`);
}

/** The screen of rank 0, whose output passes through the launcher. */
export function screenOfRanks({ ui, detach }: RunOptions): ScreenName {
  if (detach) {
    throw new UsageError("--detach must be left out under mpirun or srun, which start the ranks of a run");
  }
  if (ui !== "tui") return ui === "auto" ? "plain" : ui;
  throw new UsageError(
    'a dashboard needs a terminal of its own, got "--ui tui" under mpirun or srun (attach one with the task "monitor")',
  );
}

/** Why ranks do not run a sweep. */
export function sweepOnRanks(file: string): UsageError {
  return new UsageError(
    `${file} must be a single pipeline to be trained by several ranks, got a sweep (--single runs its pipeline once; trials are dealt out by --shard, without mpirun)`,
  );
}

/**
 * The settings by which each distributed stage computes its steps in as many parts as there are ranks, where it does not say how many, and
 * shards are dealt out to them.
 *
 * @throws {UsageError} When no stage is distributed, or the ranks cannot share the parts of one evenly.
 */
export function settingsForRanks({ stages }: ResolvedPipeline, { size }: RankPlace): string[] {
  const distributed = stages.filter(({ definition }) => definition.isDistributed);
  if (distributed.length === 0) {
    throw new UsageError(
      `a pipeline for ${size} ranks must have a stage that they can share (train), got none`,
    );
  }
  const sharded = stages.filter(({ options }) => isShards(options)).map(({ name }) =>
    `${name}.source.ranks=${size}`
  );
  const inParts = distributed.flatMap(({ name, options }) => {
    const { parts } = options as { readonly parts?: number };
    if (parts === undefined) return [`${name}.parts=${size}`];
    if (canShare(parts, size)) return [];
    throw new UsageError(
      `${name}.parts must be the number of ranks times a power of two, got ${parts} for ${size} ranks`,
    );
  });
  return [...sharded, ...inParts];
}
