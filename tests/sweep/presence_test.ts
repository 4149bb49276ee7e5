import { rejects, strictEqual as equal } from "node:assert/strict";
import { holdSweep, isSweepHeld } from "../../src/sweep/presence.ts";

Deno.test("isSweepHeld() is true while any of several processes holds the sweep, and false before and after", async () => {
  const folder = await Deno.makeTempDir();
  try {
    equal(await isSweepHeld(folder), false);
    const first = await holdSweep(folder), second = await holdSweep(folder);
    equal(await isSweepHeld(folder), true);
    first.release();
    equal(await isSweepHeld(folder), true);
    second.release();
    equal(await isSweepHeld(folder), false);
    const again = await holdSweep(folder);
    equal(await isSweepHeld(folder), true);
    again.release();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("holdSweep() names a file that it cannot lock", () =>
  rejects(
    holdSweep("/nowhere"),
    /^UsageError: "\/nowhere\/running\.lock" must be a file that can be written and locked, got: /,
  ));
