/** Memory stays flat. `HOURGLASS_SOAK=long deno test -A tests/engine/native_soak_test.ts` takes the long form. @module */
import { ok } from "node:assert/strict";
import { LOCKED } from "../support/program.ts";

const IS_LONG = Deno.env.get("HOURGLASS_SOAK") === "long";
const STEPS = IS_LONG ? 100_000 : 2_000;
const SESSIONS = IS_LONG ? 1_000 : 50;
/**
 * Megabytes that allocators may be behind. Tensors that were not released would take 15 (700 in the long form), sessions 180 (3,600).
 */
const SLACK = { steps: IS_LONG ? 40 : 8, maps: IS_LONG ? 40 : 8, sessions: 60 };

Deno.test(`native memory stays flat over ${STEPS} steps of changing rows, of dense layers and of convolutions, and ${SESSIONS} sessions`, async () => {
  const program = new URL("./soak.ts", import.meta.url).href;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...LOCKED, program, String(STEPS), String(SESSIONS)],
    stdout: "piped",
    stderr: "piped",
  }).output();
  ok(success, new TextDecoder().decode(stderr));
  const grown = JSON.parse(new TextDecoder().decode(stdout)) as Record<keyof typeof SLACK, number>;
  for (const what of ["steps", "maps", "sessions"] as const) {
    ok(grown[what] < SLACK[what], `${what} left ${grown[what].toFixed(1)} MB more than before`);
  }
});
