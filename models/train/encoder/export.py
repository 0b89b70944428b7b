"""Writes the file that `host/classify/src/encoder/file.rs` reads; the format is described there."""

import json
import struct

import numpy as np
import torch

import bert

TOPICS = ["intent.pii", "intent.code-abuse", "intent.jailbreak"]


def numbers(tensor):
    return np.ascontiguousarray(tensor.detach().numpy(), dtype="<f4").tobytes()


def blocks(tensor):
    """Q8_0: of each 32 weights in a row a scale as f16, and the weights as signed bytes."""
    of = tensor.detach().numpy().astype(np.float32).reshape(-1, 32)
    scale = (np.abs(of).max(1) / 127).astype("<f2")
    inverse = np.where(scale > 0, 1 / np.maximum(scale.astype(np.float32), 1e-12), 0)
    whole = np.clip(np.rint(of * inverse[:, None]), -127, 127).astype(np.int8)
    made = np.zeros((len(of), 34), dtype=np.uint8)
    made[:, :2] = scale.view(np.uint8).reshape(-1, 2)
    made[:, 2:] = whole.view(np.uint8)
    return made.tobytes()


def check_sum(data):
    """FNV-1a over words of eight bytes, the last filled up with zeros."""
    words = np.frombuffer(data + bytes(-len(data) % 8), dtype="<u8").tolist()
    total = 0xCBF29CE484222325
    for word in words:
        total = ((total ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return total


def write(path, start, trained, head, frozen, vocabulary, calibration=None):
    words = bert.Words(start)
    layers = [bert.layer(start, number) for number in range(frozen)] + list(trained)
    lines = vocabulary.rstrip("\n") + "\n"
    table = words.word.weight.detach().numpy()
    scale = np.abs(table).max(1) / 127
    whole = np.clip(np.rint(table / np.maximum(scale, 1e-12)[:, None]), -127, 127).astype(np.int8)
    parts = [b"PGEN\x01"]
    sizes = (bert.HIDDEN, bert.HEADS, bert.INNER, len(layers), 64, len(table), len(lines.encode()))
    parts.append(struct.pack("<7I", *sizes))
    parts += [lines.encode(), numbers(torch.from_numpy(scale)), whole.tobytes()]
    parts += [numbers(words.position), numbers(words.norm.weight), numbers(words.norm.bias)]
    for layer in layers:
        for linear in (layer.qkv, layer.out, layer.up, layer.down):
            parts += [blocks(linear.weight), numbers(linear.bias)]
        for norm in (layer.norm_out, layer.norm_down):
            parts += [numbers(norm.weight), numbers(norm.bias)]
    parts.append(struct.pack("<B", len(TOPICS)))
    for at, topic in enumerate(TOPICS):
        # How it is read is set by `combine.py`, which is why the heads come last.
        numbers_of = struct.pack("<6f", head.bias[at].item(), *(calibration or {}).get(topic, (1.0, 0.0, 1.0, 0.0, 0.0)))
        parts += [struct.pack("<B", len(topic)), topic.encode(), numbers_of]
        parts.append(numbers(head.weight[at]))
    data = b"".join(parts)
    with open(path, "wb") as file:
        file.write(data + struct.pack("<Q", check_sum(data)))


def scores(found, path):
    with open(path, "w") as file:
        json.dump({str(number): of for number, of in found.items()}, file)
