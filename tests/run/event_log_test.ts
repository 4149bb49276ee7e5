import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { openEventLog } from "../../src/run/event_log.ts";
import { source, spawnScript, withFolder } from "./temporary.ts";

function epoch(number: number): RunEvent {
  const numbers = {
    loss: 1,
    best: 1,
    bestEpoch: 1,
    epochsWithoutImprovement: 0,
    learningRate: 1,
    seconds: 0,
  };
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

Deno.test("openEventLog() writes a note at once, and with it the buffered epochs, in order", async () => {
  await withLog((log, heard, file) => {
    log.add(note);
    [1, 2, 3].forEach((number) => log.add(epoch(number)));
    equal(heard.length, 1, "quick events wait for company");
    log.add(note);
    equal(heard.length, 2);
    const types = Deno.readTextFileSync(file).trimEnd().split("\n").map((line) => JSON.parse(line).type);
    deepEqual(types, ["log", "epoch", "epoch", "epoch", "log"]);
    equal(heard.join(""), Deno.readTextFileSync(file), "listeners receive the very lines of the file");
    log.close();
  });
});

Deno.test("openEventLog() writes the buffer when it is closed", async () => {
  await withLog((log, _heard, file) => {
    log.add(note);
    log.add(epoch(1));
    log.close();
    equal(Deno.readTextFileSync(file).trimEnd().split("\n").length, 2);
  });
});

Deno.test("openEventLog() appends after the lines of an earlier log", async () => {
  await withLog((log, _heard, file) => {
    log.add(note);
    log.close();
    const again = openEventLog(file.replace("/events.jsonl", ""), () => {});
    again.add(note);
    again.close();
    equal(Deno.readTextFileSync(file).trimEnd().split("\n").length, 2);
  });
});

Deno.test("openEventLog() names the file on a full disk, and keeps the earlier lines intact", async () => {
  await withFolder(async (folder) => {
    const script = `import { openEventLog } from ${source("run/event_log.ts")};
      const heard = [];
      const log = openEventLog(${JSON.stringify(folder)}, (lines) => heard.push(lines));
      const message = "x".repeat(1000);
      try {
        for (let line = 0; line < 100; line++) log.add({ type: "log", t: line, message });
      } catch (thrown) {
        console.log(JSON.stringify({ name: thrown.name, message: thrown.message, lines: heard.length }));
      }`;
    // To one process, a limit on the size of files is like a full disk.
    const child = spawnScript(`${folder}/writer.ts`, script, { shell: "trap '' XFSZ; ulimit -f 30" });
    const { stdout, stderr } = await child.output();
    const said = new TextDecoder().decode(stdout);
    ok(said !== "", new TextDecoder().decode(stderr));
    const { name, message, lines } = JSON.parse(said);
    equal(name, "RunError");
    ok(message.startsWith(`Cannot write "${folder}/events.jsonl": `));
    match(message, /; resume with --resume auto when it can be written$/);
    // 30 blocks of 1,024 bytes hold 29 lines of 1,036 or 1,037.
    equal(lines, 29);
    const text = await Deno.readTextFile(`${folder}/events.jsonl`);
    deepEqual(
      text.trimEnd().split("\n").map((line) => JSON.parse(line).t),
      Array.from({ length: 29 }, (_, t) => t),
    );
    ok(text.endsWith("\n"), "half a line was taken back");
  });
});

Deno.test("openEventLog() returns the length of the file from flush(), including an earlier log", async () => {
  await withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/events.jsonl`, "0123456789\n");
    const log = openEventLog(folder, () => {});
    equal(log.flush(), 11);
    log.add({ type: "log", t: 0, message: "数" });
    log.add(epoch(1));
    const size = () => Deno.statSync(`${folder}/events.jsonl`).size;
    equal(log.flush(), size());
    log.close();
  });
});
