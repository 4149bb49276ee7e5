import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { openPartFile, partName } from "../../src/core/part_file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("openPartFile() shows a file when it is whole, and nothing of one that was aborted", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/a.npy`;
  try {
    const file = openPartFile(path);
    file.write(bytes("ab"));
    deepEqual(namesIn(folder), ["a.npy.part"]);
    // What another process writes is not disturbed.
    throws(() => openPartFile(path), /must not be written by two processes at once/);
    file.write(bytes("c"));
    file.finish();
    file.abort();
    deepEqual(namesIn(folder), ["a.npy"]);
    equal(Deno.readTextFileSync(path), "abc");
    const other = openPartFile(path);
    other.write(bytes("x"));
    other.abort();
    equal(Deno.readTextFileSync(path), "abc");
    throws(() => other.write(bytes("y")), /must be open/);
    // What a killed process left behind is replaced.
    Deno.writeTextFileSync(partName(path), "a longer rest of an earlier process");
    const third = openPartFile(path);
    third.write(bytes("new"));
    third.finish();
    equal(Deno.readTextFileSync(path), "new");
    throws(() => openPartFile(`${folder}/none/a`), /Cannot write ".*": its folder does not exist/);
    Deno.mkdirSync(partName(`${folder}/b`));
    throws(() => openPartFile(`${folder}/b`), /is in the way/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
