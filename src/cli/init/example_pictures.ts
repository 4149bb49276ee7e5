/** Small drawings for the first run of a new project: discs at random places. @module */
import { fillUniform } from "../../core/random.ts";
import { encodePng } from "../../export/png.ts";

/** The folder of the drawings, as the pipeline of a new project names it. */
export const FOLDER = "example-pictures";
const COUNT = 120, SIDE = 20;

/** The drawings, by their paths. */
export function examplePictures(): Record<string, Uint8Array> {
  return Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [
      `${FOLDER}/disc-${String(index + 1).padStart(3, "0")}.png`,
      encodePng({ height: SIDE, width: SIDE, rgba: disc(index) }),
    ]),
  );
}

/** A white disc with a soft edge on black. */
function disc(index: number): Uint8Array<ArrayBuffer> {
  const numbers = new Float32Array(3);
  fillUniform(numbers, 1, numbers.length, [index], { seed: 1, stream: "generation", epoch: 0 });
  const [row, column, size] = numbers;
  const radius = 2 + 3 * size, place = (share: number) => radius + share * (SIDE - 1 - 2 * radius);
  const rgba = new Uint8Array(4 * SIDE * SIDE);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const distance = Math.hypot(Math.floor(at / SIDE) - place(row), at % SIDE - place(column));
    rgba.fill(Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance))), 4 * at, 4 * at + 3);
    rgba[4 * at + 3] = 255;
  }
  return rgba;
}
