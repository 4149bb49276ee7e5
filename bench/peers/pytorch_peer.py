"""Training steps in PyTorch, driven line by line: what bench/steps.ts times against.

Standard input has one JSON object a line, standard output one answer each:

    {"case": {"name", "layers", "batch", "latent", "weights", "engine", "compiled", "channelsLast"}}
                                ->  {"firstLoss", "seconds"}: of the first step, with compiling
    {"run": steps, "engine"}    ->  {"ms"}: milliseconds, measured here
    {"product": times}          ->  {"ms"}: of products of 1024 x 1024

The step is what a careful person would write: images as floats in memory, a batch by index_select, fused Adam where there is one,
gradients set to none, and no number is read back before the steps are over.

Usage: python pytorch_peer.py THREADS [--processor-time]
"""

import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

IMAGES = 1024
# Of the clock on the wall, or of the processor: that of all threads of this process together.
CLOCK = time.process_time if "--processor-time" in sys.argv else time.perf_counter
PRODUCT = 1024
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "linear": None}


class Residual(nn.Module):
    """`relu(x + conv(relu(conv(x))))`."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x):
        return functional.relu(x + self.second(functional.relu(self.first(x))))


class Maps(nn.Module):
    """Vectors [N, D] to maps [N, channels, size, size]."""

    def __init__(self, channels, size):
        super().__init__()
        self.shape = (channels, size, size)

    def forward(self, x):
        return x.unflatten(1, self.shape)


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


def places_of(layer):
    """Height and width of the maps that go in where a layer makes maps."""
    return (layer["size"] + 2 - layer["kernel"]) // layer["stride"] + 1


def conv(layer, outputs, weight, bias):
    kernel, channels = layer["kernel"], layer["channels"]
    made = nn.Conv2d(channels, outputs, kernel, layer.get("stride", 1), padding=1)
    with torch.no_grad():
        made.weight.copy_(weight.reshape(kernel, kernel, channels, outputs).permute(3, 2, 0, 1))
        made.bias.copy_(bias)
    return made


def conv_transpose(layer, weight, bias):
    kernel, channels, stride = layer["kernel"], layer["channels"], layer["stride"]
    rest = (layer["size"] + 2 - kernel) % stride
    made = nn.ConvTranspose2d(layer["inputs"], channels, kernel, stride, padding=1, output_padding=rest)
    with torch.no_grad():
        made.weight.copy_(weight.reshape(kernel, kernel, channels, layer["inputs"]).permute(3, 2, 0, 1))
        made.bias.copy_(bias)
    return made


def dense(layer, weight, bias, before, after):
    """A dense layer. Next to maps its numbers are in the order of PyTorch's maps: channels first."""
    if before is not None:
        weight = weight.reshape(*before, -1).movedim(2, 0).reshape(weight.shape)
    if after is not None:
        weight = weight.reshape(-1, *after).movedim(3, 1).reshape(weight.shape)
        bias = bias.reshape(after).movedim(2, 0).reshape(-1)
    made = nn.Linear(layer["inputs"], layer["outputs"])
    with torch.no_grad():
        made.weight.copy_(weight.T)
        made.bias.copy_(bias)
    return made


def chain(layers, weights):
    """A chain of layers with the weights [rows, columns] and biases that the other engines begin with."""
    modules, maps = [], None
    for at, layer in enumerate(layers):
        matrices = [next(weights) for _ in shapes_of(layer)]
        following = layers[at + 1] if at + 1 < len(layers) else None
        if layer["kind"] == "dense":
            becomes = following is not None and following["kind"] == "convTranspose"
            after = (places_of(following),) * 2 + (following["inputs"],) if becomes else None
            modules += [] if maps is None else [nn.Flatten()]
            modules.append(dense(layer, *matrices[0], maps, after))
            maps = None
        elif layer["kind"] == "conv":
            modules.append(conv(layer, layer["outputs"], *matrices[0]))
            maps = (places_of(layer),) * 2 + (layer["outputs"],)
        elif layer["kind"] == "convTranspose":
            modules += [Maps(layer["inputs"], places_of(layer))] if maps is None else []
            modules.append(conv_transpose(layer, *matrices[0]))
            maps = (layer["size"],) * 2 + (layer["channels"],)
        else:
            modules.append(Residual(*(conv(layer, layer["channels"], *matrix) for matrix in matrices)))
        activation = ACTIVATIONS[layer.get("activation", "linear")]
        # Where a dense layer becomes maps, the activation is the same in either form.
        modules += [] if activation is None else [activation()]
    return nn.Sequential(*modules)


def read_weights(path, layers):
    numbers, at = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32)), 0
    for rows, columns, bias in (shape for layer in layers for shape in shapes_of(layer)):
        yield numbers[at : at + rows * columns].reshape(rows, columns), numbers[at + rows * columns :][:bias]
        at += rows * columns + bias


def adam(parameters):
    """Adam as one fused kernel where this version has it for a CPU, else in its foreach form."""
    options = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}
    parameters = list(parameters)
    try:
        return torch.optim.Adam(parameters, fused=True, **options), "fused"
    except (RuntimeError, TypeError):
        return torch.optim.Adam(parameters, foreach=True, **options), "foreach"


class Case:
    """A case with its model, optimizer and images."""

    def __init__(self, case):
        layers, latent = case["layers"], case.get("latent")
        weights = read_weights(case["weights"], layers)
        if latent is None:
            self.model = chain(layers, weights)
            self.loss = self.squared_error
        else:
            self.encoder = chain(layers[: case["encoderLayers"]], weights)
            self.decoder = chain(layers[case["encoderLayers"] :], weights)
            self.model = nn.ModuleList([self.encoder, self.decoder])
            self.loss = self.negative_bound
        self.batch = case["batch"]
        self.images = images_of(layers[0])
        if case["channelsLast"]:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.images = self.images.contiguous(memory_format=torch.channels_last)
        if case["compiled"]:
            self.loss = torch.compile(self.loss)
        self.batches = torch.arange(IMAGES).split(self.batch)[: IMAGES // self.batch]
        self.optimizer, _ = adam(self.model.parameters())
        self.taken = 0

    def squared_error(self, x):
        return functional.mse_loss(self.model(x), x)

    def negative_bound(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        reconstruction = functional.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        divergence = 0.5 * torch.sum(mean.square() + log_variance.exp() - 1 - log_variance)
        return (reconstruction + divergence) / x.shape[0]

    def step(self):
        x = torch.index_select(self.images, 0, self.batches[self.taken % len(self.batches)])
        self.taken += 1
        loss = self.loss(x)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss


def images_of(layer):
    """Images [IMAGES, D], or as maps [IMAGES, channels, size, size] of the same pictures."""
    is_map = layer["kind"] != "dense"
    pixels = layer["size"] ** 2 * layer["channels"] if is_map else layer["inputs"]
    numbers = (numpy.arange(IMAGES * pixels, dtype=numpy.int64) * 7919 % 256).astype(numpy.float32)
    images = torch.from_numpy(numbers / 255).reshape(IMAGES, pixels)
    if not is_map:
        return images
    return images.reshape(IMAGES, layer["size"], layer["size"], layer["channels"]).permute(0, 3, 1, 2).contiguous()


def timed(action, times):
    began = CLOCK()
    for _ in range(times):
        action()
    return {"ms": (CLOCK() - began) * 1000}


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    _, kind = adam([nn.Parameter(torch.zeros(1))])
    left, right = torch.rand(PRODUCT, PRODUCT), torch.rand(PRODUCT, PRODUCT) - 0.5
    product = torch.empty(PRODUCT, PRODUCT)
    cases = {}

    def multiply():
        torch.mm(left, right, out=product)

    def answer(question):
        if "case" in question:
            case = cases[question["case"]["engine"]] = Case(question["case"])
            began = time.perf_counter()
            loss = case.step().item()
            return {"firstLoss": loss, "seconds": time.perf_counter() - began}
        if "product" in question:
            return timed(multiply, question["product"])
        return timed(cases[question["engine"]].step, question["run"])

    say({"version": torch.__version__, "adam": kind, "threads": threads, "config": torch.__config__.show()})
    for line in sys.stdin:
        say(answer(json.loads(line)))


def say(reply):
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
