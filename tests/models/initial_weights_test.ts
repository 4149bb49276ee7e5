import { deepStrictEqual as deepEqual, match, ok, throws } from "node:assert/strict";
import { encodeSafetensors } from "../../src/core/safetensors.ts";
import { initialHash, initialWeights } from "../../src/models/initial_weights.ts";
import { fitModel } from "../../src/models/fit_model.ts";
import { pytorchModule, pytorchTensors } from "../../src/models/pytorch.ts";
import { type ModelOptions, ModelSpec } from "../../src/models/spec.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { PLAIN_SCALE } from "../../src/core/scale.ts";
import { wasm } from "../analysis/hand_models.ts";
import { hasPython, needsPython, python } from "../support/python.ts";

function modelOf(options: ModelOptions, size = 6): TrainedModel {
  const spec = fitModel(ModelSpec.parse(options), [size]);
  const parameters = initialParameters(spec, 5).map((value, at) => value + 0.01 * Math.sin(at));
  return { spec, parameters, shape: [size], scale: PLAIN_SCALE };
}

async function withFile(content: Uint8Array, use: (file: string) => void | Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await Deno.writeFile(file, content);
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}

const MODELS: Record<string, ModelOptions> = {
  ae: {
    kind: "ae",
    encoder: [5, { kind: "layerNorm" }, 4],
    latent: 4,
    activation: "gelu",
    latentActivation: "tanh",
  },
  square: { kind: "ae", encoder: [6, 6], latent: 6, outputActivation: "linear", activation: "leakyRelu" },
  vae: { kind: "vae", encoder: [5], latent: 2, activation: "silu" },
  gaussian: { kind: "vae", encoder: [5], latent: 2, loss: "gaussian", outputActivation: "linear" },
};

Deno.test("initialWeights() reads our own files and the state_dict of PyTorch, whose matrices are transposed", async () => {
  for (const options of Object.values(MODELS)) {
    const model = modelOf(options);
    for (const content of [encodeModel(model), encodeSafetensors(pytorchTensors(model), { format: "pt" })]) {
      await withFile(content, (file) => deepEqual(initialWeights(file, model.spec), model.parameters));
    }
    await withFile(encodeSafetensors(pytorchTensors(model)), (file) => {
      deepEqual(initialWeights(file, model.spec), model.parameters);
    });
  }
});

Deno.test("initialWeights() lists all tensors that do not fit in one error", async () => {
  const model = modelOf({ kind: "ae", encoder: [5], latent: 2 }),
    other = modelOf({ kind: "ae", encoder: [4, 3], latent: 2 });
  await withFile(encodeModel(other), (file) => {
    throws(() => initialWeights(file, model.spec), (thrown: Error) => {
      for (
        const part of [
          /encoder\.0\.weight \[6,5\], got \[6,4\]/,
          /encoder\.0\.bias \[5\], got \[4\]/,
          /latent\.weight \[5,2\], got \[3,2\]/,
          /no encoder\.1\.weight, got \[4,3\]/,
        ]
      ) match(thrown.message, part);
      return true;
    });
  });
  await withFile(encodeSafetensors(pytorchTensors(other)), (file) => {
    throws(
      () => initialWeights(file, model.spec),
      /as a state_dict of PyTorch must have encoder\.0\.weight \[5,6\], got \[4,6\]/,
    );
  });
});

Deno.test("initialHash() is that of the content, whatever the file is called", async () => {
  const model = modelOf(MODELS.ae),
    changed = { ...model, parameters: model.parameters.map((value) => value + 1) };
  const hashes: string[] = [];
  for (const one of [model, model, changed]) {
    await withFile(encodeModel(one), (file) => void hashes.push(initialHash(file)));
  }
  deepEqual(hashes[0], hashes[1]);
  ok(hashes[0] !== hashes[2]);
});

Deno.test("pytorchModule() has a line for each layer, and is about as short as a person would write it", () => {
  const text = pytorchModule(modelOf(MODELS.ae), "w.safetensors");
  match(
    text,
    /self\.encoder = nn\.ModuleList\(\[nn\.Linear\(6, 5\), nn\.LayerNorm\(5, eps=0\.00001\), nn\.Linear\(5, 4\)\]\)/,
  );
  match(text, /with_name\("w\.safetensors"\)/);
  ok(text.split("\n").length < 45);
});

/** Runs a module on inputs, and writes the state_dict that PyTorch has after its weights were doubled. */
const PROGRAM = `
import importlib.util, json, sys, torch
from safetensors.torch import save_file
spec = importlib.util.spec_from_file_location("m", sys.argv[1] + "/model.py")
m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
model = m.load()
x = torch.linspace(0, 1, 24).reshape(4, 6)
with torch.no_grad():
    z = model.encode(x)
    z = z[0] if isinstance(z, tuple) else z
    y = model(x)
    for p in model.parameters(): p.mul_(2)
save_file(model.state_dict(), sys.argv[1] + "/back.safetensors")
print(json.dumps([z.flatten().tolist(), y.flatten().tolist()]))
`;

Deno.test({
  name: `pytorchModule() gives the outputs of our engines to 1e-5, and its weights come back ${
    needsPython("torch", "safetensors")
  }`,
  ignore: !hasPython("torch", "safetensors"),
  async fn() {
    for (const [name, options] of Object.entries(MODELS)) {
      const model = modelOf(options), folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/model.py`, pytorchModule(model, "w.safetensors"));
        const content = encodeSafetensors(pytorchTensors(model), { format: "pt" });
        await Deno.writeFile(`${folder}/w.safetensors`, content);
        const [latents, outputs] = python(PROGRAM, folder);
        const input = Float32Array.from({ length: 24 }, (_, at) => at / 23),
          used = useModel(model, wasm, name);
        const close = (found: ArrayLike<number>, expected: Float32Array) =>
          expected.forEach((value, at) =>
            ok(Math.abs(found[at] - value) < 1e-5, `${name} ${at}: ${found[at]} ${value}`)
          );
        close(latents, (await used.encode(input)).data);
        close(outputs, (await used.reconstruct(input)).data);
        const back = initialWeights(`${folder}/back.safetensors`, model.spec);
        deepEqual(back, model.parameters.map((value) => 2 * value));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  },
});
