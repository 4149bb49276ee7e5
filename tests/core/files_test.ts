import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { writeFileAtomically } from "../../src/core/files.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("writeFileAtomically writes text and bytes, over what was there, and leaves no other file", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/metrics.json`;
    await writeFileAtomically(path, "a longer text: ä");
    equal(await Deno.readTextFile(path), "a longer text: ä");
    await writeFileAtomically(path, Uint8Array.of(1, 2));
    deepEqual([...await Deno.readFile(path)], [1, 2]);
    deepEqual(namesIn(folder), ["metrics.json"]);
  });
});

Deno.test("writeFileAtomically names the file that cannot be written and removes the partial one", async () => {
  await inFolder(async (folder) => {
    // A folder of that name lets the writing succeed and the renaming fail.
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await rejects(
      writeFileAtomically(`${folder}/taken`, "text"),
      (error: unknown) =>
        error instanceof RunError && error.message.startsWith(`Cannot write "${folder}/taken": `),
    );
    deepEqual(namesIn(folder), ["taken"]);
    await rejects(
      writeFileAtomically(`${folder}/no/such.txt`, "text"),
      new RunError(`Cannot write "${folder}/no/such.txt": its folder does not exist`),
    );
  });
});

Deno.test("writeFileAtomically keeps the old file while others write it too", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.json`;
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
    equal(texts.includes(await Deno.readTextFile(path)), true);
    deepEqual(namesIn(folder), ["run.json"]);
  });
});

Deno.test("writeFileAtomically writes into the folder that a process works in, too, which has no name in the path", async () => {
  await inFolder(async (folder) => {
    const module = new URL("../../src/core/files.ts", import.meta.url).href;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { writeFileAtomically } from ${JSON.stringify(module)};
        await writeFileAtomically("x.txt", "text");`,
      ],
      cwd: folder,
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    equal(await Deno.readTextFile(`${folder}/x.txt`), "text");
  });
});
