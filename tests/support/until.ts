/** Waiting for what another process or thread does. @module */

/** Looks again and again until something holds; fails after `seconds`, and as soon as `isOver` says that it can no longer happen. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  isOver: () => boolean = () => false,
  seconds = 60,
): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    if (await holds()) return;
    if (isOver()) throw new Error(`${what} did not happen before the end of its process`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not happen within ${seconds} s`);
}
