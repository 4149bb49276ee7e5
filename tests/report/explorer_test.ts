import { match, strictEqual as equal } from "node:assert/strict";
import { BYTES_SCALE } from "../../src/core/scale.ts";
import { fitModel } from "../../src/models/fit_model.ts";
import { conv } from "../../src/models/layers/kinds.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { explorerSection } from "../../src/report/explorer/explorer.ts";
import { dataOf, RECORD } from "./fake_run_folder.ts";

/** The section of a model of pictures of 40x40 whose weights are not there. */
async function sectionOf(options: object): Promise<string | undefined> {
  const spec = fitModel(ModelSpec.parse({ kind: "ae", latent: 2, ...options }), [40, 40, 1]);
  const model = { spec, shape: [40, 40, 1], scale: BYTES_SCALE, epoch: 1, tensors: [], file: "model" };
  return explorerSection({ ...await dataOf(), model })?.markup;
}

Deno.test("explorerSection() names the weights of a decoder or the latent dimensions that are too many for a page, and the command that explores it", async () => {
  // 2 x 2000 + 2000 x 1600
  match(
    (await sectionOf({ encoder: [2000] }))!,
    new RegExp(
      `The decoder has 3,204,000 weights, and a page has room for 2,900,000: <code>deno task explore ${RECORD.id}</code>`,
    ),
  );
  match(
    (await sectionOf({ encoder: [conv(1)], latent: undefined, latentChannels: 1 }))!,
    /The latent has 1,600 dimensions, and a page has room for 512: <code>deno task explore/,
  );
  equal(await sectionOf({ encoder: [1000] }), undefined);
  equal(
    await sectionOf({ kind: "vqvae", encoder: [2000], codes: 4, dimensions: 2 }),
    undefined,
    "a VQ-VAE has none",
  );
});
