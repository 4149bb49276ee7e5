"""Writes importance_weighted.json: the losses of 10 steps of Adam on the importance-weighted bound, by PyTorch in double precision.

    python tests/golden/importance_weighted.py > tests/golden/importance_weighted.json

Sizes: 4 samples of 6 values, 5 hidden units (tanh), 2 latent dimensions, 3 latent samples each. All numbers that a training would draw are
sines, so that the test has the same ones. Weights are [inputs, outputs], in the order of a model's file.
"""
import json

import torch
from torch.distributions import Bernoulli, ContinuousBernoulli, Normal

torch.set_default_dtype(torch.float64)
N, D, H, K, SAMPLES, STEPS, RATE = 4, 6, 5, 2, 3, 10, 0.02


def sines(count, scale, frequency, phase=0.0):
    return scale * torch.sin(frequency * torch.arange(1, count + 1) + phase)


def log_likelihood(kind, x, y, raw):
    """Of each sample under each latent sample; y is the output before its activation [samples, N, D]."""
    if kind == "bce":
        return Bernoulli(logits=y, validate_args=False).log_prob(x).sum(-1)
    if kind == "gaussian":
        return Normal(y, (5 * torch.tanh(raw / 10)).exp()).log_prob(x).sum(-1)
    if kind == "continuousBernoulli":
        return ContinuousBernoulli(probs=torch.sigmoid(y)).log_prob(x).sum(-1)
    scale = torch.exp(10 * torch.tanh(raw / 10)) * 0.1
    upper = torch.where(x > 1 - 0.5 / 255, torch.ones_like(y), torch.sigmoid((x + 0.5 / 255 - y) / scale))
    lower = torch.where(x < 0.5 / 255, torch.zeros_like(y), torch.sigmoid((x - 0.5 / 255 - y) / scale))
    return (upper - lower).log().sum(-1)


def losses(kind):
    shapes = [(D, H), (H,), (H, 2 * K), (2 * K,)]
    shapes += [(1,)] if kind in ("gaussian", "discretisedLogistic") else []
    shapes += [(K, H), (H,), (H, D), (D,)]
    sizes = [torch.Size(shape).numel() for shape in shapes]
    start = sines(sum(sizes), 0.5, 1.7)
    parameters = [part.reshape(shape).clone().requires_grad_() for part, shape in zip(start.split(sizes), shapes)]
    x = torch.round(255 * (0.5 + sines(N * D, 0.5, 2.3))).reshape(N, D) / 255
    adam = torch.optim.Adam(parameters, lr=RATE)
    found = []
    for step in range(STEPS):
        w0, b0, w1, b1, *raw, w2, b2, w3, b3 = parameters
        mean, spread = (torch.tanh(x @ w0 + b0) @ w1 + b1).chunk(2, -1)
        posterior = Normal(mean, (5 * torch.tanh(spread / 10)).exp())
        epsilon = sines(N * SAMPLES * K, 1.2, 0.9, step).reshape(N, SAMPLES, K).transpose(0, 1)
        z = posterior.loc + posterior.scale * epsilon
        y = torch.tanh(z @ w2 + b2) @ w3 + b3
        weights = log_likelihood(kind, x, y, raw[0] if raw else None)
        weights = weights + Normal(0.0, 1.0).log_prob(z).sum(-1) - posterior.log_prob(z).sum(-1)
        bound = torch.logsumexp(weights, 0) - torch.log(torch.tensor(float(SAMPLES)))
        loss = -bound.mean()
        found.append(loss.item())
        adam.zero_grad()
        loss.backward()
        adam.step()
    return found


print(json.dumps({kind: losses(kind) for kind in ("bce", "gaussian", "continuousBernoulli", "discretisedLogistic")}, indent=2))
