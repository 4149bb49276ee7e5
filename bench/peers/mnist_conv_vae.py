"""The convolutional VAE of bench/conv_job.ts in PyTorch, trained as mnist_vae.py trains the dense one, with the first weights of PyTorch.

Usage: python mnist_conv_vae.py OPTIONS, as mnist_vae.py; "channelsLast": whether maps and weights are in that format.
"""

import torch
from mnist_vae import Job, elbo_loss, run
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
        self.to(memory_format=self.format)

    def forward(self, x):
        maps = x.unflatten(1, (1, 28, 28)).contiguous(memory_format=self.format)
        return elbo_loss(self.encoder(maps), self.decoder, x)


def optimizer(parameters, options):
    settings = {"lr": options["learningRate"], "weight_decay": options["weightDecay"], "eps": 1e-8}
    return torch.optim.AdamW(list(parameters), fused=True, **settings)


if __name__ == "__main__":
    run(
        Job(
            model=lambda options: ConvVae(options["model"]["latent"], options["channelsLast"]),
            optimizer=optimizer,
        )
    )
