import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { writeFileAtomically } from "../../src/core/files.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { followEvents, openFollower, readEvents } from "../../src/run/event_file.ts";
import { withFolder } from "./temporary.ts";

const log = (message: string): RunEvent => ({ type: "log", t: 0, message });
const line = (message: string) => JSON.stringify(log(message)) + "\n";
const messages = (events: readonly RunEvent[]) =>
  events.map((event) => event.type === "log" ? event.message : event.type);

/** Lends a follower of a folder, and what writes into its file. */
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

Deno.test("readEvents() leaves out a cut last line and what is no event, and is empty without a file", async () => {
  await withFolder(async (folder) => {
    deepEqual(await readEvents(folder), []);
    await Deno.writeTextFile(
      `${folder}/events.jsonl`,
      line("ä") + '{"type":"new kind"}\n{bad\n\n' + line("b") + line("c").slice(0, -1),
    );
    deepEqual(messages(await readEvents(folder)), ["ä", "b"]);
  });
});

Deno.test("readEvents() reads the first bytes when it is told how many, whole lines only", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/events.jsonl`, line("数") + line("b"));
    const bytes = new TextEncoder().encode(line("数")).length;
    deepEqual(messages(await readEvents(folder, bytes)), ["数"]);
    deepEqual(messages(await readEvents(folder, bytes - 1)), []);
    deepEqual(messages(await readEvents(folder, bytes + 5)), ["数"]);
  });
});

Deno.test("openFollower() gives nothing until there is a file, and each line once", async () => {
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

Deno.test("openFollower() waits for the rest of a line, wherever it was cut, within a letter too", async () => {
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

Deno.test("openFollower() begins anew when the file is replaced, though the new one is longer", async () => {
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

Deno.test("openFollower() begins anew when the file became shorter", async () => {
  await withFollower((follower, append, file) => {
    append(line("a") + line("b"));
    follower.read();
    Deno.truncateSync(file, line("a").length);
    deepEqual(follower.read(), { events: [log("a")], restarted: true });
  });
});

Deno.test("openFollower() says that the file is gone, with the last lines of it, and that it came back", async () => {
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

Deno.test("openFollower() catches up on 100,000 epochs in a moment, and misses none", async () => {
  await withFollower((follower, append) => {
    const epoch = {
      type: "epoch",
      t: 1764000000000,
      stage: "train",
      loss: 0.123456789,
      best: 0.1,
      bestEpoch: 1,
      waited: 0,
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

Deno.test("followEvents() calls back with what is new until the run is deleted", async () => {
  await withFolder(async (root) => {
    const folder = `${root}/run`, heard: string[] = [];
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/events.jsonl`, line("a"));
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
    deepEqual([heard, isGone], [["a", "b"], true]);
  });
});

Deno.test("followEvents() ends when it is told to", async () => {
  await withFolder(async (folder) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const started = performance.now();
    await followEvents(folder, { signal: stop.signal, onEvents() {} });
    ok(performance.now() - started < 2000);
  });
});
