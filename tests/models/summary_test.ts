import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { fitModel } from "../../src/models/fit_model.ts";
import { conv, groupNorm } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { modelSummary } from "../../src/models/summary.ts";
import { modelSize } from "../../src/models/tensors.ts";
import { MODELS } from "../support/models.ts";

Deno.test("modelSummary() has a line for each layer, with a block as one, the parameters of the likelihood and their total", () => {
  const encoder = [conv(8, { stride: 2 }), groupNorm(4), residual([conv(16, { stride: 2 }), conv(16)])];
  const model = fitModel(ModelSpec.parse({ kind: "vae", encoder, latent: 4, loss: "gaussian" }), [9, 8, 3]);
  // 3 x 3 x 3 x 8 + 8; 2 x 8; 3 x 3 x 8 x 16 + 16, 3 x 3 x 16 x 16 + 16 and a projection of 8 x 16 + 16; 96 x 8 + 8;
  // 4 x 96 + 96; 3 x 3 x 16 x 16 + 16, 3 x 3 x 16 x 8 + 8 and a projection of 2 x 2 x 16 x 8 + 8; 3 x 3 x 8 x 3 + 3.
  deepEqual(modelSummary(model), [
    "layer       kind           activation  output  parameters",
    "encoder.0   conv           relu        5x4x8          224",
    "encoder.1   groupNorm      linear      5x4x8           16",
    "encoder.2   residual       relu        3x2x16       3,632",
    "latent      dense          linear      8              776",
    "decoder.0   dense          relu        96             480",
    "decoder.1   reshape        linear      3x2x16           0",
    "decoder.2   residual       linear      5x4x8        4,000",
    "decoder.3   groupNorm      linear      5x4x8           16",
    "output      convTranspose  sigmoid     9x8x3          219",
    "likelihood                                            216",
    "total                                               9,579",
  ]);
});

Deno.test("modelSummary() counts all parameters of every model", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    equal(modelSummary(model).at(-1)!.split(/ +/)[1], modelSize(model).toLocaleString("en-US"), name);
  }
});
