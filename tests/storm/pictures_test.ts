import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { readPicture } from "../data/first_picture.ts";
import { LOCKED, ROOT } from "../support/program.ts";
import { withFolder } from "../data/pictures.ts";
import { pngOf } from "../data/damage.ts";

Deno.test("decodeFrames() returns pixels or a one-line error for 100,000 damaged files", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...LOCKED, "tests/data/decode_damaged.ts", "1000", "10000"],
    cwd: ROOT,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  deepEqual([code, text(stderr)], [0, ""]);
  const { wrong, megabytes } = JSON.parse(text(stdout));
  deepEqual(wrong, []);
  ok(megabytes < 600, `${megabytes} MB`);
});

const GREY = 137;

for (const [width, height] of [[8000, 6000], [12_000, 9000]]) {
  Deno.test(`readPictures() scales a JPEG and a PNG of ${width}x${height} pixels`, async () => {
    const data = new Uint8Array(4 * width * height).fill(GREY);
    const files = {
      "a.jpg": jpeg.encode({ width, height, data }, 90).data,
      "a.png": pngOf({ width, height }, [["IDAT", deflateSync(rowsOf(width, height))]]),
    };
    await withFolder(files, async (folder) => {
      for (const name of Object.keys(files)) {
        const pixels = await readPicture(`${folder}/${name}`, { folder, height: 3, width: 4 });
        equal(pixels.length, 12);
        ok(pixels.every((grey) => Math.abs(grey - GREY) <= 1), `${name}: ${pixels}`);
      }
    });
  });
}

/** Grey rows in the layout of PNG: each preceded by the number of its filter. */
function rowsOf(width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (width + 1)).fill(GREY);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  return rows;
}
