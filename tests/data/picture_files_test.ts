import { deepStrictEqual as deepEqual, match, rejects, strictEqual as equal } from "node:assert/strict";
import { faultText } from "../../src/core/fault.ts";
import { idx } from "../../src/data/idx.ts";
import { formatIdx } from "../../src/data/idx_format.ts";
import { images } from "../../src/data/images.ts";
import { findPictures } from "../../src/data/picture_files.ts";
import { openSource, sourceClasses, sourceFaults, SourceSpec } from "../../src/data/source.ts";
import { flatPgm, withFolder } from "./pictures.ts";

const PICTURES = {
  "a/1.pgm": flatPgm(1, 1, 1),
  "a-b/2.pgm": flatPgm(1, 1, 200),
  "c/d/3.pgm": flatPgm(1, 1, 100),
};

async function found(folder: string, depth?: number) {
  const notes: string[] = [];
  const files = await findPictures(folder, {
    note: (note) => notes.push(note.replaceAll(folder, "FOLDER")),
    depth,
  });
  return { names: files.map(({ name, label }) => `${label} ${name}`), notes };
}

async function makePipe(path: string): Promise<void> {
  equal((await new Deno.Command("mkfifo", { args: [path] }).output()).success, true);
}

Deno.test("findPictures() takes each picture once, folder by folder, whatever links lead around in circles", async () => {
  await withFolder(PICTURES, async (folder) => {
    Deno.symlinkSync("..", `${folder}/a/up`);
    Deno.symlinkSync("/", `${folder}/a/top`);
    Deno.symlinkSync("../c", `${folder}/a/again`);
    Deno.symlinkSync("1.pgm", `${folder}/a/0.pgm`);
    const { names, notes } = await found(folder);
    deepEqual(names, ["a a/1.pgm", "a-b a-b/2.pgm", "c c/d/3.pgm"]);
    deepEqual(notes, [
      'Skipped "FOLDER/a/0.pgm": a link to a picture that is already included',
      'Skipped "FOLDER/a/top" and 1 more: a link to a folder above',
    ]);
  });
});

Deno.test("findPictures() follows links to pictures and folders that lie elsewhere, each once", async () => {
  await withFolder(PICTURES, async (elsewhere) => {
    await withFolder({ "a/0.pgm": flatPgm(1, 1, 0) }, async (folder) => {
      Deno.symlinkSync(`${elsewhere}/c`, `${folder}/cats`);
      Deno.symlinkSync(`${elsewhere}/c/d`, `${folder}/dogs`);
      Deno.symlinkSync(`${elsewhere}/a/1.pgm`, `${folder}/a/1.pgm`);
      Deno.symlinkSync(folder, `${elsewhere}/c/back`);
      const { names, notes } = await found(folder);
      deepEqual(names, ["a a/0.pgm", "a a/1.pgm", "cats cats/d/3.pgm"]);
      deepEqual(notes, ['Skipped "FOLDER/cats/back": a link to a folder above']);
    });
  });
});

Deno.test("findPictures() skips named pipes, devices and broken links, and logs them", async () => {
  await withFolder(PICTURES, async (folder) => {
    await makePipe(`${folder}/a/pipe.png`);
    Deno.symlinkSync("/dev/zero", `${folder}/a/zero.jpg`);
    Deno.symlinkSync("gone", `${folder}/a/gone.gif`);
    const { names, notes } = await found(folder);
    equal(names.length, 3);
    deepEqual(notes, [
      'Skipped "FOLDER/a/pipe.png" and 1 more: not a regular file',
      'Skipped "FOLDER/a/gone.gif": a link to nothing that can be read',
    ]);
  });
});

Deno.test("findPictures() reads as many levels of sub-folders as it may, and names what lies below", async () => {
  await withFolder(PICTURES, async (folder) => {
    const { names, notes } = await found(folder, 1);
    deepEqual(names, ["a a/1.pgm", "a-b a-b/2.pgm"]);
    deepEqual(notes, ['Skipped "FOLDER/c/d": a folder below the depth of 1']);
    deepEqual((await found(folder, 2)).names.length, 3);
  });
});

Deno.test("images() reports what it skipped as warnings", async () => {
  await withFolder(PICTURES, async (folder) => {
    await makePipe(`${folder}/a/pipe.png`);
    const warnings: string[] = [];
    const spec = SourceSpec.parse(images(folder));
    await openSource(spec, { seed: 1, log: () => {}, warn: (message) => warnings.push(message) });
    deepEqual(warnings, [`Skipped "${folder}/a/pipe.png": not a regular file`]);
  });
});

Deno.test("sourceFaults() names folders and files that are missing or no such thing", async () => {
  const faults = (spec: Parameters<typeof SourceSpec.parse>[0]) =>
    sourceFaults(SourceSpec.parse(spec)).map(faultText);
  await withFolder(PICTURES, async (folder) => {
    const file = `${folder}/a/1.pgm`;
    await makePipe(`${folder}/pipe`);
    deepEqual(faults(images(folder)), []);
    await Deno.writeFile(`${folder}/sound`, formatIdx({ sizes: [2, 1, 1], values: Uint8Array.of(1, 2) }));
    deepEqual(faults(idx({ images: `${folder}/sound` })), []);
    match(
      faults(idx({ images: file }))[0],
      /^images ".*1.pgm" must be an IDX file of images, got a file that begins/,
    );
    match(
      faults(images("no/such"))[0],
      /^folder must be a folder of images, got "no\/such", which does not exist/,
    );
    match(faults(images(file))[0], /^folder must be a folder of images, got ".*1.pgm", which is a file/);
    deepEqual(faults(idx({ images: "no", labels: `${folder}/pipe`, testImages: `${folder}/sound` })), [
      'images must be a regular file, got "no", which does not exist (check the path)',
      `labels must be a regular file, got "${folder}/pipe", which is none (check the path)`,
    ]);
  });
});

Deno.test("idx() refuses a named pipe instead of waiting for it", async () => {
  await withFolder({}, async (folder) => {
    await makePipe(`${folder}/pipe`);
    const spec = SourceSpec.parse(idx({ images: `${folder}/pipe` }));
    await rejects(
      openSource(spec, { seed: 1, log: () => {} }),
      /^RunError: Cannot read ".*pipe": it is not a regular file \(check the path\)$/,
    );
  });
});

Deno.test("sourceClasses() of images are none where no sub-folder can give them, and not known before they are read", async () => {
  const classes = (folder: string, depth?: number) =>
    sourceClasses(SourceSpec.parse(images(folder, depth === undefined ? {} : { depth })));
  await withFolder(PICTURES, (folder) => {
    deepEqual([classes(folder), classes(folder, 0)], [undefined, null]);
    return Promise.resolve();
  });
  await withFolder({ "1.pgm": flatPgm(1, 1, 1) }, (folder) => {
    equal(classes(folder), null);
    Deno.mkdirSync(`${folder}/.hidden`);
    equal(classes(folder), null);
    Deno.mkdirSync(`${folder}/a`);
    equal(classes(folder), undefined);
    return Promise.resolve();
  });
  equal(classes("/nowhere"), undefined);
});
