"""Writes schedules.json: learning rates, momenta and parameters under PyTorch's schedulers and moving averages.

    python tests/golden/schedules.py > tests/golden/schedules.json

PyTorch 2.15 wrote the file that is committed. All numbers are in double precision.
"""

import json

import torch
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)


def one_cycle(steps, make, **options):
    """Rates, momenta and the parameter at each step of minimising (p - 1)^2 from p = 3."""
    p = torch.nn.Parameter(torch.tensor([3.0]))
    optimizer = make([p])
    scheduler = OneCycleLR(optimizer, total_steps=steps, **options)
    rates, momenta, parameters = [], [], []
    for step in range(steps):
        group = optimizer.param_groups[0]
        rates.append(group["lr"])
        momentum = group["betas"][0] if "betas" in group else group["momentum"]
        momenta.append(momentum if scheduler.cycle_momentum else None)
        optimizer.zero_grad()
        ((p - 1) ** 2).sum().backward()
        optimizer.step()
        parameters.append(p.item())
        if step + 1 < steps:
            scheduler.step()
    return {"rates": rates, "momenta": momenta, "parameters": parameters}


def plateau(values, rate, **options):
    """The rate after each value of the loss."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = ReduceLROnPlateau(optimizer, threshold_mode="abs", eps=0, **options)
    rates = []
    for value in values:
        scheduler.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"values": values, "rates": rates}


def average(decay, steps):
    """The parameter and its average (which begins with that of the first step) under SGD with momentum."""
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(model.weight, 3.0)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    parameters, averages = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        ((model.weight - 1) ** 2).sum().backward()
        optimizer.step()
        averaged.update_parameters(model)
        parameters.append(model.weight.item())
        averages.append(averaged.module.weight.item())
    return {"decay": decay, "parameters": parameters, "averages": averages}


values = [5, 4, 4, 4.5, 3.95, 3.95, 3.9, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3]
json.dump(
    {
        "oneCycle": {
            "adam": one_cycle(10, lambda p: torch.optim.Adam(p), max_lr=0.5),
            "momentum": one_cycle(
                23,
                lambda p: torch.optim.SGD(p, momentum=0.9),
                max_lr=0.1,
                pct_start=0.45,
                div_factor=10,
                final_div_factor=100,
                base_momentum=0.6,
                max_momentum=0.9,
            ),
            "rmsprop": one_cycle(
                4, lambda p: torch.optim.RMSprop(p, alpha=0.9), max_lr=0.1, cycle_momentum=False
            ),
        },
        # PyTorch's patience is one less than ours.
        "plateau": {
            "plain": plateau(values, 0.1, factor=0.1, patience=1, threshold=0),
            "cooldown": plateau(values, 0.1, factor=0.5, patience=0, threshold=0.1, cooldown=2, min_lr=0.02),
            "delta": plateau(values, 1.0, factor=0.3, patience=2, threshold=0.25, cooldown=1),
        },
        "average": average(0.9, 12),
    },
    fp=__import__("sys").stdout,
    indent=2,
)
print()
