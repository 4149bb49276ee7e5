/** A timer for any time: the system's own go off at once beyond 24.8 days. @module */

/** The most milliseconds that one timer can wait. */
const MOST = 2 ** 31 - 1;

/** A timer that has not gone off yet. */
export interface Alarm {
  cancel(): void;
}

/** Calls `act` once, so many milliseconds from now. */
export function alarm(milliseconds: number, act: () => void, most: number = MOST): Alarm {
  let left = milliseconds, timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const next = Math.min(left, most);
    left -= next;
    timer = setTimeout(() => left > 0 ? wait() : act(), next);
  };
  wait();
  return { cancel: () => clearTimeout(timer) };
}
