"""Trains a peer of bench/job.ts from given weights, in a given order and with given draws.

Usage: python train_peer.py PEERS SCRIPT FOLDER OPTIONS: the folder of the peers, the name of one, a folder of arrays (parameters, images,
orders, noise) and the options of the peer with "trained", how many of the images are trained on. Prints the losses of each epoch, and
for each layer the spread of the weights that the peer itself draws first and its largest bias.
"""

import importlib
import json
import sys

import numpy
import torch
from torch import nn

peers, script, folder, text = sys.argv[1:]
sys.path.insert(0, peers)
mnist_vae, peer, options = importlib.import_module("mnist_vae"), importlib.import_module(script), json.loads(text)

MAP = (7, 7, 64)
# A map's values by channel, row and column, as positions among those by row, column and channel.
BY_CHANNEL = torch.arange(7 * 7 * 64).reshape(MAP).permute(2, 0, 1).flatten()


def numbers(name, kind):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}", kind))


def set_parameters(layer, weight, bias):
    """Gives a layer parameters of this project's layout."""
    if isinstance(layer, nn.Linear):
        weight = weight.reshape(layer.in_features, layer.out_features).T
        if layer.in_features == len(BY_CHANNEL):
            weight = weight[:, BY_CHANNEL]
        if layer.out_features == len(BY_CHANNEL):
            weight, bias = weight[BY_CHANNEL], bias[BY_CHANNEL]
    else:
        outputs, inputs, rows, columns = layer.weight.shape
        weight = weight.reshape(rows, columns, inputs, outputs).permute(3, 2, 0, 1)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


class Bounded(nn.Module):
    """The bound of this project's log-variances, which the peers leave out: it hardly changes those near 0."""

    def forward(self, encoded):
        mean, log_variance = encoded.chunk(2, dim=1)
        return torch.cat([mean, 10 * torch.tanh(log_variance / 10)], dim=1)


class Draws:
    """Gives what was drawn before in the place of what PyTorch would draw."""

    def __init__(self):
        self.noise = numbers("noise", "<f4").reshape(-1, options["model"]["latent"])
        self.orders = numbers("orders", "<u4").long()

    def randn_like(self, like):
        drawn, self.noise = self.noise[: len(like)], self.noise[len(like) :]
        return drawn

    def randperm(self, count):
        drawn, self.orders = self.orders[:count], self.orders[count:]
        return drawn


torch.set_num_threads(1)
torch.manual_seed(1)
model = peer.JOB.model(options)
layers = [module for module in model.modules() if hasattr(module, "weight")]
drawn = [(layer.weight.square().mean().sqrt().item(), layer.bias.abs().max().item()) for layer in layers]
sizes = [size for layer in layers for size in (layer.weight.numel(), layer.bias.numel())]
parts = numbers("parameters", "<f4").split(sizes)
for layer, weight, bias in zip(layers, parts[::2], parts[1::2]):
    set_parameters(layer, weight, bias)
model.encoder.append(Bounded())
draws, images = Draws(), numbers("images", "<f4").reshape(-1, 784)
torch.randn_like, torch.randperm = draws.randn_like, draws.randperm
optimizer = peer.JOB.optimizer(model.parameters(), options["optimizer"])
trained = options["trained"]
history = mnist_vae.train(model, optimizer, images[:trained], images[trained:], options)
print(json.dumps({"history": history, "drawn": drawn}))
