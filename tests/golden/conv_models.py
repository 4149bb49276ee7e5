"""The first ten losses of a convolutional AE and VAE by PyTorch, in double precision:

    python tests/golden/conv_models.py > tests/golden/conv_models.json

Images, noise and first parameters are sines of their positions, as tests/engine/contract/pytorch.ts makes them. Maps are 8 x 8; the
encoder has convolutions of 4 filters (kernel 3) and 6 filters (kernel 4) of stride 2 and a dense layer of 10, tanh each; the decoder
mirrors it, with a sigmoid at the end. Paddings are TensorFlow's "same". Adam with a learning rate of 0.01.
"""
import json
import math
import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
ROWS, SIZE, LATENT, STEPS = 6, 8, 3, 10


def sines(count, first, scale, shift=0.0):
    """Rounded to single precision, with which the engines begin."""
    numbers = shift + scale * np.sin(12.9898 * np.arange(count) + first)
    return torch.from_numpy(numbers.astype(np.float32).astype(np.float64))


class Model:
    def __init__(self, columns):
        shapes = [
            *[(3, 3, 1, 4), (4,), (4, 4, 4, 6), (6,), (24, 10), (10,), (10, columns), (columns,)],
            *[(LATENT, 10), (10,), (10, 24), (24,), (4, 4, 4, 6), (4,), (3, 3, 1, 4), (1,)],
        ]
        sizes = [math.prod(shape) for shape in shapes]
        numbers = sines(sum(sizes), 0.5, 0.3)
        self.parameters = [
            part.reshape(shape).clone().requires_grad_() for part, shape in zip(numbers.split(sizes), shapes)
        ]

    def encode(self, x):
        w0, b0, w1, b1, w2, b2, w3, b3 = self.parameters[:8]
        y = F.pad(x.reshape(-1, 1, SIZE, SIZE), (0, 1, 0, 1))
        y = torch.tanh(F.conv2d(y, w0.permute(3, 2, 0, 1), b0, stride=2))
        y = torch.tanh(F.conv2d(y, w1.permute(3, 2, 0, 1), b1, stride=2, padding=1))
        y = torch.tanh(y.permute(0, 2, 3, 1).flatten(1) @ w2 + b2)
        return y @ w3 + b3

    def decode(self, z):
        """Logits [N, 64]. A weight of a transposed convolution is that of the convolution that it is the adjoint of."""
        w0, b0, w1, b1, w2, b2, w3, b3 = self.parameters[8:]
        y = torch.tanh(torch.tanh(z @ w0 + b0) @ w1 + b1).reshape(-1, 2, 2, 6).permute(0, 3, 1, 2)
        y = torch.tanh(F.conv_transpose2d(y, w2.permute(3, 2, 0, 1), b2, stride=2, padding=1))
        y = F.conv_transpose2d(y, w3.permute(3, 2, 0, 1), b3, stride=2)
        return y[:, :, :SIZE, :SIZE].flatten(1)


def train(columns, loss_of):
    model = Model(columns)
    optimizer = torch.optim.Adam(model.parameters, lr=0.01)
    x, losses = sines(ROWS * SIZE * SIZE, 0.25, 0.5, 0.5).reshape(ROWS, -1), []
    for _ in range(STEPS):
        loss = loss_of(model, x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def squared_error(model, x):
    return F.mse_loss(torch.sigmoid(model.decode(model.encode(x))), x)


def negative_bound(model, x):
    mean, log_variance = model.encode(x).chunk(2, dim=1)
    z = mean + torch.exp(log_variance / 2) * sines(ROWS * LATENT, 0.75, 1.0).reshape(ROWS, LATENT)
    reconstruction = F.binary_cross_entropy_with_logits(model.decode(z), x, reduction="sum")
    divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
    return (reconstruction + divergence) / ROWS


print(json.dumps({"ae": train(LATENT, squared_error), "vae": train(2 * LATENT, negative_bound)}, indent=2))
