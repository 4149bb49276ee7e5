"""Training steps in JAX, driven line by line: what bench/steps.ts times against.

Standard input has one JSON object a line, standard output one answer each:

    {"case": {"name", "layers", "batch", "weights", "engine"}}  ->  {"firstLoss", "seconds"}: of the first call, with compiling
    {"run": steps, "engine"}                                    ->  {"ms"}: milliseconds, measured here

The step is one function that XLA compiles: batch by a slice, loss, gradients, Adam; parameters and moments are donated, so they are
updated in place. "jax jit" calls it from Python, "jax scan" runs CHUNK of them inside one compiled `lax.scan`. Maps have channels
last, kernels are [kernel row, kernel column, channels, outputs], as XLA has them on a CPU.

Usage: python jax_peer.py [--processor-time]
"""

import json
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy
from jax import lax

IMAGES = 1024
# Of the clock on the wall, or of the processor: that of all threads of this process together.
CLOCK = time.process_time if "--processor-time" in sys.argv else time.perf_counter
CHUNK = 8
NUMBERS = ("NHWC", "HWIO", "NHWC")
ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu, "linear": lambda x: x}


def conv(x, weight, bias, layer, outputs):
    kernel, channels = layer["kernel"], layer["channels"]
    shaped = weight.reshape(kernel, kernel, channels, outputs)
    strides = (layer.get("stride", 1),) * 2
    return lax.conv_general_dilated(x, shaped, strides, [(1, 1), (1, 1)], dimension_numbers=NUMBERS) + bias


def conv_transpose(x, weight, bias, layer):
    kernel, stride = layer["kernel"], layer["stride"]
    # The gradient of a convolution: the map spread by the stride, the kernel turned round.
    shaped = weight.reshape(kernel, kernel, layer["channels"], layer["inputs"]).transpose(0, 1, 3, 2)[::-1, ::-1]
    before = kernel - 2
    rest = (layer["size"] + 2 - kernel) % stride
    return (
        lax.conv_general_dilated(
            x, shaped, (1, 1), [(before, before + rest)] * 2, lhs_dilation=(stride, stride), dimension_numbers=NUMBERS
        )
        + bias
    )


def as_maps(x, size, channels):
    return x.reshape(x.shape[0], size, size, channels)


def forward(layers, parameters, x):
    parameters = iter(parameters)
    for layer in layers:
        weight, bias = next(parameters), next(parameters)
        if layer["kind"] == "dense":
            x = x.reshape(x.shape[0], -1) @ weight + bias
        elif layer["kind"] == "conv":
            x = conv(as_maps(x, layer["size"], layer["channels"]), weight, bias, layer, layer["outputs"])
        elif layer["kind"] == "convTranspose":
            places = (layer["size"] + 2 - layer["kernel"]) // layer["stride"] + 1
            x = conv_transpose(as_maps(x, places, layer["inputs"]), weight, bias, layer)
        else:
            hidden = jax.nn.relu(conv(x, weight, bias, layer, layer["channels"]))
            x = jax.nn.relu(conv(hidden, next(parameters), next(parameters), layer, layer["channels"]) + x)
            continue
        x = ACTIVATIONS[layer["activation"]](x)
    return x


def step(layers, batch, images, state, start):
    parameters, means, squares, taken = state
    x = lax.dynamic_slice_in_dim(images, start, batch)

    def loss_of(parameters):
        return jnp.mean(jnp.square(forward(layers, parameters, x).reshape(x.shape) - x))

    loss, gradients = jax.value_and_grad(loss_of)(parameters)
    taken = taken + 1
    means = [0.9 * m + 0.1 * g for m, g in zip(means, gradients)]
    squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, gradients)]
    first, second = 1 - 0.9**taken, 1 - 0.999**taken
    parameters = [
        p - 1e-3 * (m / first) / (jnp.sqrt(v / second) + 1e-8) for p, m, v in zip(parameters, means, squares)
    ]
    return (parameters, means, squares, taken), loss


class Case:
    """A case with its state and its compiled function."""

    def __init__(self, case):
        self.layers, self.batch = case["layers"], case["batch"]
        self.chunk = CHUNK if case["engine"] == "jax scan" else 1
        pixels = inputs_of(self.layers[0])
        self.images = jnp.asarray(
            (numpy.arange(IMAGES * pixels, dtype=numpy.int64) * 7919 % 256).astype(numpy.float32) / 255
        ).reshape(IMAGES, pixels)
        parameters = list(read_weights(case["weights"], self.layers))
        zeros = [jnp.zeros_like(p) for p in parameters]
        self.state = (parameters, zeros, [jnp.zeros_like(p) for p in parameters], jnp.float32(0))
        one = partial(step, self.layers, self.batch)
        if self.chunk == 1:
            self.compiled = jax.jit(one, donate_argnums=1)
        else:
            self.compiled = jax.jit(
                lambda images, state, starts: lax.scan(partial(one, images), state, starts), donate_argnums=1
            )
        self.taken = 0

    def starts(self):
        whole = IMAGES // self.batch
        starts = [(self.taken + at) % whole * self.batch for at in range(self.chunk)]
        self.taken += self.chunk
        return starts[0] if self.chunk == 1 else jnp.asarray(starts)

    def call(self):
        self.state, loss = self.compiled(self.images, self.state, self.starts())
        return loss

    def run(self, steps):
        calls = -(-steps // self.chunk)
        began = CLOCK()
        for _ in range(calls):
            self.call()
        jax.block_until_ready(self.state)
        return (CLOCK() - began) * 1000 * steps / (calls * self.chunk)


def inputs_of(layer):
    return layer["inputs"] if layer["kind"] == "dense" else layer["size"] ** 2 * layer["channels"]


def read_weights(path, layers):
    numbers, at = numpy.fromfile(path, dtype=numpy.float32), 0
    for layer in layers:
        for rows, columns, bias in shapes_of(layer):
            yield jnp.asarray(numbers[at : at + rows * columns].reshape(rows, columns))
            yield jnp.asarray(numbers[at + rows * columns : at + rows * columns + bias])
            at += rows * columns + bias


def shapes_of(layer):
    """Rows, columns and numbers of the bias of each matrix of a layer, as weightsOf in bench/steps/layers.ts."""
    if layer["kind"] == "dense":
        return [(layer["inputs"], layer["outputs"], layer["outputs"])]
    patch = layer["kernel"] ** 2 * layer["channels"]
    if layer["kind"] == "conv":
        return [(patch, layer["outputs"], layer["outputs"])]
    if layer["kind"] == "convTranspose":
        return [(patch, layer["inputs"], layer["channels"])]
    return [(patch, layer["channels"], layer["channels"])] * 2


def main():
    cases = {}

    def answer(question):
        if "case" in question:
            case = cases[question["case"]["engine"]] = Case(question["case"])
            began = time.perf_counter()
            loss = jax.block_until_ready(case.call())
            return {"firstLoss": float(jnp.ravel(loss)[0]), "seconds": time.perf_counter() - began}
        return {"ms": cases[question["engine"]].run(question["run"])}

    say({"version": jax.__version__})
    for line in sys.stdin:
        say(answer(json.loads(line)))


def say(reply):
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
