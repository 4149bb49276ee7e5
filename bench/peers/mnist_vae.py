"""A VAE on MNIST in PyTorch, as a careful person would write it for a CPU: the job of bench/main_job.ts and of bench/pytorch_example.ts.

All digits stand in memory as floats, a batch is one index_select by a permutation drawn once an epoch, Adam is fused where there is
a fused one, losses are added up as tensors and read once an epoch. The model, its first weights' distributions, the loss, the
schedule (at every step), the validation after each epoch and keeping the best weights are those of the pipeline; so is one
evaluation of both splits at the end.

Usage: python mnist_vae.py OPTIONS, where OPTIONS is a JSON object: the options of the pipeline's train stage, and "data" (the folder
of the IDX files), "threads" and "seed". The last line of standard output is a JSON object of results.
"""

import copy
import json
import math
import sys
import time
from dataclasses import dataclass
from typing import Callable

import numpy
import torch
from torch import nn
from torch.nn import functional

EVALUATION_ROWS = 2048


class Vae(nn.Module):
    def __init__(self, pixels, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))

    def initialise(self, initialiser):
        """The first weights: "pytorch" keeps those that nn.Linear drew; "auto" draws those of the pipelines."""
        if initialiser == "pytorch":
            return
        if initialiser != "auto":
            raise ValueError(f'initialiser must be "auto" or "pytorch", got "{initialiser}"')
        (hidden, pixels), latent = self.encoder[0].weight.shape, self.decoder[0].weight.shape[1]
        # He before a relu, 0.01 before nothing, Xavier before the sigmoid.
        draw(self.encoder[0], math.sqrt(2 / pixels))
        draw(self.encoder[2], 0.01)
        draw(self.decoder[0], math.sqrt(2 / latent))
        draw(self.decoder[2], math.sqrt(1 / hidden))

    def forward(self, x):
        return elbo_loss(self.encoder(x), self.decoder, x)


def draw(layer, deviation):
    """Draws the weights of a layer from N(0, deviation); its biases start at 0."""
    nn.init.normal_(layer.weight, std=deviation)
    nn.init.zeros_(layer.bias)


def elbo_loss(encoded, decoder, x):
    """The negative lower bound of images x, from what the encoder gives and with one draw."""
    mean, log_variance = encoded.chunk(2, dim=1)
    z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    reconstruction = functional.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
    divergence = 0.5 * torch.sum(mean.square() + log_variance.exp() - 1 - log_variance)
    return (reconstruction + divergence) / x.shape[0]


def read_images(path):
    content = numpy.fromfile(path, dtype=numpy.uint8)
    count = int.from_bytes(content[4:8].tobytes(), "big")
    return torch.from_numpy(content[16:].reshape(count, -1)).to(torch.float32).mul_(1 / 255)


def adam(parameters, options):
    parameters, rate = list(parameters), options["learningRate"]
    try:
        return torch.optim.Adam(parameters, lr=rate, eps=1e-8, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.Adam(parameters, lr=rate, eps=1e-8, foreach=True)


def rate_share(schedule, done, epochs):
    """The share of the learning rate after `done` epochs (parts count), as `learningRateShare` of the pipelines."""
    warm = schedule["warmupEpochs"]
    rising, after = (done / warm if done < warm else 1), max(0, done - warm)
    if schedule["kind"] == "constant":
        return rising
    if schedule["kind"] == "step":
        return rising * schedule["factor"] ** math.floor(after / schedule["everyEpochs"])
    progress = min(1, after / max(epochs - warm, 1e-9))
    final = schedule["finalShare"]
    return rising * (final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress)))


@torch.inference_mode()
def mean_loss(model, images):
    total = sum(model(part) * part.shape[0] for part in images.split(EVALUATION_ROWS))
    return (total / images.shape[0]).item()


def train(model, optimizer, images, held, options):
    epochs, rows = options["epochs"], options["batchSize"]
    rate, schedule = options["optimizer"]["learningRate"], options["schedule"]
    count = images.shape[0]
    best, best_loss, epochs_without_improvement, history = None, math.inf, 0, []
    for epoch in range(epochs):
        total, done = torch.zeros(()), 0
        for rows_of_batch in torch.randperm(count).split(rows):
            x = torch.index_select(images, 0, rows_of_batch)
            done += x.shape[0]
            optimizer.param_groups[0]["lr"] = rate * rate_share(schedule, epoch + done / count, epochs)
            loss = model(x)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach() * x.shape[0]
        validation = mean_loss(model, held) if held.shape[0] > 0 else None
        history.append({"loss": (total / count).item(), "validation": validation})
        monitored = history[-1]["loss"] if validation is None else validation
        if monitored < best_loss:
            best, best_loss, epochs_without_improvement = copy.deepcopy(model.state_dict()), monitored, 0
        else:
            epochs_without_improvement += 1
        if options["patience"] is not None and epochs_without_improvement >= options["patience"]:
            break
    model.load_state_dict(best)
    return history


@dataclass
class Job:
    """What differs between the models that are trained like this."""

    model: Callable[[dict], nn.Module]
    optimizer: Callable


def dense(options):
    (pixels, hidden), latent = options["model"]["encoder"], options["model"]["latent"]
    model = Vae(pixels, hidden, latent)
    model.initialise(options["model"]["initialiser"])
    return model


def run(job):
    options = json.loads(sys.argv[1])
    torch.set_num_threads(options["threads"])
    torch.manual_seed(options["seed"])
    images = read_images(f"{options['data']}/train-images-idx3-ubyte")
    test = read_images(f"{options['data']}/t10k-images-idx3-ubyte")
    held = round(images.shape[0] * options["validationShare"])
    kept = images.shape[0] - held
    model = job.model(options)
    optimizer = job.optimizer(model.parameters(), options["optimizer"])
    began = time.perf_counter()
    history = train(model, optimizer, images[:kept], images[kept:], options)
    seconds = time.perf_counter() - began
    evaluation = {"train": mean_loss(model, images[:kept]), "test": mean_loss(model, test)}
    result = {"version": torch.__version__, "seconds": seconds, "history": history, "evaluation": evaluation}
    print(json.dumps(result), flush=True)


JOB = Job(model=dense, optimizer=adam)

if __name__ == "__main__":
    run(JOB)
