"""Outputs of layers of feature maps by PyTorch, in double precision: python tests/golden/map_layers.py > tests/golden/map_layers.json

Samples and parameters are sines and cosines of their positions, channels last, as tests/models/map_layers_test.ts makes them.
"""
import json
import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
SAMPLES = 2


def x_of(*shape):
    size = SAMPLES * int(np.prod(shape))
    return torch.from_numpy(np.sin(0.7 * np.arange(size) + 0.3)).reshape(SAMPLES, *shape)


class Parameters:
    def __init__(self):
        self.at = 0

    def take(self, *shape):
        size = int(np.prod(shape))
        values = 0.5 * np.cos(1.3 * (self.at + np.arange(size)))
        self.at += size
        return torch.from_numpy(values).reshape(*shape)


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


def same(size, kernel, stride):
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return missing // 2, missing - missing // 2


def conv(shape, filters, kernel, stride, padding):
    (h, w, c), (kh, kw), (sh, sw) = shape, kernel, stride
    p = Parameters()
    weight, bias = p.take(kh, kw, c, filters).permute(3, 2, 0, 1), p.take(filters)
    x = first(x_of(*shape))
    if padding == "same":
        (top, bottom), (left, right) = same(h, kh, sh), same(w, kw, sw)
        x, padding = F.pad(x, (left, right, top, bottom)), 0
    return last(F.conv2d(x, weight, bias, stride=stride, padding=0 if padding == "valid" else padding))


def conv_transpose(shape, filters, kernel, stride, padding, size):
    (h, w, c), (kh, kw), (sh, sw), (H, W) = shape, kernel, stride, size
    p = Parameters()
    weight, bias = p.take(kh, kw, filters, c).permute(3, 2, 0, 1), p.take(filters)
    x = first(x_of(*shape))
    if padding == "same":
        (top, _), (left, _) = same(H, kh, sh), same(W, kw, sw)
        extra = [max(0, H + top - ((h - 1) * sh + kh)), max(0, W + left - ((w - 1) * sw + kw))]
        y = F.conv_transpose2d(x, weight, bias, stride=stride, output_padding=extra)[:, :, top:top + H, left:left + W]
    else:
        pad = 0 if padding == "valid" else padding
        extra = (H - ((h - 1) * sh + kh - 2 * pad), W - ((w - 1) * sw + kw - 2 * pad))
        y = F.conv_transpose2d(x, weight, bias, stride=stride, padding=pad, output_padding=extra)
    assert y.shape[2:] == (H, W), (y.shape, size)
    return last(y)


def group_norm(shape, groups, epsilon=1e-5):
    p = Parameters()
    gain, bias = p.take(shape[-1]), p.take(shape[-1])
    x = x_of(*shape)
    if len(shape) == 1:
        return F.group_norm(x, groups, gain, bias, epsilon)
    return last(F.group_norm(first(x), groups, gain, bias, epsilon))


def layer_norm(shape, epsilon=1e-5):
    p = Parameters()
    order = lambda values: values.permute(2, 0, 1)
    gain, bias = order(p.take(*shape)), order(p.take(*shape))
    return last(F.layer_norm(first(x_of(*shape)), gain.shape, gain, bias, epsilon))


def upsample(shape, factor, mode):
    options = {} if mode == "nearest" else {"align_corners": False}
    return last(F.interpolate(first(x_of(*shape)), scale_factor=factor, mode=mode, **options))


def dense(shape, units):
    p = Parameters()
    weight, bias = p.take(int(np.prod(shape)), units), p.take(units)
    return x_of(*shape).flatten(1) @ weight + bias


CASES = []


def case(spec, shape, y):
    CASES.append({"layer": spec, "input": list(shape), "output": list(y.shape[1:]), "y": y.flatten().tolist()})


for shape, filters, kernel, stride, padding in [
    ((5, 4, 2), 3, (3, 3), (1, 1), "same"),
    ((5, 4, 2), 3, (3, 3), (2, 2), "same"),
    ((7, 6, 1), 2, (4, 3), (2, 3), "same"),
    ((7, 6, 1), 2, (2, 5), (3, 1), "valid"),
    ((6, 5, 3), 2, (3, 3), (2, 2), 1),
    ((4, 4, 3), 2, (1, 1), (1, 1), "same"),
    ((5, 5, 1), 1, (1, 1), (3, 3), "same"),
]:
    spec = {"kind": "conv", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    case(spec, shape, conv(shape, filters, kernel, stride, padding))
for shape, filters, kernel, stride, padding, size in [
    ((3, 2, 2), 3, (3, 3), (1, 1), "same", (3, 2)),
    ((3, 2, 2), 3, (3, 3), (2, 2), "same", (6, 4)),
    ((4, 4, 2), 1, (3, 3), (2, 2), "same", (7, 7)),
    ((4, 3, 2), 2, (4, 3), (2, 3), "same", (7, 8)),
    ((3, 2, 1), 2, (2, 5), (3, 1), "valid", (9, 6)),
    ((3, 3, 3), 2, (3, 3), (2, 2), 1, (6, 5)),
    ((3, 3, 1), 2, (1, 1), (3, 3), "same", (8, 9)),
]:
    spec = {"kind": "convTranspose", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding,
            "outputSize": size}
    case(spec, shape, conv_transpose(shape, filters, kernel, stride, padding, size))
for shape, groups in [((3, 4, 6), 3), ((3, 4, 6), 1), ((2, 2, 4), 4), ((8,), 2)]:
    case({"kind": "groupNorm", "groups": groups}, shape, group_norm(shape, groups))
case({"kind": "layerNorm"}, (3, 2, 4), layer_norm((3, 2, 4)))
for shape, factor in [((3, 4, 2), (2, 2)), ((2, 3, 1), (3, 1)), ((1, 2, 3), (4, 3))]:
    for mode in ["nearest", "bilinear"]:
        case({"kind": "upsample", "factor": factor, "mode": mode}, shape, upsample(shape, factor, mode))
case({"kind": "globalAveragePool"}, (3, 4, 5), x_of(3, 4, 5).mean((1, 2)))
case({"kind": "dense", "units": 3}, (2, 3, 4), dense((2, 3, 4), 3))
print("[\n" + ",\n".join(json.dumps(one) for one in CASES) + "\n]")
