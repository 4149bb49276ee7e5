import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { latentLines } from "../../../src/ui/panels/latent_plane.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import type { LatentView } from "../../../src/run/fold/view.ts";

/** Points on a grid of so many times so many, so far from the origin at the edges. */
function cloud(reach: number, prior?: "normal"): LatentView {
  const steps = [-1, -0.5, 0, 0.5, 1];
  const points = steps.flatMap((x) => steps.map((y): [number, number] => [x * reach, y * reach]));
  return { stage: "train", epoch: 20, labelNames: [], labels: [], points, prior };
}
const SIZE = { width: 24, height: 9 };
/** The dots in lines of braille. */
const dots = (lines: string[]) =>
  lines.join("").split("").reduce((sum, letter) => {
    const bits = letter.charCodeAt(0) - 0x2800;
    return sum + (bits > 0 && bits < 256 ? bits.toString(2).replaceAll("0", "").length : 0);
  }, 0);

Deno.test("latentLines shows a collapsed cloud of a VAE as a speck in the unit circle of its prior", () => {
  deepEqual(latentLines(cloud(0.01, "normal"), SIZE, 0), [
    "latent  span 3.3 x 2.2",
    "        ⣀⡤⠤⠖⠲⠤⢤⣀        ",
    "      ⣠⠞⠁      ⠈⠳⣄      ",
    "     ⡼⠁          ⠈⢧     ",
    "    ⢠⠇     ⢀⡀     ⠸⡄    ",
    "    ⠘⡆     ⠈⠁     ⢰⠃    ",
    "     ⢳⡀          ⢀⡞     ",
    "      ⠙⢦⡀      ⢀⡴⠋      ",
    "        ⠉⠓⠒⠦⠴⠒⠚⠉        ",
  ]);
});

Deno.test("latentLines shows a VAE that leaves its prior with a small circle, and both axes at one scale", () => {
  deepEqual(latentLines(cloud(5, "normal"), SIZE, 0), [
    "latent  span 15 x 10",
    "    ⠁   ⠁   ⠁  ⠈   ⠈    ",
    "                        ",
    "    ⠁   ⠁   ⠁  ⠈   ⠈    ",
    "    ⡀   ⡀ ⣰⠚⡓⣆ ⢀   ⢀    ",
    "          ⠹⢤⡤⠏          ",
    "    ⡀   ⡀   ⡀  ⢀   ⢀    ",
    "                        ",
    "    ⡀   ⡀   ⡀  ⢀   ⢀    ",
  ]);
});

Deno.test("latentLines shows an AE with the scale of each axis and no circle", () => {
  const lines = latentLines({ ...cloud(0.01), epoch: 3 }, { width: 60, height: 5 }, 0);
  equal(lines[0], "latent space, epoch 3   z1 -0.01 to 0.01   z2 -0.01 to 0.01");
  equal(dots(lines.slice(1)), 25, "the points alone");
});

Deno.test("latentLines shows its scale if it fits, and is never wider", () => {
  for (let width = 8; width <= 120; width++) {
    const [title] = latentLines(cloud(1.234, "normal"), { width, height: 6 }, 0);
    ok(displayWidth(title) <= width, title);
    if (width >= 15) ok(/z1 -\S+.*z2 -\S+|span \S+ x \S+/.test(title), title);
  }
  const [title] = latentLines(cloud(1.234, "normal"), { width: 100, height: 40 }, 0);
  equal(title, "latent space, epoch 20   z1 -1.6 to 1.6   z2 -1.2 to 1.2   ○ N(0, 1): radius 1");
});

Deno.test("latentLines has no scale where no point is finite", () => {
  deepEqual(latentLines({ ...cloud(1), points: [[NaN, 1]] }, SIZE, 0), ["latent space, epoch 20"]);
});
