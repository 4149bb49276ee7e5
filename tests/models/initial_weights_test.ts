import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { encodeSafetensors } from "../../src/core/safetensors.ts";
import { sampleSize } from "../../src/core/shape.ts";
import { initialHash, initialWeights } from "../../src/models/initial_weights.ts";
import { fitModel } from "../../src/models/fit_model.ts";
import { pytorchTensors } from "../../src/models/pytorch/names.ts";
import { pytorchModule } from "../../src/models/pytorch/module.ts";
import {
  conv,
  convTranspose,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  groupNorm,
  layerNorm,
  reshape,
  upsample,
} from "../../src/models/layers/kinds.ts";
import LAYERS, { residual } from "../../src/models/layers/table.ts";
import { ACTIVATIONS } from "../../src/models/activations.ts";
import { hasCodebook } from "../../src/models/codebook.ts";
import { isConditional } from "../../src/models/condition.ts";
import { type ModelOptions, ModelSpec } from "../../src/models/spec.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { PLAIN_SCALE } from "../../src/core/scale.ts";
import { wasm } from "../analysis/hand_models.ts";
import { MODELS as CONTRACT_MODELS } from "../support/models.ts";
import { hasPython, needsPython, python } from "../support/python.ts";

function modelOf(options: ModelOptions): TrainedModel {
  const shape = options.input ?? [6], spec = fitModel(ModelSpec.parse(options), shape);
  const parameters = initialParameters(spec, 5).map((value, at) => value + 0.01 * Math.sin(at));
  return { spec, parameters, shape, scale: PLAIN_SCALE };
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
  conv: {
    kind: "vae",
    input: [7, 6, 3],
    encoder: [
      conv(4, { stride: 2, activation: "linear" }),
      groupNorm(2, { activation: "silu" }),
      conv(3, { kernel: [2, 3], padding: "valid" }),
      dropout(0.3),
      7,
    ],
    latent: 2,
  },
  paddings: {
    kind: "ae",
    input: [9, 7, 2],
    encoder: [conv(3, { kernel: [2, 1], stride: 3 }), conv(4, { padding: 1 }), flatten(), groupNorm(3)],
    latent: 2,
    decoder: [
      54,
      layerNorm(),
      reshape([3, 3, 6]),
      convTranspose(2, { kernel: [2, 3], stride: 3, outputSize: [9, 7] }),
      convTranspose(2, { padding: 1, kernel: 3 }),
    ],
  },
  residual: {
    kind: "ae",
    input: [5, 4, 1],
    encoder: [
      layerNorm(),
      residual([conv(4, { stride: 2 }), conv(4)], { activation: "gelu" }),
      residual([conv(4), layerNorm()]),
      globalAveragePool(),
      residual([dense(5, { activation: "tanh" }), 3]),
    ],
    latent: 2,
  },
  upsample: {
    kind: "ae",
    input: [6, 6, 1],
    encoder: [conv(2)],
    latent: 3,
    decoder: [4, reshape([1, 2, 2]), upsample([6, 3]), upsample([1, 1], { mode: "bilinear" }), conv(1)],
  },
  bilinear: {
    kind: "ae",
    input: [6, 6, 1],
    encoder: [conv(2, { stride: 2 }), upsample(2)],
    latent: 3,
    decoder: [8, reshape([2, 2, 2]), upsample(3, { mode: "bilinear" }), residual([conv(1)])],
  },
  shared: { kind: "ae", encoder: [5], latent: 2, loss: { kind: "gaussian", variance: "shared" } },
  pixel: { kind: "vae", encoder: [5], latent: 2, loss: { kind: "gaussian", variance: "pixel" } },
  continuousBernoulli: { kind: "vae", encoder: [5], latent: 2, loss: "continuousBernoulli" },
  mapOfVariances: {
    kind: "vae",
    input: [4, 6, 3],
    encoder: [conv(4, { stride: 2 })],
    latent: 2,
    loss: { kind: "gaussian", variance: "pixel" },
  },
  mapOfScales: {
    kind: "vae",
    input: [4, 6, 3],
    encoder: [conv(4, { stride: 2 })],
    latent: 2,
    loss: { kind: "discretisedLogistic", scale: "pixel" },
    outputActivation: "linear",
  },
  scalesOfChannels: { kind: "vae", input: [2, 3, 3], encoder: [5], latent: 2, loss: "discretisedLogistic" },
  logistic: { kind: "vae", encoder: [5], latent: 2, loss: "discretisedLogistic", outputActivation: "linear" },
  logisticOfPixel: {
    kind: "ae",
    encoder: [5],
    latent: 2,
    loss: { kind: "discretisedLogistic", scale: "pixel" },
  },
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

Deno.test("pytorchTensors() give each parameter of every kind of layer a name of its own", () => {
  for (const [name, spec] of Object.entries(CONTRACT_MODELS)) {
    const names = pytorchTensors(modelOf(spec as ModelOptions)).map(({ name }) => name);
    deepEqual([...new Set(names)], names, name);
  }
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

/** Runs modules on inputs, and writes the state_dict that PyTorch has after its weights were doubled. */
const PROGRAM = `
import importlib.util, json, sys, torch
from safetensors.torch import save_file
def run(folder, size):
    spec = importlib.util.spec_from_file_location("m", folder + "/model.py")
    m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
    model = m.load()
    x = torch.linspace(0, 1, 4 * size).reshape(4, size)
    with torch.no_grad():
        z = model.encode(x)
        z = z[0] if isinstance(z, tuple) else z
        y = model(x)
        for p in model.parameters(): p.mul_(2)
    save_file(model.state_dict(), folder + "/back.safetensors")
    return [z.flatten().tolist(), y.flatten().tolist()]
print(json.dumps([run(folder, int(size)) for folder, size in zip(sys.argv[1::2], sys.argv[2::2])]))
`;

/** The module of a model, as though PyTorch had none of its layers and activations. */
function derivedModule(model: TrainedModel): string {
  const kinds: { pytorch?: unknown }[] = [...Object.values(LAYERS), ...Object.values(ACTIVATIONS)];
  const own = kinds.map(({ pytorch }) => pytorch);
  try {
    for (const kind of kinds) delete kind.pytorch;
    return pytorchModule(model, "w.safetensors");
  } finally {
    kinds.forEach((kind, at) => own[at] !== undefined && (kind.pytorch = own[at]));
  }
}

Deno.test("pytorchModule() makes modules of the graphs of layers that PyTorch does not have", () => {
  const text = derivedModule(modelOf({ kind: "ae", encoder: [5, { kind: "layerNorm" }], latent: 2 }));
  ok(!/nn\.(Linear|LayerNorm)/.test(text));
  match(text, /self\.encoder = nn\.ModuleList\(\[Dense\w*\(\), LayerNorm\(\)\]\)/);
  equal(
    text.slice(text.indexOf("class LayerNorm"), text.indexOf("class Dense_3")).trim(),
    `class LayerNorm(nn.Module):  # rows [n, 5] to [n, 5]
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(5))
        self.bias = nn.Parameter(torch.zeros(5))

    def forward(self, x):
        v1 = x - (x.sum(1, keepdim=True) * 0.2)
        v2 = v1 / torch.sqrt(((v1 * v1).sum(1, keepdim=True) * 0.2) + 0.00001)
        return (v2 * self.weight.reshape(1, 5)) + self.bias.reshape(1, 5)`,
  );
});

Deno.test({
  name: `pytorchModule() gives the outputs of our engines to 1e-5, and its weights come back ${
    needsPython("torch", "safetensors")
  }`,
  ignore: !hasPython("torch", "safetensors"),
  async fn() {
    const root = await Deno.makeTempDir();
    try {
      const variants = {
        written: (model: TrainedModel) => pytorchModule(model, "w.safetensors"),
        derivedModule,
      };
      // Every kind of layer is in a model of the contract suite.
      const suite = Object.entries(CONTRACT_MODELS).filter(([, spec]) =>
        !isConditional(spec) && !hasCodebook(spec)
      );
      const cases = [
        ...Object.entries(MODELS).flatMap(([name, options]) =>
          Object.entries(variants).map(([variant, write]) => ({
            name: `${name}, ${variant}`,
            options,
            write,
          }))
        ),
        ...suite.map(([name, spec]) => ({ name, options: spec as ModelOptions, write: variants.written })),
      ];
      const models = cases.map(({ name, options, write }) => {
        const model = modelOf(options), folder = `${root}/${name}`;
        Deno.mkdirSync(folder);
        Deno.writeTextFileSync(`${folder}/model.py`, write(model));
        const content = encodeSafetensors(pytorchTensors(model), { format: "pt" });
        Deno.writeFileSync(`${folder}/w.safetensors`, content);
        return { name, model, folder, size: sampleSize(model.shape) };
      });
      const results = python(PROGRAM, ...models.flatMap(({ folder, size }) => [folder, String(size)]));
      for (const [at, { name, model, folder, size }] of models.entries()) {
        const input = Float32Array.from({ length: 4 * size }, (_, at) => at / (4 * size - 1));
        const used = useModel(model, wasm, name), [latents, outputs] = results[at];
        const close = (found: ArrayLike<number>, expected: Float32Array) =>
          expected.forEach((value, at) =>
            ok(Math.abs(found[at] - value) < 1e-5, `${name} ${at}: ${found[at]} ${value}`)
          );
        close(latents, (await used.encode(input)).data);
        close(outputs, (await used.reconstruct(input)).data);
        const back = initialWeights(`${folder}/back.safetensors`, model.spec);
        deepEqual(back, model.parameters.map((value) => 2 * value));
      }
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
