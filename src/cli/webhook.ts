// deno-lint-ignore-file no-console -- a program of its own.

/**
 * Posts what stands on the standard input, JSON, to an address: a program of its own, so that a run needs no network.
 *
 * @module
 */

/** Milliseconds that an answer may take, and before each further try. */
const ANSWER_MS = 10_000, PAUSES_MS = [0, 1000, 3000];

const [url] = Deno.args;
const body = await new Response(Deno.stdin.readable).text();
let problem = "";
for (const pause of PAUSES_MS) {
  await new Promise((resolve) => setTimeout(resolve, pause));
  try {
    const headers = { "content-type": "application/json", "user-agent": "hourglass" };
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) Deno.exit(0);
    problem = `it answered ${answer.status}`;
    // A request that is wrong stays wrong.
    if (answer.status < 500 && answer.status !== 429) break;
  } catch (thrown) {
    problem = thrown instanceof Error ? thrown.message : String(thrown);
  }
}
console.error(problem);
Deno.exit(1);
