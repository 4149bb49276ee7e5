import { match, strictEqual as equal } from "node:assert/strict";
import { BYTES_SCALE } from "../../src/core/scale.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { explorerSection } from "../../src/report/explorer/explorer.ts";
import { dataOf, RECORD } from "./fake_run_folder.ts";

/** The section of a model of pictures of 40x40 whose weights are not there. */
async function sectionOf(options: object): Promise<string | undefined> {
  const spec = ModelSpec.parse({ kind: "ae", input: [40, 40, 1], latent: 2, ...options });
  const model = { spec, shape: [40, 40, 1], scale: BYTES_SCALE, epoch: 1, tensors: [], file: "model" };
  return explorerSection({ ...await dataOf(), model })?.markup;
}

Deno.test("explorerSection() names the weights of a decoder that is too large for a page, and the command that explores it", async () => {
  // 2 x 2000 + 2000 x 1600
  match(
    (await sectionOf({ encoder: [2000] }))!,
    new RegExp(
      `The decoder has 3,204,000 weights, and a page has room for 2,900,000: <code>deno task explore ${RECORD.id}</code>`,
    ),
  );
  equal(await sectionOf({ encoder: [1000] }), undefined);
  equal(
    await sectionOf({ kind: "vqvae", encoder: [2000], codes: 4, dimensions: 2 }),
    undefined,
    "a VQ-VAE has none",
  );
});
