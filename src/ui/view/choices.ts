/** What the user selected with keys. @module */
import type { Moment } from "./timeline.ts";

/** When a run is to stop: after the epoch, after the batch, or at once. */
export type Stopping = "epoch" | "batch" | "abort";

/** What the user selected with keys. */
export interface Choices {
  /** Whether the help is open. */
  readonly help: boolean;
  /** Whether the plain log replaces the panels. */
  readonly log: boolean;
  /** Whether the health of the latent space replaces the panels. */
  readonly health: boolean;
  /** Whether the question how to stop is shown. */
  readonly asking: boolean;
  readonly stopping: Stopping | null;
  /** The first preview item that is shown. */
  readonly offset: number;
  /** Which panel is shown when pictures and latent space do not both fit. */
  readonly panel: "pictures" | "latent";
  /** The moment of the past that is shown; `null`: the present. */
  readonly past: Moment | null;
}

/** The initial selection. */
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

/** Which actions are available. */
export interface Situation {
  /** Whether the screen is attached read-only: leaving it does not affect the run. */
  readonly attached: boolean;
  readonly canDetach: boolean;
}

/** The screen of a run in the same process. */
export const OWNS_RUN: Situation = { attached: false, canDetach: false };
