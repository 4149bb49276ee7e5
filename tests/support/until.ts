/** Waiting for what another process or thread does: the one loop that polls. @module */

/** How to wait, and what a failure says. */
export interface Waiting {
  /** @default {60} */
  readonly seconds?: number;
  /** Milliseconds between two polls. @default {10} */
  readonly every?: number;
  /** Whether it can no longer happen, as its process has ended: fails at once. */
  readonly isOver?: () => boolean;
  /** What a failure shows in addition. */
  readonly explain?: () => string | Promise<string>;
}

/** Polls until something holds; fails when that takes too long. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  { seconds = 60, every = 10, isOver, explain }: Waiting = {},
): Promise<void> {
  const fail = async (when: string) => {
    throw new Error(`${what} did not happen ${when}\n${await explain?.() ?? ""}`.trimEnd());
  };
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    if (await holds()) return;
    if (isOver?.()) await fail("before the end of its process");
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  await fail(`within ${seconds} s`);
}
