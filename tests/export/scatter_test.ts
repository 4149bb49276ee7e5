import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { COLOURS, type Picture } from "../../src/export/picture.ts";
import { figureSize } from "../../src/export/pixel_font.ts";
import { LABEL_COLOURS, plotRange, scatterPicture, ticks } from "../../src/export/scatter.ts";

const at = (
  { width, rgba }: Picture,
  x: number,
  y: number,
) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];

/** The centre of all pixels of a colour. */
function middleOf(picture: Picture, colour: readonly number[]): [number, number] | undefined {
  let count = 0, sumX = 0, sumY = 0;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (at(picture, x, y).join() !== colour.join()) continue;
      [count, sumX, sumY] = [count + 1, sumX + x, sumY + y];
    }
  }
  return count === 0 ? undefined : [sumX / count, sumY / count];
}
const blend = (colour: readonly number[], opacity: number) =>
  colour.map((channel, index) => Math.round(COLOURS.page[index] + opacity * (channel - COLOURS.page[index])));
const marked = { height: 1, width: 1, pixels: [1] };

Deno.test("scatterPicture draws each point in the colour of its label, the second axis upwards, at one scale", () => {
  const points = [[-1, -1], [1, -1], [-1, 1]] as const;
  const picture = scatterPicture(points, { labels: [0, 1, 2], marks: [marked, marked, marked], size: 300 });
  const [low, right, high] = [0, 1, 2].map((label) => middleOf(picture, LABEL_COLOURS[label])!);
  equal(low[0], high[0]);
  equal(low[1], right[1]);
  equal(right[0] - low[0], low[1] - high[1], "as many pixels to the right as upwards");
  equal(high[1] < low[1], true);
});

Deno.test("scatterPicture gives each axis its own scale with free axes", () => {
  const points = [[0, 0], [100, 0], [0, 1]] as const;
  const picture = scatterPicture(points, {
    labels: [0, 1, 2],
    marks: [marked, marked, marked],
    size: 300,
    axes: "free",
  });
  const [low, right, high] = [0, 1, 2].map((label) => middleOf(picture, LABEL_COLOURS[label])!);
  equal(right[0] - low[0], low[1] - high[1], "as many pixels for 100 to the right as for 1 upwards");
});

Deno.test("scatterPicture skips non-finite points, and centres a single point", () => {
  const picture = scatterPicture([[NaN, 1], [5, Infinity], [3, 4]], { labels: [1, 2, 0], size: 300 });
  const dot = blend(LABEL_COLOURS[0], 0.85);
  const [x, y] = middleOf(picture, dot)!;
  equal(Math.abs(x - (44 + 245 / 2)) < 2 && Math.abs(y - (11 + 245 / 2)) < 2, true, `${x}, ${y}`);
  equal(middleOf(picture, blend(LABEL_COLOURS[1], 0.85)), undefined);
});

Deno.test("scatterPicture frames the plot and puts the legend next to it, in the colours of the labels", () => {
  const size = 300;
  const picture = scatterPicture([[0, 0], [1, 1]], { labels: [0, 1], legend: [marked, marked], size });
  deepEqual([picture.width > size, picture.height], [true, size]);
  deepEqual(at(picture, 44, 100), [...COLOURS.ink]);
  equal(middleOf(picture, LABEL_COLOURS[0])![0] > size, true);
  equal(scatterPicture([], { size }).width, size);
});

Deno.test("scatterPicture stretches a backdrop over the plot, from the top left, behind the points", () => {
  const tile = (value: number) => ({ height: 1, width: 1, pixels: [value] });
  const points = [[0, 0], [1, 1]] as const;
  const picture = scatterPicture(points, {
    backdrop: [1, 0, 0, 0].map(tile),
    marks: [marked, marked],
    size: 300,
  });
  const faint = COLOURS.page.map((channel, index) =>
    Math.round(channel + 0.3 * (COLOURS.ink[index] - channel))
  );
  const [x, y] = middleOf(picture, faint)!;
  // The plot starts at (44, 11) and is 245 wide: its upper left quarter has its middle at (105, 72).
  deepEqual([Math.round((x - 105) / 4), Math.round((y - 72) / 4)], [0, 0], `${x}, ${y}`);
  equal(middleOf(picture, LABEL_COLOURS[0]) !== undefined, true, "the points are drawn over it");
});

Deno.test("plotRange is the square that a plot shows, with a tenth of room around the points", () => {
  const { centre, half } = plotRange([[-1, 2], [3, 4], [NaN, 9]]);
  deepEqual([centre, half.map((value) => Number(value.toFixed(9)))], [[1, 3], [2.2, 2.2]]);
});

Deno.test("ticks divide a range into about five parts at round numbers", () => {
  deepEqual(ticks(-2.3, 2.3), [-2, -1, 0, 1, 2]);
  deepEqual(ticks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  deepEqual(ticks(-70, 40), [-50, 0]);
  deepEqual(ticks(0.1, 0.45), [0.1, 0.2, 0.3, 0.4]);
});

Deno.test("figureSize counts the figures and the space between them", () => {
  deepEqual(figureSize("-1.5", 2), { width: 30, height: 10 });
});

Deno.test("scatterPicture draws marks in colour as they are, framed in the colour of their class", () => {
  const mark = { height: 1, width: 1, channels: 3 as const, pixels: [1, 0, 0] };
  const picture = scatterPicture([[0, 0], [1, 1]], { labels: [0, 1], marks: [mark, mark], size: 300 });
  // A mark of 28 pixels, and a frame of one around it.
  const [x, y] = middleOf(picture, LABEL_COLOURS[0])!.map(Math.round);
  deepEqual(at(picture, x, y), [255, 0, 0]);
  const row = Array.from({ length: 60 }, (_, column) => at(picture, x - 30 + column, y).join());
  equal(row.filter((pixel) => pixel === "255,0,0").length, 28);
  equal(row.filter((pixel) => pixel === LABEL_COLOURS[0].join()).length, 2);
});

Deno.test("scatterPicture blends a backdrop in colour", () => {
  const tile = { height: 1, width: 1, channels: 3 as const, pixels: [1, 0, 0] };
  const picture = scatterPicture([[0, 0], [1, 1]], { backdrop: [tile, tile, tile, tile], size: 300 });
  const faint = COLOURS.page.map((channel, k) => Math.round(channel + 0.3 * ((k === 0 ? 255 : 0) - channel)));
  equal(middleOf(picture, faint) !== undefined, true);
});
