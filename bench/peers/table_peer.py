"""The job of bench/table.ts in pandas and PyTorch, as a careful person would write it for a CPU.

The table is read with single precision, standardised in place, and taken over by a tensor without a copy; a batch is one index_select by a
permutation drawn once an epoch, Adam is fused, losses are added up as tensors.

Usage: python table_peer.py FILE EPOCHS BATCH THREADS. The last line of standard output is a JSON object.
"""

import json
import math
import sys
import time

import numpy
import pandas
import torch
from torch import nn

path, epochs, batch, threads = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
torch.manual_seed(1)
began = time.perf_counter()
if path.endswith(".parquet"):
    frame = pandas.read_parquet(path)
else:
    frame = pandas.read_csv(path, dtype=numpy.float32)
values = frame.to_numpy(dtype=numpy.float32)
# A view of the frame, which nothing else uses, where pandas need not copy.
values.setflags(write=True)
del frame
held = len(values) // 10
train, test = values[held:], values[:held]
mean, std = train.mean(0, dtype=numpy.float64), train.std(0, dtype=numpy.float64)
values -= mean.astype(numpy.float32)
values /= std.astype(numpy.float32)
data = torch.from_numpy(train)
loaded = time.perf_counter()

features, latent = values.shape[1], 8
encoder = nn.Sequential(nn.Linear(features, 24), nn.Tanh(), nn.Linear(24, 2 * latent))
decoder = nn.Sequential(nn.Linear(latent, 24), nn.Tanh(), nn.Linear(24, features))
log_variance = nn.Parameter(torch.zeros(features))
parameters = [*encoder.parameters(), *decoder.parameters(), log_variance]
optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)
constant = features * math.log(2 * math.pi)
for _ in range(epochs):
    total = torch.zeros(())
    order = torch.randperm(len(data))
    for rows in order.split(batch):
        x = data[rows]
        mu, raw = encoder(x).chunk(2, 1)
        log_var = 10 * torch.tanh(raw / 10)
        z = mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)
        y, v = decoder(z), 10 * torch.tanh(log_variance / 10)
        error = 0.5 * (((x - y) ** 2 * torch.exp(-v) + v).sum() + constant * len(x)) / len(x)
        kl = 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum() / len(x)
        optimizer.zero_grad(set_to_none=True)
        (error + kl).backward()
        optimizer.step()
        total += (error + kl).detach() * len(x)
    loss = total.item() / len(data)
trained = time.perf_counter()
print(json.dumps({"load": loaded - began, "train": trained - loaded, "loss": loss, "rows": len(data)}))
