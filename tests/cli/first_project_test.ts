import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { readPixelsOf } from "../../src/data/read_picture.ts";
import { encodePicture } from "../../src/export/picture_file.ts";
import { ROOT } from "../support/program.ts";
import { typed, withEmptyFolder } from "../support/project.ts";

const SIZE = 20;

/** A white square on black, its place and size by a number; with noise, each third pixel is turned to white or black. */
function square(seed: number, isNoisy: boolean): Uint8Array {
  const left = seed % 9, top = (seed * 5) % 9, side = 6 + (seed % 5);
  return Uint8Array.from({ length: SIZE * SIZE }, (_, at) => {
    const row = Math.floor(at / SIZE), column = at % SIZE;
    if (isNoisy && (at * 7 + seed * 3) % 11 === 0) return (at * 13 + seed) % 2 === 0 ? 255 : 0;
    return row >= top && row < top + side && column >= left && column < left + side ? 255 : 0;
  });
}

async function writeSquares(folder: string, seeds: readonly number[], isNoisy: boolean): Promise<void> {
  await Deno.mkdir(folder);
  for (const seed of seeds) {
    const picture = { height: SIZE, width: SIZE, channels: 1 as const, pixels: square(seed, isNoisy) };
    await Deno.writeFile(`${folder}/${seed}.png`, await encodePicture(`${seed}.png`, picture));
  }
}

/** The commands of README's section on projects. */
function commandsOfReadme(): string[] {
  const [, section] = /## Use it in a project of your own\n([\s\S]*?)\nOr install/.exec(
    Deno.readTextFileSync(`${ROOT}README.md`),
  )!;
  return [...section.matchAll(/^ {4}(.+)$/gm)].map(([, line]) => line);
}

const error = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length;

Deno.test("README's six commands lead from an empty folder to denoised pictures, scores and latent points", async () => {
  const commands = commandsOfReadme();
  equal(commands.length, 6);
  await withEmptyFolder(async (top) => {
    await writeSquares(`${top}/photos`, Array.from({ length: 90 }, (_, seed) => seed), false);
    await writeSquares(`${top}/noisy`, [3, 17, 40], true);
    await writeSquares(`${top}/new`, [5, 21, 60, 77], false);
    const project = `${top}/mine`;
    let run = "";
    for (const command of commands) {
      const words = command.split(" ").map((word) =>
        ({ deno: Deno.execPath(), "../mine": project, RUN: run, NOISY: `${top}/noisy`, NEW: `${top}/new` })[
          word
        ] ??
          word.replace("PHOTOS", `${top}/photos`)
      );
      if (words[0] === "cd") continue;
      const { code, stdout, stderr } = await typed(words.includes("init") ? ROOT : project, words);
      equal(code, 0, `${command}: ${stdout}${stderr}`);
      if (words.includes("run")) run = /runs\/pictures\/[\w-]+/.exec(stdout)![0];
    }
    deepEqual([...Deno.readDirSync(`${project}/clean`)].map(({ name }) => name).sort(), [
      "17.png",
      "3.png",
      "40.png",
    ]);
    let before = 0, after = 0;
    for (const seed of [3, 17, 40]) {
      const clean = square(seed, false),
        { height, width, pixels } = await readPixelsOf(`${project}/clean/${seed}.png`, 1);
      deepEqual([height, width], [SIZE, SIZE]);
      before += error(square(seed, true), clean);
      after += error(pixels, clean);
    }
    ok(after < before, `error ${after} of denoised pictures, ${before} of noisy ones`);
    equal(parseCsv(await Deno.readTextFile(`${project}/scores.csv`), { columns: true }).length, 4);
    // A header of NumPy's, then 4 pictures with 8 latent dimensions in single precision.
    const bytes = await Deno.readFile(`${project}/z.npy`);
    ok(new TextDecoder().decode(bytes.subarray(0, 128)).includes("(4, 8)"));
  });
});
