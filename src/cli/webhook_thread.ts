// deno-lint-ignore-file no-console -- a program of its own.

/**
 * Posts a text to an address, both read as JSON from the standard input: a program of its own, so that a run needs no network. The address
 * is a secret, so it is no argument.
 *
 * @module
 */
import { redact, rememberSecret } from "../core/secrets.ts";
import { endProcessWithThread } from "./thread.ts";

/** Milliseconds that an answer may take, and before each further try. */
const ANSWER_MS = 10_000, PAUSES_MS = [0, 1000, 3000];

await endProcessWithThread();
const { url, body } = await new Response(Deno.stdin.readable).json() as { url: string; body: string };
rememberSecret(url);
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
    // "fetch failed" says little; its cause says why.
    const { cause } = thrown as { cause?: unknown };
    problem = [thrown, cause].filter((one) => one instanceof Error).map(({ message }) => message).join(": ");
  }
}
console.error(redact(problem));
Deno.exit(1);
