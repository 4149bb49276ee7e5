/** The standard output, which may go away. @module */

/** Writes to the standard output; a reader or a terminal that has gone away does not end the run. */
export function writeAll(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch {
    // EPIPE of a pipe, EIO of a terminal that was closed: nobody reads, and the run is worth more than its lines.
  }
}
