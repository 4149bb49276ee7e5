"""The convolutional VAE of bench/conv_job.ts in PyTorch, trained as mnist_vae.py trains the dense one.

Its first weights are drawn from the distributions of the pipelines ("initialiser": "auto"), biases are 0. n is the number of values
that an output depends on: N(0, sqrt(2 / n)) before a gelu, N(0, sqrt(1 / n)) before the sigmoid, N(0, 0.01) before nothing (mean and
log-variance, the second layer of a residual block). What PyTorch draws by itself is another distribution, above all in transposed
convolutions: it counts their filters where n counts their channels and divides by the area of the stride.

Usage: python mnist_conv_vae.py OPTIONS, as mnist_vae.py; "channelsLast": whether maps and weights are in that format.
"""

import math

import torch
from mnist_vae import Job, draw, elbo_loss, run
from torch import nn


class Gelu(nn.GELU):
    def __init__(self):
        super().__init__(approximate="tanh")


class Residual(nn.Module):
    def __init__(self, first, second):
        super().__init__()
        self.inner, self.activation = nn.Sequential(first, Gelu(), second), Gelu()

    def forward(self, x):
        return self.activation(x + self.inner(x))


def fan_in(layer):
    """The number of values that an output of a layer depends on."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    seen = layer.in_channels * math.prod(layer.kernel_size)
    return seen / math.prod(layer.stride) if isinstance(layer, nn.ConvTranspose2d) else seen


class ConvVae(nn.Module):
    def __init__(self, latent, channels_last):
        super().__init__()
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 4, 2, 1),
            Gelu(),
            nn.Conv2d(32, 64, 4, 2, 1),
            Gelu(),
            Residual(nn.Conv2d(64, 64, 3, 1, 1), nn.Conv2d(64, 64, 3, 1, 1)),
            nn.Flatten(),
            nn.Linear(3136, 256),
            Gelu(),
            nn.Linear(256, 2 * latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, 256),
            Gelu(),
            nn.Linear(256, 3136),
            Gelu(),
            nn.Unflatten(1, (64, 7, 7)),
            Residual(nn.ConvTranspose2d(64, 64, 3, 1, 1), nn.ConvTranspose2d(64, 64, 3, 1, 1)),
            nn.ConvTranspose2d(64, 32, 4, 2, 1),
            Gelu(),
            nn.ConvTranspose2d(32, 1, 4, 2, 1),
            nn.Flatten(),
        )
        self.initialise()
        self.to(memory_format=self.format)

    def initialise(self):
        """Draws the first weights, see above."""
        blocks = [module for module in self.modules() if isinstance(module, Residual)]
        linear = [self.encoder[-1], *[block.inner[-1] for block in blocks]]
        output = self.decoder[-2]
        for layer in self.modules():
            if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                gain = 1 if layer is output else 2
                draw(layer, 0.01 if layer in linear else math.sqrt(gain / fan_in(layer)))

    def forward(self, x):
        maps = x.unflatten(1, (1, 28, 28)).contiguous(memory_format=self.format)
        return elbo_loss(self.encoder(maps), self.decoder, x)


def model(options):
    settings = options["model"]
    if settings["initialiser"] != "auto":
        raise ValueError(f'initialiser must be "auto", got "{settings["initialiser"]}"')
    return ConvVae(settings["latent"], options["channelsLast"])


def optimizer(parameters, options):
    settings = {"lr": options["learningRate"], "weight_decay": options["weightDecay"], "eps": 1e-8}
    return torch.optim.AdamW(list(parameters), fused=True, **settings)


JOB = Job(model=model, optimizer=optimizer)

if __name__ == "__main__":
    run(JOB)
