/**
 * A process that is a rank above 0: it has no run folder, and prints nothing unless it fails alone.
 *
 * @module
 */
import { startWorker } from "../../core/threads.ts";
import type { RankPlace } from "../../engine/mpi/launcher.ts";
import { EXIT } from "../record.ts";
import type { StopFlag } from "../stop.ts";
import type { FollowOrder, FollowReport } from "./follow_worker.ts";
import { rankWatcher } from "./processes.ts";

/** How a rank above 0 has ended: the exit code, and why, where rank 0 does not know. */
export interface FollowerEnd {
  readonly exitCode: number;
  readonly problem?: string;
}

/**
 * Starts the worker of a rank above 0 and waits for its end. The exit code of a run is that of rank 0: the launcher would end all at another
 * one.
 */
export function startFollower(file: string, place: RankPlace, flag: StopFlag): Promise<FollowerEnd> {
  const worker = startWorker(new URL("./follow_worker.ts", import.meta.url));
  return new Promise((resolve) => {
    const lost = (problem: string) => resolve({ exitCode: EXIT.failed, problem });
    const ranks = rankWatcher(place.rank, () => resolve({ exitCode: EXIT.failed }));
    worker.onmessage = ({ data }: MessageEvent<FollowReport>) => {
      if ("done" in data) resolve({ exitCode: EXIT.completed });
      else if ("lost" in data) lost(data.lost);
      else ranks(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      lost(event.message);
    };
    worker.postMessage({ file, place, stop: flag.memory } satisfies FollowOrder);
  });
}
