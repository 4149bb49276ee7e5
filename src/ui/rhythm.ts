/** How often a screen is drawn: a terminal at the other end of a line gets less. @module */
import type { Environment } from "./choose.ts";

/** When a part of the screen has its turns. */
export interface Turns {
  /** Milliseconds between two turns at the least. */
  every(): number;
  /** What it may write, in bytes a millisecond (kB a second); the pictures take what is left of what all parts may write. */
  readonly share: number;
}

/** The rhythm of a screen. */
export interface Rhythm {
  /** Figures change with each frame; curves and pictures are dear to draw and to send, and hard to read when they move. */
  readonly parts: Readonly<Record<"figures" | "curves" | "pictures", Turns>>;
  /** Milliseconds between two frames at the most, for the clocks. */
  readonly tick: number;
  /** Of one core, how much frames take: above that, they become fewer. */
  readonly cpuShare: number;
}

/** From so many cells on, a frame is drawn half as often: it is dear, and people look at one part of it at a time. */
const MANY_CELLS = 5000;

/** Of each core: what a frame takes from a training that computes on all of them. `bench/viewer.ts` measures it. */
const CORE_SHARE = 0.003;

/**
 * Ten frames a second at the most, five over SSH or on a large terminal, and at most 16 kB a second, half of that over SSH. A screen
 * reader gets a new text each five seconds, as it reads all of it.
 */
export function rhythmOf(
  { env, isRead, cells, cores = navigator.hardwareConcurrency }: {
    env: Environment;
    isRead: boolean;
    cells(): number;
    cores?: number;
  },
): Rhythm {
  const cpuShare = CORE_SHARE * cores;
  const turns = (milliseconds: number, share: number): Turns => ({ every: () => milliseconds, share });
  if (isRead) {
    const slow = turns(5000, 16);
    return { parts: { figures: slow, curves: slow, pictures: slow }, tick: 5000, cpuShare };
  }
  if (isRemote(env)) {
    return {
      parts: { figures: turns(200, 3), curves: turns(1000, 2), pictures: turns(2000, 8) },
      tick: 1000,
      cpuShare,
    };
  }
  const figures = { every: () => cells() > MANY_CELLS ? 200 : 100, share: 5 };
  return { parts: { figures, curves: turns(500, 5), pictures: turns(1000, 16) }, tick: 1000, cpuShare };
}

/** Whether the terminal is reached over SSH. */
export function isRemote({ SSH_CONNECTION, SSH_TTY }: Environment): boolean {
  return Boolean(SSH_CONNECTION) || Boolean(SSH_TTY);
}
