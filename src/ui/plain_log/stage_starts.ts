/** Lines that say that a stage has started, for stages that run for a while. @module */

/** Milliseconds after which the start of a stage that is still running is logged. */
const STARTED_MS = 1000;

/** The pending line of the stage that has just started, if there is one. */
export interface StageStarts {
  /** A stage has started. */
  begin(stage: string): void;
  /** Called before another line: writes the pending line, or drops it before a line about the stage itself, which implies it. */
  settle(stage?: string): void;
  /** Drops the pending line. */
  cancel(): void;
}

/** Writes that a stage has started, once it has run for a while. `later` calls back unless it is cancelled. */
export function stageStarts(
  write: (stage: string) => void,
  later: (callback: () => void, milliseconds: number) => () => void,
): StageStarts {
  let pending: { readonly stage: string; hasLine: boolean; cancel(): void } | undefined;
  return {
    begin(stage) {
      const mine = { stage, hasLine: false, cancel: () => {} };
      pending = mine;
      mine.cancel = later(() => {
        mine.hasLine = true;
        write(stage);
      }, STARTED_MS);
    },
    settle(stage) {
      if (pending === undefined) return;
      pending.cancel();
      if (pending.stage !== stage && !pending.hasLine) write(pending.stage);
      pending = undefined;
    },
    cancel: () => pending?.cancel(),
  };
}
