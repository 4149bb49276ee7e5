import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { brailleCanvas } from "../../../src/ui/drawing/braille.ts";

Deno.test("brailleCanvas sets each of the eight dots of a cell by Unicode's order", () => {
  const dots = [];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 2; x++) {
      const canvas = brailleCanvas(1, 1);
      canvas.dot(x, y, 0);
      dots.push(canvas.lines()[0]);
    }
  }
  deepEqual(dots, ["⠁", "⠈", "⠂", "⠐", "⠄", "⠠", "⡀", "⢀"]);
});

Deno.test("brailleCanvas draws a diagonal, worked out by hand", () => {
  const canvas = brailleCanvas(4, 2);
  deepEqual([canvas.width, canvas.height], [8, 8]);
  canvas.line([0, 0], [7, 7], 0);
  deepEqual(canvas.lines(), ["⠑⢄  ", "  ⠑⢄"]);
});

Deno.test("brailleCanvas draws steep, flat and backward lines", () => {
  const canvas = brailleCanvas(2, 1);
  canvas.line([0, 3], [0, 0], 0);
  canvas.line([3, 0], [1, 0], 0);
  deepEqual(canvas.lines(), ["⡏⠉"]);
});

Deno.test("brailleCanvas leaves out each second dot of a dotted line", () => {
  const canvas = brailleCanvas(3, 1);
  canvas.line([0, 0], [5, 0], 0, 2);
  deepEqual(canvas.lines(), ["⠁⠁⠁"]);
});

Deno.test("brailleCanvas leaves out points outside", () => {
  const canvas = brailleCanvas(1, 1);
  for (const [x, y] of [[-1, 0], [0, -1], [2, 0], [0, 4], [NaN, 0]]) canvas.dot(x, y, 0);
  canvas.letters(-1, 0, "abc", 0);
  canvas.letters(0, 5, "z", 0);
  deepEqual(canvas.lines(), ["b"]);
});

Deno.test("brailleCanvas gives a wide letter two cells, and none of it stays when it is covered by half", () => {
  const canvas = brailleCanvas(5, 1);
  canvas.letters(1, 0, "長い", 0);
  deepEqual(canvas.lines(), [" 長い"]);
  canvas.letters(2, 0, "x", 0);
  canvas.letters(3, 0, "y", 0);
  canvas.letters(4, 0, "長", 0);
  deepEqual(canvas.lines(), ["  xy "]);
});

Deno.test("brailleCanvas paints runs of one ink together, the last dot of a cell deciding", () => {
  const canvas = brailleCanvas(4, 1);
  canvas.dot(0, 0, 1);
  canvas.dot(2, 0, 1);
  canvas.dot(3, 0, 2);
  canvas.letters(3, 0, "x", 2);
  equal(canvas.lines((text, ink) => `<${ink}${text}>`)[0], "<1⠁><2⠉ x>");
});
