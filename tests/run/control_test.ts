import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { forgetControl, requestStop, type StopRequest, watchControl } from "../../src/run/control.ts";
import { withFolder } from "./temporary.ts";

const EPOCH: StopRequest = { stop: "epoch", exitCode: 130 };

/** Waits for a number of requests. */
async function until(asked: readonly unknown[], count: number): Promise<void> {
  for (let look = 0; look < 100 && asked.length < count; look++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("watchControl() reads a request made before it started, once, and removes the file", async () => {
  await withFolder(async (folder) => {
    const asked: StopRequest[] = [];
    await requestStop(folder, EPOCH);
    const watch = watchControl(folder, (control) => asked.push(control));
    await until(asked, 1);
    await requestStop(folder, { stop: "now", exitCode: 143 });
    await until(asked, 2);
    watch.close();
    deepEqual(asked, [EPOCH, { stop: "now", exitCode: 143 }]);
    deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("watchControl() skips a file without a valid request, and reads the next", async () => {
  await withFolder(async (folder) => {
    const asked: StopRequest[] = [];
    const watch = watchControl(folder, (control) => asked.push(control));
    const valid = (stop: string, exitCode?: number) =>
      JSON.stringify({ schema: SCHEMA.control, stop, exitCode });
    for (const text of ["{", '{"stop":"now"}', valid("never"), valid("now", 0)]) {
      await Deno.writeTextFile(`${folder}/control.json`, text);
      for (let look = 0; look < 100; look++) {
        if (!Deno.readDirSync(folder)[Symbol.iterator]().next().value) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await Deno.writeTextFile(`${folder}/control.json`, valid("batch"));
    await until(asked, 1);
    watch.close();
    deepEqual(asked, [{ stop: "batch", exitCode: 130 }]);
  });
});

Deno.test("forgetControl() removes a request to an earlier process", async () => {
  await withFolder(async (folder) => {
    forgetControl(folder);
    await requestStop(folder, EPOCH);
    forgetControl(folder);
    const asked: StopRequest[] = [];
    const watch = watchControl(folder, (control) => asked.push(control));
    await new Promise((resolve) => setTimeout(resolve, 450));
    watch.close();
    equal(asked.length, 0);
    ok([...Deno.readDirSync(folder)].length === 0);
  });
});
