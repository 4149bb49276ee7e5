import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { writeFileAtomically } from "../../src/core/files.ts";
import type { EventOf, RunEvent } from "../../src/pipeline/events.ts";
import { glanceAt, readEvents } from "../../src/run/event_file.ts";
import { followEvents, openFollower } from "../../src/run/follow_events.ts";
import { takeLock } from "../../src/run/lock.ts";
import { withFolder } from "./temporary.ts";

const log = (message: string): RunEvent => ({ type: "log", t: 0, message });
const line = (message: string) => JSON.stringify(log(message)) + "\n";
const messages = (events: readonly RunEvent[]) =>
  events.map((event) => event.type === "log" ? event.message : event.type);

/** Provides a follower of a folder, and a function that appends to its file. */
async function withFollower(
  use: (
    follower: ReturnType<typeof openFollower>,
    append: (content: string | Uint8Array) => void,
    file: string,
  ) => unknown,
): Promise<void> {
  await withFolder(async (folder) => {
    const file = `${folder}/events.jsonl`, follower = openFollower(folder);
    const append = (content: string | Uint8Array) =>
      Deno.writeFileSync(file, typeof content === "string" ? new TextEncoder().encode(content) : content, {
        append: true,
      });
    try {
      await use(follower, append, file);
    } finally {
      follower.close();
    }
  });
}

Deno.test("readEvents() leaves out an incomplete last line and lines that are not events, and is empty without a file", async () => {
  await withFolder(async (folder) => {
    deepEqual(await readEvents(folder), []);
    await Deno.writeTextFile(
      `${folder}/events.jsonl`,
      line("ä") + '{"type":"new kind"}\n{bad\n\n' + line("b") + line("c").slice(0, -1),
    );
    deepEqual(messages(await readEvents(folder)), ["ä", "b"]);
  });
});

Deno.test("readEvents() reads the first bytes up to a limit, whole lines only", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/events.jsonl`, line("数") + line("b"));
    const bytes = new TextEncoder().encode(line("数")).length;
    deepEqual(messages(await readEvents(folder, bytes)), ["数"]);
    deepEqual(messages(await readEvents(folder, bytes - 1)), []);
    deepEqual(messages(await readEvents(folder, bytes + 5)), ["数"]);
  });
});

Deno.test("openFollower() returns nothing until there is a file, and each line once", async () => {
  await withFollower((follower, append) => {
    deepEqual(follower.read(), { events: [], restarted: false });
    equal(follower.isGone(), false, "it was never there");
    append(line("a"));
    deepEqual(follower.read(), { events: [log("a")], restarted: false });
    deepEqual(follower.read(), { events: [], restarted: false });
    append(line("b") + line("c"));
    deepEqual(messages(follower.read().events), ["b", "c"]);
  });
});

Deno.test("openFollower() waits for the rest of a line, wherever it was split, even inside a character", async () => {
  const bytes = new TextEncoder().encode(line("ä数🦆"));
  for (let cut = 1; cut < bytes.length; cut++) {
    await withFollower((follower, append) => {
      append(bytes.subarray(0, cut));
      deepEqual(follower.read().events, []);
      append(bytes.subarray(cut));
      deepEqual(messages(follower.read().events), ["ä数🦆"], `cut at ${cut}`);
    });
  }
});

Deno.test("openFollower() starts over when the file is replaced, though the new one is longer", async () => {
  await withFollower(async (follower, append, file) => {
    append(line("a") + line("b").slice(0, 9));
    deepEqual(messages(follower.read().events), ["a"]);
    await writeFileAtomically(file, line("x") + line("y") + line("z"));
    const { events, restarted } = follower.read();
    deepEqual([messages(events), restarted], [["x", "y", "z"], true]);
    append(line("w"));
    deepEqual(follower.read(), { events: [log("w")], restarted: false });
  });
});

Deno.test("openFollower() starts over when the file became shorter", async () => {
  await withFollower((follower, append, file) => {
    append(line("a") + line("b"));
    follower.read();
    Deno.truncateSync(file, line("a").length);
    deepEqual(follower.read(), { events: [log("a")], restarted: true });
  });
});

Deno.test("openFollower() reports that the file was removed, with its last lines, and that it was created again", async () => {
  await withFollower((follower, append, file) => {
    append(line("a"));
    follower.read();
    append(line("b"));
    Deno.removeSync(file);
    deepEqual(messages(follower.read().events), ["b"]);
    equal(follower.isGone(), true);
    append(line("c"));
    deepEqual(follower.read(), { events: [log("c")], restarted: true });
    equal(follower.isGone(), false);
  });
});

Deno.test("openFollower() catches up on 100,000 epochs at once, and misses none", async () => {
  await withFollower((follower, append) => {
    const epoch = {
      type: "epoch",
      t: 1764000000000,
      stage: "train",
      loss: 0.123456789,
      best: 0.1,
      bestEpoch: 1,
      epochsWithoutImprovement: 0,
      learningRate: 0.001,
      seconds: 0.01,
    };
    append(
      Array.from({ length: 100_000 }, (_, at) => JSON.stringify({ ...epoch, epoch: at + 1 }) + "\n").join(""),
    );
    const started = performance.now(),
      { events } = follower.read(),
      seconds = (performance.now() - started) / 1000;
    equal(events.length, 100_000);
    ok(events.every((event, at) => event.type === "epoch" && event.epoch === at + 1));
    // Alone it takes under a second; other tests share the machine.
    ok(seconds < 5, `it took ${seconds} s`);
  });
});

Deno.test("followEvents() calls back with new events until the run is deleted", async () => {
  await withFolder(async (root) => {
    const folder = `${root}/run`, heard: string[] = [];
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/events.jsonl`, line("a"));
    const lock = await hold(folder);
    let isGone = false;
    await followEvents(folder, {
      signal: AbortSignal.timeout(5000),
      onEvents(events) {
        heard.push(...messages(events));
        if (heard.length === 1) Deno.writeTextFileSync(`${folder}/events.jsonl`, line("b"), { append: true });
        else Deno.removeSync(folder, { recursive: true });
      },
      onGone: () => isGone = true,
    });
    lock.release();
    deepEqual([heard, isGone], [["a", "b"], true]);
  });
});

/** Holds the lock of a run, as its process does. */
async function hold(folder: string): Promise<{ release(): void }> {
  const lock = await takeLock(`${folder}/lock`, { pid: 1, host: "", since: "", run: "r" });
  ok("release" in lock);
  return lock;
}

Deno.test("followEvents() adds an end event, once, at the last event of a run without one whose lock is free", async () => {
  await withFolder(async (folder) => {
    const run = {
      type: "run",
      t: 1000,
      schema: SCHEMA.events,
      run: "r",
      pipeline: "p",
      seed: 1,
      engine: "wasm",
      folder,
      stages: [],
    };
    const lines = [run, { type: "log", t: 6000, message: "a" }].map((event) => JSON.stringify(event) + "\n");
    await Deno.writeTextFile(`${folder}/events.jsonl`, lines.join(""));
    const lock = await hold(folder), heard: RunEvent[] = [], stop = new AbortController();
    const following = followEvents(folder, {
      signal: stop.signal,
      onEvents: (events) => heard.push(...events),
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    equal(heard.length, 2, "not ended while its lock is held");
    lock.release();
    for (let look = 0; look < 100 && heard.length < 3; look++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    stop.abort();
    await following;
    equal(heard.length, 3);
    const end = heard[2] as EventOf<"end">;
    deepEqual([end.type, end.status, end.t, end.seconds], ["end", "crashed", 6000, 5]);
  });
});

Deno.test("followEvents() adds an end event for a run that never wrote an event and whose lock is free", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/events.jsonl`, "");
    const heard: RunEvent[] = [], stop = new AbortController();
    const following = followEvents(folder, {
      signal: stop.signal,
      onEvents: (events) => heard.push(...events),
    });
    for (let poll = 0; poll < 400 && heard.length === 0; poll++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stop.abort();
    await following;
    deepEqual(heard.map(({ type }) => type), ["end"]);
  });
});

Deno.test("readEvents() gives the current folder of a run that was moved", async () => {
  await withFolder(async (folder) => {
    const run = {
      type: "run",
      t: 1,
      schema: SCHEMA.events,
      run: "r",
      pipeline: "p",
      seed: 1,
      engine: "wasm",
      folder: "runs/old",
      stages: [],
    };
    await Deno.writeTextFile(`${folder}/events.jsonl`, JSON.stringify(run) + "\n");
    const folders = (events: RunEvent[]) => events.map((event) => event.type === "run" && event.folder);
    deepEqual(folders(await readEvents(folder)), [folder]);
    deepEqual(folders(await glanceAt(folder)), [folder]);
    const follower = openFollower(folder);
    deepEqual(folders(follower.read().events), [folder]);
    follower.close();
  });
});

Deno.test("followEvents() ends when its signal aborts", async () => {
  await withFolder(async (folder) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const started = performance.now();
    await followEvents(folder, { signal: stop.signal, onEvents() {} });
    ok(performance.now() - started < 2000);
  });
});
