/**
 * How two threads share what is done around a run. Every number is made by itself, so who makes it makes no difference to its bits.
 *
 * @module
 */
import type { Helper } from "../team/helper.ts";

/** What a second thread takes part in. */
export interface Sharing {
  readonly helper: Helper;
  /** The first number that the second thread updates: a multiple of 16. An update moves 28 bytes a parameter, more than one core can. */
  readonly half: number;
  /** Whether noise and normal numbers are shared, too. */
  readonly draws: boolean;
}
