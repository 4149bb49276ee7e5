import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { sampleShapeText } from "../../src/core/shape.ts";
import { fitModel, modelFaults } from "../../src/models/fit_model.ts";
import { decoderLayers, describeModel, encoderLayers, type ModelLayer } from "../../src/models/layers.ts";
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
import { type LayerInput, residual } from "../../src/models/layers/table.ts";
import { ae, type ModelOptions, ModelSpec, vae } from "../../src/models/spec.ts";
import { modelSize, modelTensors } from "../../src/models/tensors.ts";

const fitted = (options: ModelOptions, shape: number[]) => fitModel(ModelSpec.parse(options), shape);
const shapes = (layers: ModelLayer[]) =>
  layers.map(({ layer, output, activation }) => `${layer.kind} ${sampleShapeText(output)} ${activation}`);
const decoderOf = (encoder: LayerInput[], shape: number[]) =>
  shapes(decoderLayers(fitted(ae({ encoder, latent: 4 }), shape)));

Deno.test("decoderLayers() mirror convolutions up to the shape of the data", () => {
  const model = fitted(
    vae({ encoder: [conv(32, { stride: 2 }), conv(64, { stride: 2, activation: "tanh" }), 256], latent: 32 }),
    [28, 28, 1],
  );
  deepEqual(shapes(encoderLayers(model)), [
    "conv 14x14x32 relu",
    "conv 7x7x64 tanh",
    "dense 256 relu",
    "dense 64 linear",
  ]);
  deepEqual(shapes(decoderLayers(model)), [
    "dense 256 relu",
    "dense 3136 tanh",
    "reshape 7x7x64 linear",
    "convTranspose 14x14x32 relu",
    "convTranspose 28x28 sigmoid",
  ]);
  equal(
    describeModel(model),
    "vae 28x28-conv32/2-conv64/2-256-32-256-3136-7x7x64-convT32/2-convT1/2",
  );
});

Deno.test("latentChannels make the latent a feature map, which the decoder starts from", () => {
  const options = vae({ encoder: [conv(32, { stride: 2 }), conv(64, { stride: 2 })], latentChannels: 8 });
  const model = fitted(options, [28, 28, 1]);
  // 7 x 7 x 8.
  equal(model.latent, 392);
  deepEqual(shapes(encoderLayers(model)), ["conv 14x14x32 relu", "conv 7x7x64 relu", "conv 7x7x16 linear"]);
  deepEqual(shapes(decoderLayers(model)), [
    "convTranspose 7x7x64 relu",
    "convTranspose 14x14x32 relu",
    "convTranspose 28x28 sigmoid",
  ]);
  equal(describeModel(model), "vae 28x28-conv32/2-conv64/2-7x7x8-convT64-convT32/2-convT1/2");
  // The record of a fitted model fits again.
  deepEqual(modelFaults(ModelSpec.parse(structuredClone(model)), [28, 28, 1]), []);
  equal(fitted(ae({ encoder: [conv(4, { stride: 2 })], latentChannels: 3 }), [9, 8, 1]).latent, 5 * 4 * 3);
});

Deno.test("modelFaults() says where a latent cannot be a feature map", () => {
  const faults = (options: object, shape = [8, 8, 1]) =>
    modelFaults(ModelSpec.parse({ kind: "vae", encoder: [conv(4, { stride: 2 })], ...options }), shape)
      .map(({ path, message }) => `${path} ${message}`);
  deepEqual(faults({ latentChannels: 4 }), []);
  deepEqual(faults({ latentChannels: 5 }), [
    "latentChannels must give at most 64 latent dimensions, the values of a sample, got 80 (at most 4 channels)",
  ]);
  deepEqual(faults({ latentChannels: 2, encoder: [upsample(9)] }), [
    "latentChannels must give at most 64 latent dimensions, the values of a sample, got 10368 " +
    "(make its feature map smaller by a stride)",
  ]);
  deepEqual(faults({ latentChannels: 2, latent: 20, input: [8, 8, 1] }), [
    "latentChannels must be left out where latent is given, got 2 and 20 (set one of them to null)",
  ]);
  for (const encoder of [[conv(4), 9], [9], [conv(4), flatten()]]) {
    deepEqual(faults({ encoder, latentChannels: 2 }), [
      `latentChannels needs an encoder that ends with a feature map, got one that ends with a vector of ${
        encoder.at(-1) === 9 ? 9 : 256
      } (remove its dense layers, or give latent)`,
    ]);
  }
  deepEqual(faults({ encoder: [], latentChannels: 2 }, [35]), [
    "latentChannels needs an encoder that ends with a feature map, got one that ends with a vector of 35 " +
    "(remove its dense layers, or give latent)",
  ]);
});

Deno.test("decoderLayers() give odd sizes back, whatever kernel, stride and padding", () => {
  for (const padding of ["same", "valid", 1, [0, 2]] as const) {
    for (const kernel of [1, 2, 3, 4, [5, 2] as [number, number]]) {
      for (const stride of [1, 2, 3, [1, 3] as [number, number]]) {
        for (const shape of [[11, 9, 2], [8, 13, 1]]) {
          const encoder = [conv(3, { kernel, stride, padding: padding as "same" })];
          const decoder = decoderLayers(fitted(ae({ encoder, latent: 2 }), shape));
          deepEqual([...decoder.at(-1)!.output], shape, JSON.stringify({ padding, kernel, stride, shape }));
        }
      }
    }
  }
});

Deno.test("decoderLayers() mirror each kind of layer of a map", () => {
  deepEqual(decoderOf([upsample(2), conv(3, { kernel: 4, stride: 4 })], [6, 6, 2]), [
    "dense 27 relu",
    "reshape 3x3x3 linear",
    "convTranspose 12x12x2 relu",
    "conv 6x6x2 sigmoid",
  ]);
  deepEqual(decoderOf([conv(4, { activation: "linear" }), groupNorm(2, { activation: "silu" })], [3, 3, 1]), [
    "dense 36 silu",
    "reshape 3x3x4 linear",
    "groupNorm 3x3x4 linear",
    "convTranspose 3x3 sigmoid",
  ]);
  deepEqual(decoderOf([conv(4), dropout(0.5), globalAveragePool(), 8], [3, 3, 1]), [
    "dense 8 relu",
    "dense 4 relu",
    "dense 36 relu",
    "reshape 3x3x4 linear",
    "convTranspose 3x3 sigmoid",
  ]);
  deepEqual(decoderOf([reshape([3, 2, 1]), conv(4), flatten()], [6]), [
    "dense 24 relu",
    "reshape 3x2x4 linear",
    "convTranspose 3x2 sigmoid",
  ]);
  deepEqual(
    decoderOf([conv(4), residual([conv(6, { stride: 2 }), conv(6)], { activation: "gelu" })], [5, 5, 1]),
    [
      "dense 54 gelu",
      "reshape 3x3x6 linear",
      "residual 5x5x4 relu",
      "convTranspose 5x5 sigmoid",
    ],
  );
});

Deno.test("describeModel() writes equal residual blocks in a row once, with their number, and no other layers", () => {
  const block = residual([conv(4), conv(4)]), encoder = [conv(4), block, block, block, 9, 9];
  equal(
    describeModel(fitted(ae({ encoder, latent: 2 }), [5, 5, 1])),
    "ae 5x5-conv4-3*residual(conv4-conv4)-9-9-2-9-9-100-5x5x4-3*residual(convT4-convT4)-convT1",
  );
});

Deno.test("residual() names its layers and its projection, and leaves the last of its layers and the sum to one activation", () => {
  const model = fitted(ae({ encoder: [residual([conv(6, { stride: 2 }), conv(6)])], latent: 2 }), [5, 5, 1]);
  deepEqual(
    modelTensors({ spec: model, parameters: new Float32Array(modelSize(model)) }).map(({ name, shape }) =>
      `${name} [${shape}]`
    ).slice(0, 7),
    [
      "encoder.0.layers.0.weight [3,3,1,6]",
      "encoder.0.layers.0.bias [6]",
      "encoder.0.layers.1.weight [3,3,6,6]",
      "encoder.0.layers.1.bias [6]",
      "encoder.0.projection.weight [1,1,1,6]",
      "encoder.0.projection.bias [6]",
      "latent.weight [54,2]",
    ],
  );
  const [block] = encoderLayers(model);
  deepEqual([block, ...block.inner].map(({ name, activation }) => `${name} ${activation}`), [
    "encoder.0 relu",
    "encoder.0.layers.0 relu",
    "encoder.0.layers.1 linear",
    "encoder.0.projection linear",
  ]);
});

/** The faults of an encoder on pictures of 28x28, or of another shape. */
function faults(options: { encoder: LayerInput[]; decoder?: LayerInput[] }, shape = [28, 28, 1]): string[] {
  return modelFaults(ModelSpec.parse(ae({ latent: 4, ...options })), shape).map(({ path, message }) =>
    `${path} ${message}`
  );
}

const FAULTS: readonly [
  what: string,
  options: Parameters<typeof faults>[0],
  fault: string,
  shape?: number[],
][] = [
  [
    "a convolution of vectors",
    { encoder: [conv(4)] },
    "encoder.0 must follow pictures or a feature map, as conv needs [height, width, channels], got a vector of 30 " +
    "(reshape([height, width, channels]) before it makes a map)",
    [30],
  ],
  [
    "a convolution after a dense layer",
    { encoder: [784, 100, conv(4)] },
    "encoder.2 must follow pictures or a feature map, as conv needs [height, width, channels], got a vector of 100 " +
    "(reshape([height, width, channels]) before it makes a map)",
  ],
  [
    "a kernel that is larger than the map",
    { encoder: [conv(4, { kernel: [29, 3], padding: "valid" })] },
    'encoder.0.kernel must have a height of at most 28 on a map of 28x28 with padding "valid", got 29',
  ],
  [
    "a kernel of which less than half can meet the map",
    { encoder: [conv(4, { stride: 14 }), conv(4, { kernel: 5 })] },
    'encoder.1.kernel must have a height of at most 4 on a map of 2x2 with padding "same", got 5',
  ],
  [
    "a stride that leaves no pixel",
    { encoder: [conv(4, { stride: 2 }), conv(4, { stride: [15, 1] })] },
    'encoder.1.stride must be at most the height of a map of 14x14 with padding "same", got 15 (it would leave no pixel)',
  ],
  [
    "groups that do not divide the channels",
    { encoder: [conv(12), groupNorm(5)] },
    "encoder.1.groups must divide the 12 channels before it, got 5 (4 or 6 would)",
  ],
  [
    "a shape of other values",
    { encoder: [conv(2, { stride: 4 }), reshape([10, 10, 1])] },
    "encoder.1.shape must have the 98 values of 7x7x2 before it, got 10x10x1, which has 100",
  ],
  [
    "an output size that no convolution leads back from",
    { encoder: [8], decoder: [49, reshape([7, 7, 1]), convTranspose(1, { stride: 4, outputSize: 30 })] },
    "decoder.2.outputSize must have a height from 25 to 28 for an input of 7x7, got 30",
  ],
  [
    "a fault within a residual block",
    { encoder: [residual([conv(4), conv(4, { kernel: 60 })])] },
    'encoder.0.layers.1.kernel must have a height of at most 56 on a map of 28x28 with padding "same", got 60',
  ],
  [
    "a residual block whose shapes no projection joins",
    { encoder: [residual([conv(4, { padding: "valid" })])] },
    "encoder.0.layers must lead from 28x28 to the same shape, or to one that a stride leads to, got 26x26x4 " +
    '(with the padding "same" they do)',
  ],
  [
    "a residual block that flattens maps, where the decoder is left out",
    { encoder: [conv(4), residual([conv(4), dense(8)])] },
    "encoder.1.layers must lead to a map where the decoder is left out and mirrors the block, got a vector of 8 " +
    "(put dense and flatten behind the block, or write the decoder)",
  ],
  [
    "a decoder whose strides miss the size",
    {
      encoder: [8],
      decoder: [16 * 4, reshape([4, 4, 4]), upsample(2), conv(4), upsample(2), upsample(2), conv(1)],
    },
    "decoder must end with a sample of 28x28, got 32x32 (its strides lead to multiples of 8x8, such as 24x24 and 32x32; " +
    "outputSize of a convTranspose, and a decoder that is left out, to all)",
  ],
  [
    "a decoder of other channels",
    { encoder: [8], decoder: [784, reshape([28, 28, 1]), conv(3)] },
    "decoder must end with a sample of 28x28, got 28x28x3 (the last layer needs 1 filters)",
  ],
  [
    "a decoder whose last layer has no weights",
    { encoder: [8], decoder: [784, reshape([28, 28, 1])] },
    "decoder must end with a layer that has weights, such as dense or conv, got reshape",
  ],
];

for (const [what, options, fault, shape] of FAULTS) {
  Deno.test(`modelFaults() refuses ${what}`, () => deepEqual(faults(options, shape), [fault]));
}

Deno.test("layerNorm() of a map has a gain and a bias for each of its values", () => {
  const model = fitted(ae({ encoder: [conv(2), layerNorm()], latent: 2 }), [3, 2, 1]);
  deepEqual(encoderLayers(model)[1].parameters.map(({ shape }) => shape), [[12], [12]]);
});
