import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { COLOURS, type Picture } from "../../src/export/picture.ts";
import {
  comparisonSheet,
  defaultScale,
  manifoldGrid,
  sheet,
  strip,
  type Tile,
  tilesOfBytes,
  tilesOfValues,
} from "../../src/export/sheet.ts";

const tile = (...rows: number[][]): Tile => ({
  height: rows.length,
  width: rows[0].length,
  pixels: rows.flat(),
});

/** The picture as letters: board, black, white, wrong (off or on), or the value of a grey. */
function letters({ width, rgba }: Picture): string[] {
  const known: Record<string, string> = {
    [COLOURS.board.join()]: "-",
    "0,0,0": "0",
    "255,255,255": "1",
    [COLOURS.wrong.map((channel) => Math.round(channel / 2)).join()]: "w",
    [COLOURS.wrong.join()]: "W",
  };
  const all = Array.from({ length: rgba.length / 4 }, (_, pixel) => {
    const colour = rgba.subarray(4 * pixel, 4 * pixel + 3);
    return known[colour.join()] ?? `(${colour[0]})`;
  });
  return Array.from(
    { length: all.length / width },
    (_, row) => all.slice(row * width, (row + 1) * width).join(""),
  );
}

Deno.test("sheet lays tiles in rows on the board, a gap around each", () => {
  const tiles = [tile([0, 1]), tile([1, 1]), tile([1, 0])];
  deepEqual(letters(sheet(tiles, { columns: 2, scale: 1, gap: 1 })), [
    "-------",
    "-01-11-",
    "-------",
    "-10----",
    "-------",
  ]);
});

Deno.test("sheet enlarges pixel by pixel", () => {
  deepEqual(letters(sheet([tile([0, 1], [1, 0])], { scale: 2, gap: 0 })), ["0011", "0011", "1100", "1100"]);
});

Deno.test("sheet clamps values outside of [0, 1], and draws NaN black", () => {
  deepEqual(letters(sheet([tile([-3, 0.5, 7, NaN])], { scale: 1, gap: 0 })), ["0(128)10"]);
});

Deno.test("sheet is about a square by itself, with a full last row where that can be", () => {
  const size = (count: number, height: number, width: number) => {
    const picture = sheet(Array(count).fill({ height, width, pixels: new Uint8Array(height * width) }), {
      scale: 1,
      gap: 0,
    });
    return [picture.width / width, picture.height / height];
  };
  deepEqual(size(32, 7, 5), [8, 4]);
  deepEqual(size(64, 28, 28), [8, 8]);
  deepEqual(size(7, 28, 28), [3, 3]);
  deepEqual(size(1, 28, 28), [1, 1]);
});

Deno.test("sheet refuses no tiles, and tiles of different sizes or too few pixels", () => {
  throws(() => sheet([]), /must have one size.*got \[\]/);
  throws(() => sheet([tile([1]), tile([1, 1])]), /\[1x1 with 1, 1x2 with 2\]/);
  throws(() => sheet([{ height: 2, width: 2, pixels: [1] }]), /\[2x2 with 1\]/);
});

Deno.test("strip and manifoldGrid are one row, and a square without gaps", () => {
  const tiles = [tile([0]), tile([1]), tile([1]), tile([0])];
  deepEqual(letters(strip(tiles, { scale: 1, gap: 1 })), ["---------", "-0-1-1-0-", "---------"]);
  deepEqual(letters(manifoldGrid(tiles, { scale: 1 })), ["01", "10"]);
});

Deno.test("comparisonSheet puts target, input and output below one another and tints the wrong pixels", () => {
  const sample = { target: tile([0, 1, 0, 1]), input: tile([0, 0, 1, 1]), output: tile([0, 1, 1, 0]) };
  const rows = ["------", "-0101-", "------", "-0011-", "------", "-01Ww-", "------"];
  deepEqual(letters(comparisonSheet([sample], { scale: 1, gap: 1 })), rows);
  const untinted = letters(comparisonSheet([sample], { scale: 1, gap: 1, threshold: null }));
  deepEqual(untinted, rows.with(5, "-0110-"));
});

Deno.test("comparisonSheet leaves out the row of the inputs when no sample has one", () => {
  const sample = { target: tile([0, 1, 0, 1]), output: tile([0, 1, 1, 0]) };
  const options = { scale: 1, gap: 1, columns: 1 };
  const block = ["------", "-0101-", "------", "-01Ww-", "------"];
  deepEqual(letters(comparisonSheet([sample, sample], options)), [...block, "------", ...block]);
  const seen = { ...sample, input: tile([0, 0, 1, 1]) };
  deepEqual(letters(comparisonSheet([sample, seen], { ...options, columns: 2 })), [
    "-----------",
    "-0101-0101-",
    "-----------",
    "------0011-",
    "-----------",
    "-01Ww-01Ww-",
    "-----------",
  ]);
});

Deno.test("comparisonSheet starts three further rows after its columns", () => {
  const sample = (value: number) => ({ target: tile([value]), input: tile([value]), output: tile([value]) });
  const block = (values: string) => Array(3).fill(values).flatMap((row) => [row, "-".repeat(values.length)]);
  deepEqual(letters(comparisonSheet([sample(0), sample(1), sample(1)], { scale: 1, gap: 1, columns: 2 })), [
    "-----",
    ...block("-0-1-"),
    "-----",
    "-----",
    ...block("-1---"),
  ]);
});

Deno.test("defaultScale makes glyphs and digits large and keeps wide sheets below 1,000 pixels", () => {
  deepEqual([defaultScale(7, 5), defaultScale(28, 28), defaultScale(28, 28, 16), defaultScale(400, 300)], [
    12,
    3,
    2,
    1,
  ]);
});

Deno.test("tilesOfBytes and tilesOfValues cut a block into images", () => {
  const tiles = tilesOfBytes(Uint8Array.of(0, 255, 51, 0, 0, 255), { height: 1, width: 3 });
  deepEqual(tiles.map(({ height, width }) => [height, width]), [[1, 3], [1, 3]]);
  deepEqual([...tiles[0].pixels as Float32Array], [0, 1, Math.fround(0.2)]);
  equal(tilesOfValues([0, 0.5, 1, 1], { height: 1, width: 2 })[0].pixels[1], 0.5);
});

Deno.test("sheet draws tiles in colour, and comparisonSheet tints none of their pixels", () => {
  const colour = (...values: number[]): Tile => ({ height: 1, width: 1, channels: 3, pixels: values });
  const inside = ({ rgba }: Picture, at: number) => [...rgba.subarray(4 * at, 4 * at + 3)];
  const { width, ...picture } = sheet([colour(1, 0.5, 0)], { scale: 1, gap: 1 });
  deepEqual([width, inside({ width, ...picture }, 4)], [3, [255, 128, 0]]);
  const compared = comparisonSheet([{ target: colour(1, 1, 1), output: colour(0, 0, 1) }], {
    scale: 1,
    gap: 1,
  });
  deepEqual([inside(compared, 4), inside(compared, 10)], [[255, 255, 255], [0, 0, 255]]);
});
