// deno-lint-ignore-file no-console -- a program of its own.

/**
 * Posts a text to a URL, both read as JSON from the standard input. A separate program, so that a run needs no network permission. The URL
 * is a secret, so it is not a command-line argument.
 *
 * @module
 */
import { redact, rememberSecret } from "../core/secrets.ts";
import { endProcessWithThread } from "./thread.ts";

/** The timeout of a request, and the delay before each attempt, in milliseconds. */
const TIMEOUT_MS = 10_000, PAUSES_MS = [0, 1000, 3000];

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
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) Deno.exit(0);
    problem = `it answered ${answer.status}`;
    // A client error will not go away with another attempt.
    if (answer.status < 500 && answer.status !== 429) break;
  } catch (thrown) {
    // The message is only "fetch failed"; the cause has the reason.
    const { cause } = thrown as { cause?: unknown };
    problem = [thrown, cause].filter((one) => one instanceof Error).map(({ message }) => message).join(": ");
  }
}
console.error(redact(problem));
Deno.exit(1);
