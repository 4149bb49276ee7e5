// N = rows of a batch, D = pixels, K = latent size.

/**
 * The training steps in jax-js, on its wasm device: the whole step (loss, gradients, Adam) is one compiled function.
 *
 * In jax-js a function owns what it is given: `array.ref` keeps an array that is used again.
 *
 * @module
 */
import { ADAM, batchStart, type DenseCase, imagesOf, initialParameters, pixelsOf } from "../steps/cases.ts";
import { nameOf, type Stepper } from "../steps/stepper.ts";

const PACKAGE = "npm:@jax-js/jax@0.1.25";

/** As much of an array as is used here. */
interface Numbers {
  readonly ref: Numbers;
  add(other: Numbers | number): Numbers;
  sub(other: Numbers | number): Numbers;
  mul(other: Numbers | number): Numbers;
  div(other: Numbers | number): Numbers;
  sum(): Numbers;
  reshape(shape: readonly number[]): Numbers;
  slice(...index: unknown[]): Numbers;
  js(): number;
  blockUntilReady(): Promise<Numbers>;
  dispose(): void;
}
type Function = (...operands: Numbers[]) => Numbers;

/** As much of the package as is used here. */
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
  jit<F>(compiled: F): F;
  valueAndGrad(
    loss: (parameters: Numbers[], ...rest: Numbers[]) => Numbers,
  ): (parameters: Numbers[], ...rest: Numbers[]) => [Numbers, Numbers[]];
  readonly numpy: {
    array(numbers: Float32Array): Numbers;
    zeros(shape: readonly number[]): Numbers;
    matmul: Function;
    exp: Function;
    sqrt: Function;
    tanh: Function;
    log1p: Function;
    abs: Function;
  };
  readonly nn: { relu: Function };
}

/** Parameters, both moments, and the loss of a step. */
type State = [parameters: Numbers[], means: Numbers[], squares: Numbers[], loss: Numbers];

/** A case's step; there is none of the VAE, whose random numbers jax-js makes in another way. */
export async function jaxStepper(one: DenseCase): Promise<Stepper> {
  const jax = await (library ??= load()), { numpy } = jax;
  const { batch, layers } = one, pixels = pixelsOf(one), images = imagesOf(one);
  const shapes = layers.flatMap(({ inputs, outputs }) => [[inputs, outputs], [1, outputs]]);
  const compiled = jax.jit(stepOf(jax, one));
  let parameters = initialParameters(one).map((numbers, at) => numpy.array(numbers).reshape(shapes[at]));
  let means = shapes.map((shape) => numpy.zeros(shape)), squares = shapes.map((shape) => numpy.zeros(shape));
  let taken = 0, firstLoss = NaN;
  const step = async () => {
    const x = new Float32Array(batch * pixels), start = batchStart(one, taken) * pixels;
    for (let at = 0; at < x.length; at++) x[at] = images[start + at] / 255;
    taken++;
    const [first, second] = [1 / (1 - ADAM.beta1 ** taken), 1 / (1 - ADAM.beta2 ** taken)]
      .map((correction) => numpy.array(Float32Array.of(correction)));
    let loss: Numbers;
    [parameters, means, squares, loss] = compiled(
      parameters,
      means,
      squares,
      numpy.array(x).reshape([batch, pixels]),
      first,
      second,
    ) as State;
    await parameters[1].blockUntilReady();
    if (taken === 1) firstLoss = loss.js();
    else loss.dispose();
  };
  await step();
  // Its wasm device starts as many workers as there are processors.
  const threads = navigator.hardwareConcurrency;
  return {
    engine: "jax-js",
    threads,
    name: nameOf("jax-js", threads),
    firstLoss,
    async run(steps) {
      const began = performance.now();
      for (let at = 0; at < steps; at++) await step();
      return performance.now() - began;
    },
  };
}

/** The step as jax-js compiles it. */
function stepOf({ numpy, nn, valueAndGrad }: Jax, { layers, batch }: DenseCase) {
  const scale = 1 / (batch * layers[0].inputs);
  const activations = { tanh: numpy.tanh, relu: nn.relu, linear: (y: Numbers) => y };
  const loss = (parameters: Numbers[], x: Numbers): Numbers => {
    const y = layers.reduce(
      (input, { activation }, at) =>
        activations[activation](numpy.matmul(input, parameters[2 * at]).add(parameters[2 * at + 1])),
      x.ref,
    );
    const difference = y.sub(x);
    return difference.ref.mul(difference).sum().mul(scale);
  };
  return (
    parameters: Numbers[],
    means: Numbers[],
    squares: Numbers[],
    x: Numbers,
    first: Numbers,
    second: Numbers,
  ): State => {
    const [value, gradients] = valueAndGrad(loss)(parameters.map(({ ref }) => ref), x);
    const { learningRate, beta1, beta2, epsilon } = ADAM;
    const newMeans = means.map((m, at) => m.mul(beta1).add(gradients[at].ref.mul(1 - beta1)));
    const newSquares = squares.map((v, at) => {
      const gradient = gradients[at];
      return v.mul(beta2).add(gradient.ref.mul(gradient).mul(1 - beta2));
    });
    const updated = parameters.map((p, at) => {
      const change = newMeans[at].ref.mul(first.ref).mul(learningRate);
      return p.sub(change.div(numpy.sqrt(newSquares[at].ref.mul(second.ref)).add(epsilon)));
    });
    first.dispose();
    second.dispose();
    return [updated, newMeans, newSquares, value];
  };
}

let library: Promise<Jax> | undefined;

async function load(): Promise<Jax> {
  const jax = await import(PACKAGE) as Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}
