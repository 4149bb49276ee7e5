/** Files that a command reads and cannot use. @module */
import { RunError, UsageError } from "../core/errors.ts";

/**
 * Reads what a command needs before it does anything: where a file cannot be used, nothing is run, and the command exits 2.
 *
 * @throws {UsageError} Where the reader throws a RunError, with its message.
 */
export async function asBadInput<Content>(read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof RunError) throw new UsageError(thrown.message, { cause: thrown });
    throw thrown;
  }
}
