/** What the person at the keys chose. @module */
import type { Moment } from "./timeline.ts";

/** How soon a run was asked to stop, if it was. */
export type Stopping = "epoch" | "batch" | "abort";

/** What the person chose with keys. */
export interface Choices {
  /** Whether the help is open. */
  readonly help: boolean;
  /** Whether the plain log stands in the place of the panels. */
  readonly log: boolean;
  /** Whether the health of the latent space stands in the place of the panels. */
  readonly health: boolean;
  /** Whether the screen asks how to stop. */
  readonly asking: boolean;
  readonly stopping: Stopping | null;
  /** The first preview item that is shown. */
  readonly offset: number;
  /** Which panel gets the room when there is not enough for pictures and latent space. */
  readonly panel: "pictures" | "latent";
  /** The moment of the past that is shown; `null`: the present. */
  readonly past: Moment | null;
}

/** Nothing chosen yet. */
export const NO_CHOICES: Choices = {
  help: false,
  log: false,
  health: false,
  asking: false,
  stopping: null,
  offset: 0,
  panel: "pictures",
  past: null,
};

/** What the person can choose at all. */
export interface Situation {
  /** Whether the screen only looks on: leaving it leaves the run alone. */
  readonly looksOn: boolean;
  readonly canDetach: boolean;
}

/** The screen of a run that ends with it. */
export const OWNS_RUN: Situation = { looksOn: false, canDetach: false };
