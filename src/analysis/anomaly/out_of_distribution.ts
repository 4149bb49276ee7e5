// n = images, D = values of an image: pixels times channels.

/**
 * Images unlike the training data: their reconstructions show what a model hallucinates.
 *
 * @module
 */
import { fillUniform } from "../../core/random.ts";
import { type PictureShape, pictureShape, sampleSize, valueCount } from "../../core/shape.ts";
import { type Dataset, kindOfSamples, scaleOf, type Split } from "../../data/dataset.ts";
import { glyphDataset } from "../../data/glyphs.ts";
import { pickFromSplit } from "../../data/parts.ts";
import { type Picture, scalePicture, withChannels } from "../../data/raster.ts";
import { brightnessOf } from "../../data/scale.ts";

/** The draws of noise images among those of the stream "evaluation". */
const NOISE_ROUND = 0x110;

/** The first `count` images of a split with black and white exchanged. */
export function invertedImages(split: Split, pixels: number, count: number): Split {
  const rows = Array.from({ length: Math.min(count, split.count) }, (_, row) => row);
  const picked = pickFromSplit(split, pixels, rows), [black, white] = scaleOf(split).drawn;
  return { ...picked, values: picked.values.map((value) => black + white - value), targets: undefined };
}

/** The 32 glyphs as large as fits, in the middle, with their own proportions. */
export function glyphImages(to: PictureShape): Split {
  const { train, shape } = glyphDataset();
  return fittedImages(train, pictureShape(shape), to);
}

/** Images whose values are independent and uniform over all bytes; those of colour have colours of all kinds. */
export function noiseImages(pixels: number, count: number, seed: number): Split {
  const numbers = new Float32Array(count * pixels), rows = Array.from({ length: count }, (_, row) => row);
  fillUniform(numbers, count, pixels, rows, { seed, stream: "evaluation", epoch: NOISE_ROUND });
  return { count, values: Uint8Array.from(numbers, (number) => Math.floor(256 * number)) };
}

/** Images of one grey each, in even steps from black to white. */
export function constantImages(pixels: number, count: number): Split {
  const grey = (image: number) => Math.round(255 * (count === 1 ? 0.5 : image / (count - 1)));
  const values = Uint8Array.from({ length: count * pixels }, (_, at) => grey(Math.floor(at / pixels)));
  return { count, values };
}

/** The first `count` test images of another dataset, as large as fits, in the middle, with their own proportions; grey or in colour as the model's images are. */
export function foreignImages({ test, shape }: Dataset, count: number, to: PictureShape): Split {
  const rows = Array.from({ length: Math.min(count, test.count) }, (_, row) => row);
  return fittedImages(pickFromSplit(test, sampleSize(shape), rows), pictureShape(shape), to);
}

/** Scales images so that they fit into a size, puts them in the middle of black, and makes them grey or coloured. */
function fittedImages(split: Split, from: PictureShape, to: PictureShape): Split {
  const scale = Math.min(to.height / from.height, to.width / from.width);
  const height = Math.max(1, Math.round(from.height * scale));
  const width = Math.max(1, Math.round(from.width * scale));
  const top = Math.floor((to.height - height) / 2), left = Math.floor((to.width - width) / 2);
  const { channels = 1 } = to, size = valueCount(from), values = new Uint8Array(split.count * valueCount(to));
  const bytes = bytesOf(split), stride = width * channels;
  for (let image = 0; image < split.count; image++) {
    const drawn: Picture<Uint8Array> = { ...from, pixels: bytes.subarray(image * size, (image + 1) * size) };
    const { pixels } = scalePicture(withChannels(drawn, channels), height, width);
    for (let row = 0; row < height; row++) {
      const start = ((image * to.height + top + row) * to.width + left) * channels;
      values.set(pixels.subarray(row * stride, (row + 1) * stride), start);
    }
  }
  const { count, labels, names } = split;
  return { count, labels, names, values };
}

/** The pixels of pictures as bytes. */
function bytesOf(split: Split): Uint8Array {
  const { values } = split;
  if (values instanceof Uint8Array) return values;
  return Uint8Array.from(brightnessOf(split), (share) => Math.round(255 * Math.min(1, Math.max(0, share))));
}

/** Pictures of bytes in the units of other samples, so that a model sees both in the same way: the same where those are bytes, too. */
export function inUnitsOf(like: Split, pictures: Split): Split {
  if (kindOfSamples(like) === "bytes") return pictures;
  const [black, white] = scaleOf(like).drawn;
  const values = Float32Array.from(pictures.values, (byte) => black + byte / 255 * (white - black));
  return { ...pictures, values };
}
