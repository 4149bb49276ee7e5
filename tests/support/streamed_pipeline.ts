/** A pipeline with two trainings, a VAE and an AE, with previews, on images that stay in their file. */
import { formatIdx } from "../../src/data/idx_format.ts";
import { folderName } from "../../src/run/folder_name.ts";
import { ROOT } from "./program.ts";

const COUNT = 3000, TEST_COUNT = 200, SIDE = 8, PIXELS = SIDE * SIDE;

/** The pipeline's name. */
const STREAMED = "streamed twice";
/** Its folder. */
export const STREAMED_FOLDER: string = folderName(STREAMED);

/** Writes the images and the pipeline into a folder of runs; gives the file's path. */
export async function writeStreamed(folder: string): Promise<string> {
  const values = Uint8Array.from({ length: COUNT * PIXELS }, (_, at) => {
    const image = Math.floor(at / PIXELS), x = at % SIDE, y = Math.floor(at / SIDE) % SIDE;
    return (x * (1 + image % 3) + y * (1 + image % 5) + image) % 7 < 3 ? 255 : (image * 13) % 60;
  });
  const write = (name: string, count: number) =>
    Deno.writeFile(
      `${ROOT}${folder}/${name}`,
      formatIdx({ sizes: [count, SIDE, SIDE], values: values.subarray(0, count * PIXELS) }),
    );
  await write("images-idx3-ubyte", COUNT);
  await write("test-idx3-ubyte", TEST_COUNT);
  const file = `${folder}/pipeline.ts`, up = folder.split("/").map(() => "..").join("/");
  await Deno.writeTextFile(
    `${ROOT}${file}`,
    `import { ae, evaluate, exportRun, idx, load, noise, pipeline, train, vae } from "${up}/mod.ts";
    export default pipeline("${STREAMED}", { seed: 3 })
      .pipe(load(idx({ images: "${folder}/images-idx3-ubyte", testImages: "${folder}/test-idx3-ubyte" }), { memory: "64kB" }))
      .pipe(noise({ std: 0.1 }))
      .pipe(train(vae({ encoder: [${PIXELS}, 32], latent: 4 }), {
        name: "first", epochs: 14, batchSize: 50, validationShare: 0.1, patience: 12,
        checkpoint: { everyMinutes: 0.001, everyEpochs: 5 } }))
      .pipe(train(ae({ encoder: [${PIXELS}, 20], latent: 4 }), {
        name: "second", epochs: 12, batchSize: 50, checkpoint: { everyMinutes: 0.001 } }))
      .pipe(evaluate())
      .pipe(exportRun());`,
  );
  return file;
}
