import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { encodeSafetensors } from "../../src/core/safetensors.ts";
import {
  checkpointFiles,
  decodeCheckpoint,
  encodeCheckpoint,
  findCheckpoint,
  writeCheckpoint,
} from "../../src/run/checkpoint_file.ts";
import { checkpointOf, HARD_NUMBERS, source, spawnScript, withFolder } from "./temporary.ts";

/** The bits of floats. */
const bits = (data: ArrayLike<number>) => [...new Uint32Array(Float32Array.from(data).buffer)];

async function withCheckpoints(use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/checkpoints`);
    await use(folder);
  });
}

Deno.test("decodeCheckpoint() returns what was encoded, bit for bit", () => {
  const kept = checkpointOf(), read = decodeCheckpoint(encodeCheckpoint(kept), "file");
  deepEqual([read.stage, read.key, read.eventBytes, read.state], [
    "train",
    "a key",
    123,
    { epochs: 3, best: null, "ä": "数" },
  ]);
  deepEqual(read.blocks.map(({ name }) => name), ["parameters", "slot0"]);
  deepEqual(bits(read.blocks[0].data), bits(HARD_NUMBERS));
  deepEqual(bits(read.blocks[1].data), bits([1, 2]));
});

Deno.test("decodeCheckpoint() reads bytes at any offset, and a checkpoint without numbers", () => {
  const bytes = encodeCheckpoint(checkpointOf({ blocks: [{ name: "none", data: new Float32Array(0) }] }));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  deepEqual(decodeCheckpoint(shifted.subarray(3), "file").blocks[0].data.length, 0);
});

Deno.test("decodeCheckpoint() detects each single flipped bit", () => {
  const bytes = encodeCheckpoint(checkpointOf({ blocks: [{ name: "p", data: Float32Array.of(1, -0) }] }));
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << bit;
      throws(
        () => decodeCheckpoint(damaged, "file"),
        /"file" must /,
        `${at}, ${bit}`,
      );
    }
  }
});

Deno.test("decodeCheckpoint() detects every truncation, and an extra byte", () => {
  const bytes = encodeCheckpoint(checkpointOf());
  for (let length = 0; length < bytes.length; length++) {
    throws(
      () => decodeCheckpoint(bytes.slice(0, length), "file"),
      /"file" must /,
    );
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  throws(() => decodeCheckpoint(longer, "file"), /with \d+ bytes after its header/);
});

const refusals = [
  {
    name: "a newer schema, naming both versions",
    bytes: () => {
      const bytes = encodeCheckpoint(checkpointOf()), field = `"schema":"${SCHEMA.checkpoint}"`;
      bytes[new TextDecoder("latin1").decode(bytes).indexOf(field) + 10] = "9".charCodeAt(0);
      return bytes;
    },
    message:
      `"f" must have checkpoint schema ${SCHEMA.checkpoint}, got 9: a newer version wrote it (use that version)`,
  },
  {
    name: "weights that are not a checkpoint",
    bytes: () => encodeSafetensors([{ name: "w", shape: [1], data: new Float32Array(1) }]),
    message: '"f" must be a Hourglass checkpoint',
  },
  {
    name: "an empty file",
    bytes: () => new Uint8Array(),
    message: '"f" must be a safetensors file with a whole header, got one of 0 bytes that was cut off',
  },
];
for (const { name, bytes, message } of refusals) {
  Deno.test(`decodeCheckpoint() refuses ${name}`, () => {
    throws(() => decodeCheckpoint(bytes() as Uint8Array<ArrayBuffer>, "f"), { name: "RunError", message });
  });
}

Deno.test("writeCheckpoint() keeps the previous one, and leaves nothing else", async () => {
  await withCheckpoints(async (folder) => {
    for (const eventBytes of [1, 2, 3]) await writeCheckpoint(folder, checkpointOf({ eventBytes }));
    const { last, previous } = checkpointFiles(folder, "train");
    equal(decodeCheckpoint(await Deno.readFile(last), last).eventBytes, 3);
    equal(decodeCheckpoint(await Deno.readFile(previous), previous).eventBytes, 2);
    equal([...Deno.readDirSync(`${folder}/checkpoints`)].length, 2);
  });
});

Deno.test("writeCheckpoint() leaves a readable checkpoint when it is killed at any moment", async () => {
  await withCheckpoints(async (folder) => {
    const script = `import { writeCheckpoint } from ${source("run/checkpoint_file.ts")};
      const data = new Float32Array(20000).fill(1);
      for (let eventBytes = 1;; eventBytes++) {
        await writeCheckpoint(${
      JSON.stringify(folder)
    }, { stage: "train", key: "k", eventBytes, state: {}, blocks: [{ name: "p", data }] });
        if (eventBytes === 1) console.log("began");
      }`;
    let before = 0;
    for (const milliseconds of [40, 75, 110, 160]) {
      const child = spawnScript(`${folder}/writer.ts`, script);
      const reader = child.stdout.getReader();
      await reader.read();
      const until = performance.now() + milliseconds;
      while (performance.now() < until) {
        ok((await findCheckpoint(folder, "train", { key: "k" })).found !== undefined, "while it is written");
      }
      child.kill("SIGKILL");
      await reader.cancel();
      await child.stderr.cancel();
      await child.status;
      const { found, problems } = await findCheckpoint(folder, "train", { key: "k" });
      deepEqual(problems, []);
      ok(found !== undefined);
      before += found.eventBytes;
    }
    ok(before > 4, "some were written over");
  });
});

Deno.test("findCheckpoint() falls back to the previous one when the last is damaged, and reports it", async () => {
  await withCheckpoints(async (folder) => {
    for (const eventBytes of [1, 2]) await writeCheckpoint(folder, checkpointOf({ eventBytes }));
    const { last } = checkpointFiles(folder, "train"), bytes = await Deno.readFile(last);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(last, bytes);
    const { found, problems } = await findCheckpoint(folder, "train", { key: "a key" });
    equal(found?.eventBytes, 1);
    equal(problems.length, 1);
    ok(problems[0].startsWith(`"${last}" must have SHA-256 `));
    match(problems[0], /it is damaged$/);
  });
});

Deno.test("findCheckpoint() falls back to the previous one when the last is ahead of the events", async () => {
  await withCheckpoints(async (folder) => {
    for (const eventBytes of [100, 200]) await writeCheckpoint(folder, checkpointOf({ eventBytes }));
    const { found, problems } = await findCheckpoint(folder, "train", { key: "a key", eventsLength: 199 });
    equal(found?.eventBytes, 100);
    match(problems[0], /must not be ahead of events\.jsonl: it was taken at 200 bytes, got 199$/);
    equal(
      (await findCheckpoint(folder, "train", { key: "a key", eventsLength: 200 })).found?.eventBytes,
      200,
    );
  });
});

Deno.test("findCheckpoint() skips a checkpoint with another key, and returns none where there is none", async () => {
  await withCheckpoints(async (folder) => {
    await writeCheckpoint(folder, checkpointOf());
    deepEqual(await findCheckpoint(folder, "train", { key: "another" }), { problems: [] });
    deepEqual(await findCheckpoint(folder, "train2", { key: "a key" }), { problems: [] });
    deepEqual(await findCheckpoint(`${folder}/gone`, "train", { key: "a key" }), { problems: [] });
  });
});

Deno.test("findCheckpoint() rejects a checkpoint with the name of another stage, from which a path would be built", async () => {
  await withCheckpoints(async (folder) => {
    for (const stage of ["../../../escaped", "evaluate"]) {
      const bytes = encodeCheckpoint(checkpointOf({ stage }));
      await Deno.writeFile(checkpointFiles(folder, "train").last, bytes);
      const { found, problems } = await findCheckpoint(folder, "train", { key: "a key" });
      equal(found, undefined);
      match(problems[0], /must hold a checkpoint of stage "train", got "/);
    }
  });
});
