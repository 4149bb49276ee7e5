import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { holderText, isLocked, readHolder, takeLock } from "../../src/run/lock.ts";
import { source, spawnScript, withFolder } from "./temporary.ts";

const HOLDER = { pid: 4711, host: "wolf", since: "2026-11-24T04:01:28Z", run: "20261124-040128-fc42" };

/** Starts a process that takes a lock and keeps running; returns it once it has the lock. */
async function lockingProcess(folder: string): Promise<{ kill(): Promise<void> }> {
  const child = spawnScript(
    `${folder}/holder.ts`,
    `import { takeLock } from ${source("run/lock.ts")};
    const lock = await takeLock(${JSON.stringify(`${folder}/lock`)}, ${JSON.stringify(HOLDER)});
    console.log("release" in lock ? "taken" : "not");
    setInterval(() => lock, 1000);`,
  );
  const reader = child.stdout.getReader();
  equal(new TextDecoder().decode((await reader.read()).value).trim(), "taken");
  return {
    async kill() {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.stderr.cancel();
      await child.status;
    },
  };
}

Deno.test("takeLock() returns the holder while another process has the lock, and the lock once that was killed", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lock`, other = await lockingProcess(folder);
    equal(await isLocked(path), true);
    deepEqual(await takeLock(path, { ...HOLDER, pid: 1 }), { heldBy: HOLDER });
    equal(await isLocked(path), true, "who only asked has changed nothing");
    await other.kill();
    equal(await isLocked(path), false);
    const lock = await takeLock(path, { ...HOLDER, pid: 1 });
    ok("release" in lock);
    equal((await readHolder(path))?.pid, 1, "a shorter text leaves nothing of the longer one");
    lock.release();
    equal(await isLocked(path), false);
  });
});

Deno.test("takeLock() is not blocked by isLocked()", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lock`;
    await Deno.writeTextFile(path, "");
    let isLooking = true, looks = 0;
    const looking = Promise.all([1, 2, 3].map(async () => {
      while (isLooking) {
        await isLocked(path);
        looks++;
      }
    }));
    for (let round = 0; round < 20; round++) {
      const lock = await takeLock(path, HOLDER);
      ok("release" in lock, `round ${round}`);
      lock.release();
    }
    isLooking = false;
    await looking;
    ok(looks > 0);
  });
});

Deno.test("isLocked() finds no lock where there is no file, and none on a file that is not locked", async () => {
  await withFolder(async (folder) => {
    equal(await isLocked(`${folder}/none`), false);
    equal(await isLocked(`${folder}/no/folder`), false);
    await Deno.writeTextFile(`${folder}/lock`, JSON.stringify(HOLDER));
    equal(await isLocked(`${folder}/lock`), false);
  });
});

Deno.test("readHolder() returns undefined for a file that is missing, empty or without a holder", async () => {
  await withFolder(async (folder) => {
    equal(await readHolder(`${folder}/lock`), undefined);
    for (const text of ["", "{", '{"pid":"x"}']) {
      await Deno.writeTextFile(`${folder}/lock`, text);
      equal(await readHolder(`${folder}/lock`), undefined);
    }
  });
});

const texts = [
  { holder: HOLDER, text: "process 4711 on wolf since 2026-11-24T04:01:28Z (run 20261124-040128-fc42)" },
  {
    holder: { ...HOLDER, host: "" },
    text: "process 4711 on this machine since 2026-11-24T04:01:28Z (run 20261124-040128-fc42)",
  },
  { holder: undefined, text: "another process" },
];
for (const { holder, text } of texts) {
  Deno.test(`holderText() says "${text}"`, () => equal(holderText(holder), text));
}

Deno.test(
  "takeLock() writes through no link, and waits for no pipe",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/precious.txt`, "precious");
      await Deno.symlink(`${folder}/precious.txt`, `${folder}/lock`);
      await rejects(
        takeLock(`${folder}/lock`, { pid: 1, host: "h", since: "s", run: "r" }),
        /lock" must be a file/,
      );
      equal(await Deno.readTextFile(`${folder}/precious.txt`), "precious");
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      await rejects(
        takeLock(`${folder}/pipe`, { pid: 1, host: "h", since: "s", run: "r" }),
        /pipe" must be a file/,
      );
      equal(await isLocked(`${folder}/pipe`), false);
    });
  },
);
