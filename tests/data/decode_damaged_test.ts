import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { idx } from "../../src/data/idx.ts";
import { images } from "../../src/data/images.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";
import { RunError } from "../../src/core/errors.ts";
import { LOCKED, ROOT } from "../support/program.ts";
import { bombs, damage, validIdx } from "./damage.ts";
import { flatPgm, withFolder } from "./pictures.ts";

Deno.test("decodeFrames() turns 4,200 damaged files into pixels or an error, in little memory, and prints nothing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...LOCKED, "tests/data/decode_damaged.ts", "1", "200"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  deepEqual([code, text(stderr)], [0, ""]);
  const { pixels, refused, wrong, megabytes } = JSON.parse(text(stdout));
  deepEqual(wrong, []);
  equal(pixels + refused, 4200);
  ok(pixels > 100, `${pixels} with pixels`);
  ok(megabytes < 400, `${megabytes} MB`);
});

async function openError(
  spec: Parameters<typeof SourceSpec.parse>[0],
  memory?: number,
): Promise<string | undefined> {
  try {
    await openSource(SourceSpec.parse(spec), { seed: 1, memory, log: () => {} });
  } catch (thrown) {
    if (!(thrown instanceof RunError)) throw thrown;
    return thrown.message;
  }
}

Deno.test("images() names the file and the option of a picture that is too large, and keeps to the option", async () => {
  await withFolder({ "a.png": bombs()["a giant PNG"].bytes }, async (folder) => {
    match(
      (await openError(images(folder, { height: 4, width: 4 })))!,
      /^".*\/a.png" must have at most 120,000,000 pixels \(maxPixels\), got 60,000 x 60,000 \(.*load.source.maxPixels=200000000\)$/,
    );
  });
  await withFolder({ "a.pgm": flatPgm(9, 9, 1) }, async (folder) => {
    equal(await openError(images(folder, { maxPixels: 81 })), undefined);
    match(
      (await openError(images(folder, { maxPixels: 80 })))!,
      /must have at most 80 pixels \(maxPixels\), got 9 x 9/,
    );
  });
});

Deno.test("idx() unpacks no more than the header promises, and refuses headers that the file cannot hold", async () => {
  const header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2];
  const files = {
    more: gzipSync(Uint8Array.from([...header, ...new Uint8Array(1e6)])),
    giant: gzipSync(Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 234, 96, 0, 0, 234, 96])),
    plain: Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 234, 96, 0, 0, 234, 96]),
  };
  await withFolder(files, async (folder) => {
    match(
      (await openError(idx({ images: `${folder}/more` })))!,
      /unpacks to more than its header says \(fetch it again\)$/,
    );
    match(
      (await openError(idx({ images: `${folder}/giant` })))!,
      /\d+ bytes of gzip, which cannot hold as many \(fetch it again\)$/,
    );
    match((await openError(idx({ images: `${folder}/plain` })))!, /got 0 bytes: it was cut off/);
    Deno.truncateSync(`${folder}/plain`, 16 + 9 * 60000 * 60000);
    match(
      (await openError(idx({ images: `${folder}/plain` }), 1e6))!,
      /load.memory must hold at least one sample of .*, 60000x60000, got 1,000,000 bytes \(raise it, as in --set load.memory=1GB\)$/,
    );
  });
});

Deno.test("idx() turns 1,000 damaged files into images or an error that names the file", async () => {
  const outcomes = { images: 0, refused: 0 };
  for (const valid of Object.values(validIdx())) {
    for (let seed = 1; seed <= 500; seed++) {
      await withFolder({ file: damage(valid, seed) }, async (folder) => {
        const error = await openError(idx({ images: `${folder}/file` }), 1e6);
        if (error !== undefined) match(error, /^(load\.memory must hold .*)?".*\/file"/, `${seed}`);
        outcomes[error === undefined ? "images" : "refused"]++;
      });
    }
  }
  ok(outcomes.images > 50 && outcomes.refused > 500, JSON.stringify(outcomes));
});
