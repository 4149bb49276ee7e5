/**
 * Appends the standard input to a file. A separate program, so that a run needs no write permission there.
 *
 * @module
 */

const [path] = Deno.args;
try {
  await Deno.writeTextFile(path, await new Response(Deno.stdin.readable).text(), { append: true });
} catch (thrown) {
  // deno-lint-ignore no-console -- a separate program.
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  Deno.exit(1);
}
