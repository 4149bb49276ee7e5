// Samples of a decoded picture are bytes (white is 255), shorts (65,535) or floats (1, where their units are not known).

/**
 * Decoded pictures, and their conversion to a model's input: grey or colour, upright, and of one size.
 *
 * @module
 */
import { type PictureSize, pixelCount, sampleSize, type SampleValues } from "../core/shape.ts";

/** The samples of a decoded picture. */
export type RasterSamples = Uint8Array | Uint16Array | Float32Array;

/** A decoded picture: four samples (red, green, blue, opacity) a pixel, row by row. */
export interface Raster<Samples extends RasterSamples = RasterSamples> extends PictureSize {
  readonly rgba: Samples;
}

/** A picture of one or three values per pixel, row by row; black is 0. */
export interface Picture<Values extends SampleValues = SampleValues> extends PictureSize {
  /** 1 (grey) or 3 (red, green, blue). @default {1} */
  readonly channels?: number;
  readonly pixels: Values;
}

/** How many bits the samples of a picture have: of integers without a sign, or floats in units of their own. */
export type Depth = "8" | "16" | "float";

/** The depth of a picture's samples. */
export function depthOf({ rgba }: Raster): Depth {
  return rgba instanceof Uint8Array ? "8" : rgba instanceof Uint16Array ? "16" : "float";
}

/** The sample that is white, and that of a pixel which hides all behind it. */
const WHITE: Readonly<Record<Depth, number>> = { 8: 255, 16: 65_535, float: 1 };

/** A colour as shares of white: red, green and blue. */
export type Colour = readonly [number, number, number];

/** The luminance of ITU-R BT.601, as in JPEG and PGM tools. */
function luminanceOf(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The values of a colour in a picture of one or three channels. */
export function valuesOfColour(colour: Colour, channels: number, white: number): number[] {
  return channels === 1 ? [white * luminanceOf(...colour)] : colour.map((share) => white * share);
}

const newPixels = (depth: Depth, length: number): SampleValues =>
  depth === "8" ? new Uint8Array(length) : new Float32Array(length);

/**
 * A picture in grey, `0.299 R + 0.587 G + 0.114 B`, or in colour, over a background where it is transparent. Bytes stay bytes
 * (rounded); shorts become floats in their own units, from 0 to 65,535.
 */
export function flatten(raster: Raster, channels: number, background: Colour): Picture {
  const { height, width, rgba } = raster, depth = depthOf(raster), white = WHITE[depth];
  const pixels = newPixels(depth, channels * pixelCount(raster)), isByte = depth === "8";
  const behind = valuesOfColour(background, channels, white);
  for (let at = 0, from = 0; at < pixels.length; at += channels, from += 4) {
    const opacity = rgba[from + 3], isOpaque = opacity === white, share = opacity / white;
    for (let channel = 0; channel < channels; channel++) {
      const value = channels === 1
        ? 0.299 * rgba[from] + 0.587 * rgba[from + 1] + 0.114 * rgba[from + 2]
        : rgba[from + channel];
      const laid = isOpaque ? value : value * share + behind[channel] * (1 - share);
      pixels[at + channel] = isByte ? Math.round(laid) : laid;
    }
  }
  return { height, width, channels, pixels };
}

/** A picture of bytes with one or three values per pixel: colours become their luminance, greys three equal values. */
export function withChannels(picture: Picture<Uint8Array>, to: number): Picture<Uint8Array> {
  const { channels = 1, height, width, pixels } = picture;
  if (channels === to) return picture;
  const converted = new Uint8Array(to * pixelCount(picture));
  for (let pixel = 0; pixel < pixelCount(picture); pixel++) {
    const from = channels * pixel;
    if (to === 3) converted.fill(pixels[from], 3 * pixel, 3 * pixel + 3);
    else converted[pixel] = Math.round(luminanceOf(pixels[from], pixels[from + 1], pixels[from + 2]));
  }
  return { height, width, channels: to, pixels: converted };
}

/**
 * Where the first row and column of an upright picture are in the file, by EXIF's orientation: for a pixel of the upright picture at
 * (row, column), the step for a row, the step for a column and the first pixel.
 */
function uprightSteps(orientation: number, { height, width }: PictureSize) {
  const last = (height - 1) * width, right = width - 1;
  const [first, rowStep, columnStep] = [
    [0, width, 1],
    [right, width, -1],
    [last + right, -width, -1],
    [last, -width, 1],
    [0, 1, width],
    [last, 1, -width],
    [last + right, -1, -width],
    [right, -1, width],
  ][orientation - 1];
  return { first, rowStep, columnStep };
}

/** A picture turned and mirrored as EXIF's orientation (1 to 8) says; any other number leaves it as it is. */
export function upright(raster: Raster, orientation: number): Raster {
  if (!(orientation >= 2 && orientation <= 8)) return raster;
  const { rgba } = raster, isTurned = orientation >= 5;
  const [height, width] = isTurned ? [raster.width, raster.height] : [raster.height, raster.width];
  const { first, rowStep, columnStep } = uprightSteps(orientation, raster);
  const turned = rgba.slice();
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 4) {
      const from = 4 * (first + row * rowStep + column * columnStep);
      for (let sample = 0; sample < 4; sample++) turned[to + sample] = rgba[from + sample];
    }
  }
  return { height, width, rgba: turned };
}

/** A part of a row or column of pixels: where it begins, and how long it is; both may lie within pixels. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/** What each of `to` equal cells of a span takes from the pixels under it: the first pixel and the share of each from there on. */
function coverage(span: Span, to: number): { first: number; shares: number[] }[] {
  const cell = span.length / to, last = span.start + span.length;
  return Array.from({ length: to }, (_, index) => {
    const start = span.start + index * cell, end = Math.min(last, start + cell);
    const first = Math.floor(start);
    const shares: number[] = [];
    for (let pixel = first; pixel < end; pixel++) {
      shares.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / cell);
    }
    return { first, shares };
  });
}

/** A part of a picture. */
interface Part {
  readonly rows: Span;
  readonly columns: Span;
}

/**
 * Scales a picture, or a part of one, by area averaging: each new pixel is the mean of the part of the old picture that it covers.
 *
 * It is stretched when its proportions differ. Making it larger repeats pixels (and mixes them at the seams).
 */
export function scalePicture<Values extends SampleValues>(
  picture: Picture<Values>,
  toHeight: number,
  toWidth: number,
  part: Part = wholeOf(picture),
): Picture<Values> {
  const { height, width, pixels, channels = 1 } = picture;
  const isWhole = part.rows.length === height && part.columns.length === width;
  if (isWhole && height === toHeight && width === toWidth) return picture;
  const columns = coverage(part.columns, toWidth), rows = coverage(part.rows, toHeight);
  const stride = width * channels, toStride = toWidth * channels;
  const narrowed = new Float64Array(height * toStride);
  // Rows outside of the part are not read.
  const lastRow = rows[toHeight - 1].first + rows[toHeight - 1].shares.length;
  for (let row = rows[0].first; row < lastRow; row++) {
    columns.forEach(({ first, shares }, column) => {
      const from = row * stride + first * channels, to = row * toStride + column * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let k = 0, at = from + channel; k < shares.length; k++, at += channels) {
          sum += shares[k] * pixels[at];
        }
        narrowed[to + channel] = sum;
      }
    });
  }
  const isByte = pixels instanceof Uint8Array, size = sampleSize([toHeight, toWidth, channels]);
  const scaled = newPixels(isByte ? "8" : "float", size) as Values;
  rows.forEach(({ first, shares }, row) => {
    for (let at = 0; at < toStride; at++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k] * narrowed[(first + k) * toStride + at];
      scaled[row * toStride + at] = isByte ? Math.round(sum) : sum;
    }
  });
  return { height: toHeight, width: toWidth, channels: picture.channels, pixels: scaled };
}

function wholeOf({ height, width }: PictureSize): Part {
  return { rows: { start: 0, length: height }, columns: { start: 0, length: width } };
}

/**
 * How a picture of other proportions fills the size: it is stretched, shown whole with a background at two sides, or cut off at two
 * sides.
 */
export type Fit = "stretch" | "contain" | "cover";

/** Brings a picture to a size. `behind` are the values of a pixel of the background. */
export function fitPicture(
  picture: Picture,
  { height, width }: PictureSize,
  fit: Fit,
  behind: readonly number[],
): Picture {
  if (fit === "stretch") return scalePicture(picture, height, width);
  const vertical = height / picture.height, horizontal = width / picture.width;
  if (fit === "cover") {
    const scale = Math.max(vertical, horizontal);
    return scalePicture(picture, height, width, {
      rows: middle(picture.height, height / scale),
      columns: middle(picture.width, width / scale),
    });
  }
  const scale = Math.min(vertical, horizontal);
  const inner = scalePicture(
    picture,
    Math.min(height, Math.max(1, Math.round(picture.height * scale))),
    Math.min(width, Math.max(1, Math.round(picture.width * scale))),
  );
  return padded(inner, { height, width }, behind);
}

/** The middle of a row or column of pixels. */
function middle(from: number, length: number): Span {
  const most = Math.min(from, length);
  return { start: (from - most) / 2, length: most };
}

/** A picture in the middle of a larger one. */
function padded(picture: Picture, { height, width }: PictureSize, behind: readonly number[]): Picture {
  const { channels = 1, pixels } = picture;
  if (picture.height === height && picture.width === width) return picture;
  const isByte = pixels instanceof Uint8Array, size = sampleSize([height, width, channels]);
  const whole = newPixels(isByte ? "8" : "float", size);
  for (let at = 0; at < whole.length; at++) {
    whole[at] = isByte ? Math.round(behind[at % channels]) : behind[at % channels];
  }
  const top = (height - picture.height) >> 1, left = (width - picture.width) >> 1;
  for (let row = 0; row < picture.height; row++) {
    const line = pixels.subarray(row * picture.width * channels, (row + 1) * picture.width * channels);
    whole.set(line, ((top + row) * width + left) * channels);
  }
  return { height, width, channels, pixels: whole };
}
