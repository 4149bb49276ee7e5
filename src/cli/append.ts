/**
 * Adds what stands on the standard input to a file: a program of its own, so that a run need not be allowed to write there.
 *
 * @module
 */

const [path] = Deno.args;
try {
  await Deno.writeTextFile(path, await new Response(Deno.stdin.readable).text(), { append: true });
} catch (thrown) {
  // deno-lint-ignore no-console -- a program of its own.
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  Deno.exit(1);
}
