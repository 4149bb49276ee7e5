import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { npz, type NpzOptions } from "../../src/data/npz.ts";
import {
  describeSource,
  hasValidation,
  sourceFaults,
  sourceShape,
  SourceSpec,
} from "../../src/data/source.ts";
import { hasPython, needsPython, python } from "../support/python.ts";
import { FIXTURES, npyFloats, openInput, runError, valuesOf } from "./arrays/npy_support.ts";
import { type Member, zipBytes } from "./arrays/zip_support.ts";
import { withFolder } from "./pictures.ts";

const NAMES: NpzOptions = { images: "x_train", labels: "y_train", testImages: "x_test" };

Deno.test("npz() reads what NumPy wrote: stored, packed, and with sizes of 64 bits", async () => {
  for (const name of ["stored", "packed", "zip64"]) {
    const input = npz(`${FIXTURES}${name}.npz`, NAMES),
      { train, test, shape, labelNames } = await openInput(input);
    deepEqual([shape, train.count, test.count], [[3, 2, 1], 4, 2], name);
    deepEqual([...train.values], Array.from({ length: 24 }, (_, k) => k / 8));
    deepEqual([...test.values], Array.from({ length: 12 }, (_, k) => k / 4));
    deepEqual([[...train.labels!], labelNames], [[2, 0, 1, 0], ["0", "1", "2"]]);
    const spec = SourceSpec.parse(input);
    deepEqual([sourceShape(spec), hasValidation(spec), sourceFaults(spec)], [[3, 2, 1], false, []]);
    equal(describeSource(spec), "npz: 4 + 2 images of 3x2");
  }
});

const PEER = `
import json, sys, numpy as np
random = np.random.default_rng(3)
x = random.normal(size=(500, 30)).astype("f4")
arrays = dict(x=x, columns=np.asfortranarray(x), d=x.astype("f8"), u=random.integers(0, 256, (500, 30)).astype("u1"))
np.savez(sys.argv[1] + "/stored.npz", **arrays)
np.savez_compressed(sys.argv[1] + "/packed.npz", **arrays)
print(json.dumps({name: np.ravel(array).astype("f4").astype(float).tolist() for name, array in arrays.items()}))
`;

Deno.test({
  name: `npz() reads stored and packed arrays as NumPy does, in memory and in parts ${needsPython("numpy")}`,
  ignore: !hasPython("numpy"),
  fn: () =>
    withFolder({}, async (folder) => {
      const written = python(PEER, folder) as Record<string, number[]>;
      for (const archive of ["stored", "packed"]) {
        for (const [images, values] of Object.entries(written)) {
          for (const memory of [undefined, 2000]) {
            const input = npz(`${folder}/${archive}.npz`, { images, testShare: 0 });
            if (archive === "packed" && images === "columns" && memory !== undefined) {
              await rejects(
                openInput(input, { memory }),
                runError(/packed in Fortran order and cannot be read in parts/),
              );
              continue;
            }
            const { train } = await openInput(input, { memory }), path = train.file?.path;
            deepEqual(valuesOf(train, 30), values, `${archive} ${images} ${memory}`);
            const inPlace = memory !== undefined && archive === "stored" &&
              (images === "x" || images === "u");
            equal(path === `${folder}/stored.npz`, inPlace);
            if (path?.startsWith("data/cache")) Deno.removeSync(path);
          }
        }
      }
    }),
});

Deno.test("npz() names arrays that are missing, and files that are no archives", async () => {
  const fault = (file: string, options: NpzOptions) => sourceFaults(SourceSpec.parse(npz(file, options)));
  const file = `${FIXTURES}packed.npz`;
  const [{ path, message }, ...more] = fault(file, { ...NAMES, testImages: "x_val" });
  deepEqual([path, more], ["testImages", []]);
  match(message, /must have an array "x_val", got "x_train", "y_train", "x_test" \(name one of them/);
  await rejects(openInput(npz(file, { images: "a" })), runError(/must have an array "a", got "x_train"/));
  match(fault(`${FIXTURES}f4.npy`, NAMES)[0].message, /got a NumPy array \(read it with npy\(\)\)$/);
  match(fault("no/such.npz", NAMES)[0].message, /does not exist/);
  const options = SourceSpec.safeParse(npz("x", { images: "a", testLabels: "b" }));
  match(options.error!.issues[0].message, /^'testLabels' belong to 'testImages', which is not given$/);
});

/** Opens an archive of one array under a memory limit. */
const openMember = (folder: string, memory?: number) =>
  openInput(npz(`${folder}/a.npz`, { images: "x", testShare: 0 }), { memory });

Deno.test("npz() refuses members that lie about their sizes, bombs and damage, whatever is held in memory", async () => {
  const content = npyFloats([40, 2], Array.from({ length: 80 }, (_, k) => Math.sin(k)));
  const zeros = npyFloats([4000, 2], new Float32Array(8000));
  const cases: [string, Partial<Member>, RegExp][] = [
    [
      "less than the header says",
      { content: content.subarray(0, 300) },
      /with 320 bytes after its header .*: it was cut off/,
    ],
    [
      "a size that is larger than the content",
      { size: content.length + 8 },
      /got 328: it has more than its header says/,
    ],
    [
      "a bomb",
      { content: npyFloats([1], [1]), size: 2 ** 40 },
      /must unpack to at most 200 times its packed size, got 1,099,511,627,776 bytes/,
    ],
    ["another checksum", { crc: 7 }, /whose checksum is another one \(fetch or write it again\)$/],
    ["more than it says", { content: zeros, packed: [...zeros, 0, 0] }, /which unpacks to more than it says/],
    [
      "less than it says",
      { content: zeros, packed: zeros.subarray(0, -4) },
      /which unpacks to less than it says|was cut off/,
    ],
    [
      "another method",
      { method: 12 },
      /must be stored or deflated, got "x.npy", which is packed by method 12/,
    ],
    ["a password", { flags: 1 }, /which is encrypted/],
    [
      "no array of numbers",
      { content: new TextEncoder().encode("hello") },
      /"x" of ".*a.npz" must be a NumPy array/,
    ],
  ];
  for (const [what, member, pattern] of cases) {
    const bytes = await zipBytes([{ name: "x.npy", content, ...member }]);
    await withFolder({ "a.npz": bytes }, async (folder) => {
      await rejects(openMember(folder), runError(pattern), what);
      await rejects(openMember(folder, 100), runError(pattern), `${what}, in parts`);
    });
  }
  ok(
    [...Deno.readDirSync("data/cache")].every(({ name }) => !name.endsWith(".tmp")),
    "nothing half-written is left",
  );
});

Deno.test("npz() says of every cut that the archive was cut off or is damaged", async () => {
  const whole = Deno.readFileSync(`${FIXTURES}packed.npz`);
  for (let length = 1; length < whole.length; length += 13) {
    await withFolder({ "a.npz": whole.subarray(0, length) }, async (folder) => {
      await rejects(
        openInput(npz(`${folder}/a.npz`, NAMES)),
        runError(/^".*a.npz" must be (a whole zip archive|an archive of NumPy arrays)/),
        `${length} bytes`,
      );
    });
  }
});

Deno.test("npz() reads no byte of a damaged archive as something else: an error, or the same values", async () => {
  const whole = Deno.readFileSync(`${FIXTURES}packed.npz`),
    { train } = await openInput(npz(`${FIXTURES}packed.npz`, NAMES));
  let refused = 0;
  for (let at = 0; at < whole.length; at += 3) {
    const damaged = whole.slice();
    damaged[at] ^= 0x55;
    await withFolder({ "a.npz": damaged }, async (folder) => {
      try {
        deepEqual((await openInput(npz(`${folder}/a.npz`, NAMES))).train.values, train.values, `byte ${at}`);
      } catch (thrown) {
        if (!runError(/./)(thrown)) throw thrown;
        refused++;
      }
    });
  }
  ok(refused > 100, `${refused}`);
});
