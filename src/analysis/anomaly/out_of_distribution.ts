// n = images, D = pixels.

/**
 * Images unlike the training data: their reconstructions show what a model hallucinates.
 *
 * @module
 */
import { fillUniform } from "../../core/random.ts";
import { type Dataset, pickFromSplit, type Split } from "../../data/dataset.ts";
import { glyphDataset } from "../../data/glyphs.ts";
import { scaleGrey } from "../../data/raster.ts";

/** The size of an image. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/** The draws of noise images among those of the stream "evaluation". */
const NOISE_ROUND = 0x110;

/** The first `count` images of a split with black and white exchanged. */
export function invertedImages(split: Split, pixels: number, count: number): Split {
  const rows = Array.from({ length: Math.min(count, split.count) }, (_, row) => row);
  const { images, ...rest } = pickFromSplit(split, pixels, rows);
  return { ...rest, images: images.map((byte) => 255 - byte) };
}

/** The 32 glyphs as large as fits, in the middle, with their own proportions. */
export function glyphImages(size: Size): Split {
  const { train, height, width } = glyphDataset();
  return fittedImages(train, { height, width }, size);
}

/** Images whose pixels are independent and uniform over all greys. */
export function noiseImages(pixels: number, count: number, seed: number): Split {
  const numbers = new Float32Array(count * pixels), rows = Array.from({ length: count }, (_, row) => row);
  fillUniform(numbers, count, pixels, rows, { seed, stream: "evaluation", epoch: NOISE_ROUND });
  return { count, images: Uint8Array.from(numbers, (number) => Math.floor(256 * number)) };
}

/** Images of one grey each, in even steps from black to white. */
export function constantImages(pixels: number, count: number): Split {
  const grey = (image: number) => Math.round(255 * (count === 1 ? 0.5 : image / (count - 1)));
  const images = Uint8Array.from({ length: count * pixels }, (_, at) => grey(Math.floor(at / pixels)));
  return { count, images };
}

/** The first `count` test images of another dataset, as large as fits, in the middle, with their own proportions. */
export function foreignImages({ test, height, width }: Dataset, count: number, size: Size): Split {
  const rows = Array.from({ length: Math.min(count, test.count) }, (_, row) => row);
  return fittedImages(pickFromSplit(test, height * width, rows), { height, width }, size);
}

/** Scales images so that they fit into a size, and puts them in the middle of black. */
function fittedImages(split: Split, from: Size, to: Size): Split {
  const scale = Math.min(to.height / from.height, to.width / from.width);
  const height = Math.max(1, Math.round(from.height * scale));
  const width = Math.max(1, Math.round(from.width * scale));
  const top = Math.floor((to.height - height) / 2), left = Math.floor((to.width - width) / 2);
  const pixels = from.height * from.width, images = new Uint8Array(split.count * to.height * to.width);
  for (let image = 0; image < split.count; image++) {
    const drawn = split.images.subarray(image * pixels, (image + 1) * pixels);
    const scaled = scaleGrey({ ...from, pixels: drawn }, height, width).pixels;
    for (let row = 0; row < height; row++) {
      const start = (image * to.height + top + row) * to.width + left;
      images.set(scaled.subarray(row * width, (row + 1) * width), start);
    }
  }
  return { ...split, images };
}
