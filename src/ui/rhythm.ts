/** How often a screen is drawn: a terminal at the other end of a line gets less. @module */
import type { Environment } from "./choose.ts";

/** Milliseconds. */
export interface Rhythm {
  /** Between two frames at the least. */
  frame(): number;
  /** Between two changes of what is dear to draw and hard to read when it moves: the curves. */
  readonly calm: number;
  /** Between two changes of the pictures and the latent space, which are the most to send. */
  readonly pictures: number;
  /** Between two frames at the most, for the clocks. */
  readonly tick: number;
}

/** From so many cells on, a frame is drawn half as often: it is dear, and people look at one part of it at a time. */
const MANY_CELLS = 5000;

/** Ten frames a second, five over SSH or on a large terminal; a screen reader gets a new text each five seconds, as it reads all of it. */
export function rhythmOf(
  { env, isRead, cells }: { env: Environment; isRead: boolean; cells(): number },
): Rhythm {
  if (isRead) return { frame: () => 5000, calm: 5000, pictures: 5000, tick: 5000 };
  if (isRemote(env)) return { frame: () => 200, calm: 1000, pictures: 2000, tick: 1000 };
  return { frame: () => cells() > MANY_CELLS ? 200 : 100, calm: 500, pictures: 1000, tick: 1000 };
}

/** Whether the terminal is reached over SSH. */
export function isRemote({ SSH_CONNECTION, SSH_TTY }: Environment): boolean {
  return Boolean(SSH_CONNECTION) || Boolean(SSH_TTY);
}
