"""Writes vq_vae.json: a step of a small VQ-VAE by PyTorch in double precision.

Losses and the straight-through gradient after van den Oord et al. 2017 (arXiv:1711.00937), eq. 3; averages after their appendix A.1 with
the Laplace smoothing of DeepMind's Sonnet (VectorQuantizerEMA):
    python tests/golden/vq_vae.py
"""
import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
ROWS, VALUES, LATENT, CODES, DIMENSIONS, COMMITMENT, DECAY = 5, 3, 4, 3, 2, 0.25, 0.9

x = torch.rand(ROWS, VALUES)
encoder = (torch.randn(VALUES, LATENT).requires_grad_(), torch.randn(LATENT).requires_grad_())
decoder = (torch.randn(LATENT, VALUES).requires_grad_(), torch.randn(VALUES).requires_grad_())
codes = torch.randn(CODES, DIMENSIONS)
usage = torch.tensor([2.0, 1.0, 4.0])
sums = codes * usage[:, None] + 0.1

encoded = x @ encoder[0] + encoder[1]
flat = encoded.reshape(-1, DIMENSIONS)
chosen = torch.cdist(flat, codes).argmin(1)
one_hot = torch.nn.functional.one_hot(chosen, CODES).double()
quantised = codes[chosen].reshape(ROWS, LATENT)
passed = encoded + (quantised - encoded).detach()
output = passed @ decoder[0] + decoder[1]
reconstruction = ((output - x) ** 2).mean()
commitment = ((encoded - quantised) ** 2).mean()
loss = reconstruction + COMMITMENT * commitment
loss.backward()
share = one_hot.mean(0)
perplexity = torch.exp(-(share * torch.log(share + 1e-10)).sum())

new_usage = DECAY * usage + (1 - DECAY) * one_hot.sum(0)
new_sums = DECAY * sums + (1 - DECAY) * one_hot.T @ flat.detach()
total = new_usage.sum()
smooth = (new_usage + 1e-5) / (total + CODES * 1e-5) * total
new_codes = new_sums / smooth[:, None]

flat_list = lambda *tensors: [number for tensor in tensors for number in tensor.detach().flatten().tolist()]
Path(__file__).with_name("vq_vae.json").write_text(json.dumps({
    "x": flat_list(x),
    "chosen": chosen.tolist(),
    "parameters": flat_list(*encoder, codes, usage, sums, *decoder),
    "reconstruction": reconstruction.item(),
    "commitment": commitment.item(),
    "perplexity": perplexity.item(),
    "loss": loss.item(),
    "output": flat_list(quantised @ decoder[0] + decoder[1]),
    "gradients": {
        "encoder": flat_list(encoder[0].grad, encoder[1].grad),
        "decoder": flat_list(decoder[0].grad, decoder[1].grad),
        "usage": flat_list(one_hot.sum(0)),
        "sums": flat_list(one_hot.T @ flat),
    },
    "codebook": flat_list(new_codes, new_usage, new_sums),
}, indent=1) + "\n")
