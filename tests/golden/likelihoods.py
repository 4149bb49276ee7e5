"""Writes likelihoods.json: negative log-likelihoods and means in double precision, by PyTorch and SciPy.

    python tests/golden/likelihoods.py > tests/golden/likelihoods.json
"""
import json

import numpy as np
import torch
from scipy.stats import logistic
from torch.distributions import ContinuousBernoulli, Normal

torch.set_default_dtype(torch.float64)

LOGITS = [-60.0, -8.0, -1.5, -0.9, -1e-3, 0.0, 1e-6, 0.02, 0.7, 1.1, 5.0, 30.0]
TARGETS = [0.0, 0.01, 0.3, 0.5, 0.25, 0.5, 1.0, 0.75, 0.9, 0.2, 1.0, 0.99]


def continuous_bernoulli():
    """By the probability, as PyTorch's own form by logits rounds them to float32's epsilon; extreme logits are left to other tests."""
    keep = [at for at, logit in enumerate(LOGITS) if abs(logit) < 20]
    logits = [LOGITS[at] for at in keep]
    x = [TARGETS[at] for at in keep]
    distribution = ContinuousBernoulli(probs=torch.sigmoid(torch.tensor(logits)))
    return {
        "logits": logits,
        "x": x,
        "errors": (-distribution.log_prob(torch.tensor(x))).tolist(),
        "means": distribution.mean.tolist(),
    }


def gaussian():
    """Means, log-variances and values of three samples with two values each."""
    y, v = [[0.5, -1.0], [3.0, 0.0], [0.1, 0.9]], [[-0.5, 0.75], [1.25, -3.0], [2.0, 0.0]]
    x = [[0.25, 1.0], [3.0, 0.5], [-2.0, 1.0]]
    density = Normal(torch.tensor(y), torch.tensor(v).mul(0.5).exp()).log_prob(torch.tensor(x))
    fixed = Normal(torch.tensor(y), torch.tensor(0.25).sqrt()).log_prob(torch.tensor(x))
    return {"y": y, "v": v, "x": x, "errors": (-density.sum(1)).tolist(), "fixed": (-fixed.sum(1)).tolist()}


def discretised_logistic():
    """Probabilities of levels as differences of distribution functions, on the side where they are small."""
    levels = [0, 0, 1, 17, 128, 128, 200, 254, 255, 255, 255, 3]
    locations = [-0.3, 0.02, 0.0, 0.1, 0.5, 0.7, 0.76, 1.2, 1.1, 0.9, 0.2, 0.9]
    scales = [0.1, 0.01, 0.002, 0.05, 0.1, 0.02, 1.0, 0.1, 0.05, 0.3, 0.05, 0.03]
    errors, means = [], []
    for level, location, scale in zip(levels, locations, scales):
        of = logistic(location, scale)
        edges = (np.arange(1, 256) - 0.5) / 255
        low = -np.inf if level == 0 else edges[level - 1]
        high = np.inf if level == 255 else edges[level]
        mass = of.cdf(high) - of.cdf(low) if low < location else of.sf(low) - of.sf(high)
        errors.append(float(-np.log(mass)))
        # The mean of a count is the sum of P(count > k).
        means.append(float(of.sf(edges).sum() / 255))
    return {"levels": levels, "locations": locations, "scales": scales, "errors": errors, "means": means}


print(json.dumps(
    {
        "continuousBernoulli": continuous_bernoulli(),
        "gaussian": gaussian(),
        "discretisedLogistic": discretised_logistic(),
    },
    indent=2,
))
