// deno-lint-ignore-file no-console -- a bench prints.

/**
 * How fast a folder of pictures is decoded into a cache: images/s by one worker and by two, interleaved, medians; and how long
 * it takes to find a finished cache again.
 *
 *     deno run -A bench/pictures.ts [rounds]
 *
 * @module
 */
import { encode } from "jpeg-js";
import { cachePictures, inCacheOrder } from "../src/data/picture_cache.ts";
import { findPictures } from "../src/data/picture_files.ts";
import { pictureForm } from "../src/data/read_picture.ts";
import { encodePng } from "../src/export/png.ts";

const rounds = Number(Deno.args[0] ?? 3);

/** A picture with edges and gradients, so that its file is neither tiny nor noise. */
function drawn(side: number, number: number, isGrey: boolean) {
  const rgba = new Uint8Array(4 * side * side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const x = pixel % side, y = Math.floor(pixel / side);
    const inside = (x - side / 2) ** 2 + (y - side / 3) ** 2 < (side / (2 + number % 4)) ** 2;
    const grey = inside ? 255 - (x * 96) / side : (y * 128) / side + ((x * y * (number + 1)) % 7);
    rgba.set([grey, isGrey ? grey : 255 - grey, isGrey ? grey : (x * 255) / side, 255], 4 * pixel);
  }
  return { width: side, height: side, rgba };
}

const KINDS = [
  {
    name: "PNG 28x28 grey",
    count: 6000,
    ending: "png",
    side: 28,
    bytes: (number: number) => encodePng(drawn(28, number, true)),
  },
  {
    name: "JPEG 256x256 colour to 64x64",
    count: 800,
    ending: "jpg",
    side: 64,
    bytes(number: number) {
      const { width, height, rgba } = drawn(256, number, false);
      return encode({ width, height, data: rgba }, 90).data;
    },
  },
];

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const { name, count, ending, side, bytes } of KINDS) {
  const folder = await Deno.makeTempDir();
  try {
    for (let number = 0; number < count; number++) {
      const path = `${folder}/${number}.${ending}`;
      // 16 different pictures, each under many names.
      if (number < 16) await Deno.writeFile(path, bytes(number));
      else await Deno.link(`${folder}/${number % 16}.${ending}`, path);
    }
    const rates: Record<number, number[]> = { 1: [], 2: [] };
    const again: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const workers of [1, 2]) {
        const files = inCacheOrder(await findPictures(folder)).map((file) => ({ ...file, frames: 1 }));
        const form = await pictureForm(files[0].path, { folder, height: side, width: side });
        const options = { memory: 1, log() {}, workers, folder: `${folder}/cache` };
        const started = performance.now();
        await cachePictures(files, form, options);
        const decoded = performance.now();
        await cachePictures(files, form, options);
        rates[workers].push(1000 * count / (decoded - started));
        again.push(performance.now() - decoded);
        await Deno.remove(`${folder}/cache`, { recursive: true });
      }
    }
    const [one, two] = [1, 2].map((workers) => Math.round(median(rates[workers])).toLocaleString("en-US"));
    console.log(
      `${name}: ${one} a second by one worker, ${two} by two; ` +
        `${count.toLocaleString("en-US")} of them found again in ${median(again).toFixed(0)} ms`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
