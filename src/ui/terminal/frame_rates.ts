/** Frame rates of a screen: lower over SSH. @module */
import type { Environment } from "./environment.ts";

/** How often a part of the screen is redrawn, and its share of the output. */
export interface FrameRate {
  /** Minimum milliseconds between two updates. */
  every(): number;
  /** Output limit in bytes per millisecond (kB/s). That of the pictures is the limit of all parts together. */
  readonly share: number;
}

/** The frame rates of a screen. */
export interface FrameRates {
  /** Figures change with every frame. Curves and pictures are expensive to draw and to send, and hard to read when they change often. */
  readonly parts: Readonly<Record<"figures" | "curves" | "pictures", FrameRate>>;
  /** Maximum milliseconds between two frames, so that clocks advance. */
  readonly tick: number;
  /** Maximum processor time of the frames, as a share of one core: above it, the frame rate drops. */
  readonly cpuShare: number;
}

/** From this number of cells on, the frame rate is halved: large frames are expensive. */
const MANY_CELLS = 5000;

/** Share of each core that frames may take from a training on all cores. `bench/viewer.ts` measures it. */
const CORE_SHARE = 0.003;

/**
 * At most ten frames per second, five over SSH or on a large terminal, and at most 16 kB/s, half of that over SSH. A screen reader
 * gets a new text every five seconds, as it reads the whole text.
 */
export function frameRatesFor(
  { env, isRead, cells, cores = navigator.hardwareConcurrency }: {
    env: Environment;
    isRead: boolean;
    cells(): number;
    cores?: number;
  },
): FrameRates {
  const cpuShare = CORE_SHARE * cores;
  const rate = (milliseconds: number, share: number): FrameRate => ({ every: () => milliseconds, share });
  if (isRead) {
    const slow = rate(5000, 16);
    return { parts: { figures: slow, curves: slow, pictures: slow }, tick: 5000, cpuShare };
  }
  if (isRemote(env)) {
    return {
      parts: { figures: rate(200, 3), curves: rate(1000, 2), pictures: rate(2000, 8) },
      tick: 1000,
      cpuShare,
    };
  }
  const figures = { every: () => cells() > MANY_CELLS ? 200 : 100, share: 5 };
  return { parts: { figures, curves: rate(500, 5), pictures: rate(1000, 16) }, tick: 1000, cpuShare };
}

/** Whether the terminal is reached over SSH. */
function isRemote({ SSH_CONNECTION, SSH_TTY }: Environment): boolean {
  return Boolean(SSH_CONNECTION) || Boolean(SSH_TTY);
}
