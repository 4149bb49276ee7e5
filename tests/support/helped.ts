/** Waits for the second thread of a program, which takes a moment to start. @module */
import type { Program } from "../../src/engine/engine.ts";
import { until } from "./until.ts";

/** Runs a row of a program until its second thread takes part, as the count of calls of this name shows. */
export async function helped(program: Program, calls: string): Promise<void> {
  const isThere = () => {
    program.run(1);
    return (program.calls[calls] ?? 0) > 0;
  };
  await until(isThere, "the start of the second thread", { seconds: 300 });
}
