import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { openEventLog } from "../../src/run/event_log.ts";

function epoch(number: number): RunEvent {
  const numbers = { loss: 1, best: 1, bestEpoch: 1, waited: 0, learningRate: 1, seconds: 0 };
  return { type: "epoch", t: 0, stage: "train", epoch: number, ...numbers };
}

const note: RunEvent = { type: "log", t: 0, message: "a line" };

async function withLog(
  use: (log: ReturnType<typeof openEventLog>, heard: string[], file: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const heard: string[] = [];
  const log = openEventLog(folder, (lines) => heard.push(lines));
  try {
    use(log, heard, `${folder}/events.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openEventLog() writes a note at once, and with it the epochs that waited, in order", async () => {
  await withLog((log, heard, file) => {
    log.add(note);
    [1, 2, 3].forEach((number) => log.add(epoch(number)));
    equal(heard.length, 1, "quick events wait for company");
    log.add(note);
    equal(heard.length, 2);
    const types = Deno.readTextFileSync(file).trimEnd().split("\n").map((line) => JSON.parse(line).type);
    deepEqual(types, ["log", "epoch", "epoch", "epoch", "log"]);
    equal(heard.join(""), Deno.readTextFileSync(file), "listeners hear the very lines of the file");
    log.close();
  });
});

Deno.test("openEventLog() writes what waits when it is closed", async () => {
  await withLog((log, _heard, file) => {
    log.add(note);
    log.add(epoch(1));
    log.close();
    equal(Deno.readTextFileSync(file).trimEnd().split("\n").length, 2);
  });
});

Deno.test("openEventLog() goes on after the lines of an earlier log", async () => {
  await withLog((log, _heard, file) => {
    log.add(note);
    log.close();
    const again = openEventLog(file.replace("/events.jsonl", ""), () => {});
    again.add(note);
    again.close();
    equal(Deno.readTextFileSync(file).trimEnd().split("\n").length, 2);
  });
});
