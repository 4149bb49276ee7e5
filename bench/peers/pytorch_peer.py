"""Training steps in PyTorch, driven line by line: what bench/steps.ts times against.

Standard input has one JSON object a line, standard output one answer each:

    {"case": {"name", "layers", "batch", "latent", "weights", "images"}}  ->  {"firstLoss"}
    {"run": steps}                                                        ->  {"ms"}: milliseconds, measured here
    {"product": times}                                                    ->  {"ms"}: of products of 1024 x 1024

The step is what a careful person would write: images as floats in memory, a batch by index_select, fused Adam where there is one,
gradients set to none, and no number is read back before the steps are over.

Usage: python pytorch_peer.py THREADS
"""

import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

IMAGES = 1024
PRODUCT = 1024
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "linear": None}


def dense(layers, weights):
    """A chain of dense layers with the weights [inputs, outputs] and biases that the other engines begin with."""
    modules = []
    for layer in layers:
        linear = nn.Linear(layer["inputs"], layer["outputs"])
        with torch.no_grad():
            linear.weight.copy_(next(weights).reshape(layer["inputs"], layer["outputs"]).T)
            linear.bias.copy_(next(weights))
        activation = ACTIVATIONS[layer["activation"]]
        modules += [linear] if activation is None else [linear, activation()]
    return nn.Sequential(*modules)


def read_weights(path, layers):
    numbers = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32))
    sizes = [size for layer in layers for size in (layer["inputs"] * layer["outputs"], layer["outputs"])]
    return iter(torch.split(numbers, sizes))


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
            self.model = dense(layers, weights)
            self.loss = self.squared_error
        else:
            self.encoder = dense(layers[: case["encoderLayers"]], weights)
            self.decoder = dense(layers[case["encoderLayers"] :], weights)
            self.model = nn.ModuleList([self.encoder, self.decoder])
            self.loss = self.negative_bound
        self.batch = case["batch"]
        images = (numpy.arange(IMAGES * layers[0]["inputs"], dtype=numpy.int64) * 7919 % 256).astype(numpy.float32)
        self.images = torch.from_numpy(images / 255).reshape(IMAGES, -1)
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


def timed(action, times):
    began = time.perf_counter()
    for _ in range(times):
        action()
    return {"ms": (time.perf_counter() - began) * 1000}


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    _, kind = adam([nn.Parameter(torch.zeros(1))])
    left, right = torch.rand(PRODUCT, PRODUCT), torch.rand(PRODUCT, PRODUCT) - 0.5
    product = torch.empty(PRODUCT, PRODUCT)
    case = None

    def multiply():
        torch.mm(left, right, out=product)

    def answer(question):
        nonlocal case
        if "case" in question:
            case = Case(question["case"])
            return {"firstLoss": case.step().item()}
        if "product" in question:
            return timed(multiply, question["product"])
        return timed(case.step, question["run"])

    say({"version": torch.__version__, "adam": kind, "threads": threads, "config": torch.__config__.show()})
    for line in sys.stdin:
        say(answer(json.loads(line)))


def say(reply):
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
