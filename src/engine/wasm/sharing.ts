/**
 * How two threads share the work around a run. Every number is computed on its own, so the bits do not depend on the thread.
 *
 * @module
 */
import type { HelperThread } from "../threads/helper_thread.ts";

/** The helper thread's share. */
export interface Sharing {
  readonly helper: HelperThread;
  /** The first parameter that the helper thread updates, a multiple of 16. Updates are bound by memory (28 bytes per parameter). */
  readonly half: number;
  /** Whether drawing noise and normal numbers is shared, too. */
  readonly draws: boolean;
}
