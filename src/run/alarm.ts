/** A timer for any duration: those of the runtime fire at once beyond 24.8 days. @module */

/** The longest duration of one timer, in milliseconds. */
const MOST = 2 ** 31 - 1;

/** A timer that has not fired yet. */
export interface Alarm {
  cancel(): void;
}

/** Calls `act` once after `milliseconds`. */
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
