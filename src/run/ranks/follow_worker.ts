/** The worker of a rank above 0. @module */
import { messageOf } from "../../core/errors.ts";
import { stopFlag } from "../stop.ts";
import type { RankPlace } from "../../engine/mpi/launcher.ts";
import { followRank } from "./follow.ts";
import type { RankReport } from "./processes.ts";
import { openTeam } from "./team.ts";

/** The message that starts it. */
export interface FollowOrder {
  readonly file: string;
  readonly place: RankPlace;
  /** The memory of the stop flag. */
  readonly stop: SharedArrayBuffer;
}

/** What it reports: of the other ranks; that it is done; why it has failed, where rank 0 does not know. */
export type FollowReport = RankReport | { readonly done: true } | { readonly lost: string };

const report = (message: FollowReport) => self.postMessage(message);

// In an idle thread an error that nothing catches would end the worker, and reach nobody.
const stray = (event: Event, thrown: unknown) => {
  event.preventDefault();
  report({ lost: messageOf(thrown) });
};
self.addEventListener("error", (event) => stray(event, event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => stray(event, event.reason));

self.onmessage = async ({ data: { file, place, stop } }: MessageEvent<FollowOrder>) => {
  try {
    const team = openTeam(place, stopFlag(stop));
    report({ joined: team.processes });
    await followRank(team, { file, local: place.local, onDisconnect: () => report({ disconnecting: true }) });
    report({ done: true });
  } catch (thrown) {
    report({ lost: messageOf(thrown) });
  }
  // It does not close itself: the process ends now, and the libraries would be closed by two threads at once, which crashes.
};
