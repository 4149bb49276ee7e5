"""Writes total_correlation.json: the parts of the KL term of a beta-TC-VAE and their gradients, by PyTorch in double precision.

Densities and weights are written out pair by pair after Chen et al. 2018 (arXiv:1802.04942), eq. 2, S6 and section 3.1:
    python tests/golden/total_correlation.py
"""
import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)


def normal_log_density(x, mean, log_variance):
    return -0.5 * ((x - mean) ** 2 / log_variance.exp() + log_variance + math.log(2 * math.pi))


def pair_weights(rows, samples, estimator):
    others = rows - 1
    weights = torch.empty(rows, rows)
    for i in range(rows):
        for j in range(rows):
            if rows >= samples or others == 0:
                weights[i, j] = 1 / rows
            elif estimator == "weighted":
                weights[i, j] = 1 / (samples * rows)
            elif j == i:
                weights[i, j] = 1 / samples
            elif j == (i + 1) % rows:
                weights[i, j] = (samples - others) / (samples * others)
            else:
                weights[i, j] = 1 / others
    return weights


def parts_of(mean, log_variance, epsilon, samples, estimator):
    rows, latent = mean.shape
    z = mean + (0.5 * log_variance).exp() * epsilon
    log_weights = pair_weights(rows, samples, estimator).log()
    pairs = torch.stack(
        [torch.stack([normal_log_density(z[i], mean[j], log_variance[j]) for j in range(rows)]) for i in range(rows)]
    )
    log_q = torch.logsumexp(log_weights + pairs.sum(2), dim=1)
    log_marginals = torch.logsumexp(log_weights[:, :, None] + pairs, dim=1).sum(1)
    log_own = normal_log_density(z, mean, log_variance).sum(1)
    log_prior = normal_log_density(z, torch.zeros_like(z), torch.zeros_like(z)).sum(1)
    return {
        "mutualInformation": (log_own - log_q).mean(),
        "totalCorrelation": (log_q - log_marginals).mean(),
        "dimensionKl": (log_marginals - log_prior).mean(),
    }


cases = []
generator = torch.Generator().manual_seed(7)
for rows, latent, samples, estimator in [
    (5, 3, 40, "stratified"),
    (5, 3, 40, "weighted"),
    (2, 4, 40, "stratified"),
    (1, 3, 40, "stratified"),
    (4, 2, 4, "stratified"),
]:
    draw = lambda scale: (scale * torch.randn(rows, latent, generator=generator)).requires_grad_()
    mean, log_variance, epsilon = draw(1.5), draw(0.8), draw(1.0).detach()
    parts = parts_of(mean, log_variance, epsilon, samples, estimator)
    loss = 1.0 * parts["mutualInformation"] + 6.0 * parts["totalCorrelation"] + 0.5 * parts["dimensionKl"]
    loss.backward()
    cases.append({
        "rows": rows,
        "latent": latent,
        "samples": samples,
        "estimator": estimator,
        "mean": mean.flatten().tolist(),
        "logVariance": log_variance.flatten().tolist(),
        "epsilon": epsilon.flatten().tolist(),
        "parts": {name: value.item() for name, value in parts.items()},
        "gradients": {"mean": mean.grad.flatten().tolist(), "logVariance": log_variance.grad.flatten().tolist()},
    })

file = Path(__file__).with_name("total_correlation.json")
file.write_text(json.dumps({"weights": {"alpha": 1, "beta": 6, "gamma": 0.5}, "cases": cases}, indent=1) + "\n")
