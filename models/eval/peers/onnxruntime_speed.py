"""How long ONNX Runtime takes for the committed encoder's weights, beside this project's own reading, in the same run.

    pip install -r models/eval/peers/requirements.txt
    cargo build --release -p host-classify --example encoder
    python models/eval/peers/onnxruntime_speed.py models/active/encoder.bin target/release/examples/encoder

Both read two windows of 64 word pieces, 128 in all, on the same number of threads, in turns. The layers are written down as
an ONNX graph from the weights in the file, and ONNX Runtime's own dynamic quantisation makes eight-bit numbers of them.
"""

import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

WINDOWS, PIECES, ROUNDS, RUNS = 2, 64, 5, 60


class Rest:
    """What is left of the file to be read; its format is in host/classify/src/encoder/file.rs."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def numbers(self, count):
        return np.frombuffer(self.take(4 * count), "<f4")

    def matrix(self, of, to):
        """As f32: eight-bit weights of 32 with a scale each, then what is added."""
        kind = np.dtype([("scale", "<f2"), ("weights", "i1", 32)])
        blocks = np.frombuffer(self.take(of // 32 * to * 34), kind)
        weights = blocks["weights"].astype("f4") * blocks["scale"].astype("f4")[:, None]
        return weights.reshape(to, of).T.copy(), self.numbers(to)


def read(path):
    rest = Rest(open(path, "rb").read())
    assert rest.take(5) == b"PGEN\x01"
    hidden, heads, inner, layers, positions, words, vocabulary = np.frombuffer(rest.take(28), "<u4").tolist()
    rest.take(vocabulary + 4 * words + words * hidden + 4 * positions * hidden + 8 * hidden)
    read = []
    for _ in range(layers):
        sizes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)]
        matrices = [rest.matrix(*size) for size in sizes]
        norms = [(rest.numbers(hidden), rest.numbers(hidden)) for _ in range(2)]
        read.append((matrices, norms))
    return hidden, heads, read


def graph(hidden, heads, layers, shape=(WINDOWS, PIECES), gelu="tanh"):
    """The layers over pieces that are looked up already, as `x` of windows, pieces and numbers."""
    nodes, constants = [], []

    def constant(value):
        name = f"c{len(constants)}"
        constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(kind, *inputs, **attributes):
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def linear(x, matrix):
        return node("Add", node("MatMul", x, constant(matrix[0])), constant(matrix[1]))

    def norm(x, weights):
        return node("LayerNormalization", x, constant(weights[0]), constant(weights[1]), axis=-1, epsilon=1e-12)

    x, size = "x", hidden // heads
    apart = constant(np.array([0, 0, heads, size], "i8"))
    together = constant(np.array([0, 0, hidden], "i8"))
    scale = constant(np.float32(size**-0.5))
    for (qkv, out, up, down), (norm_out, norm_down) in layers:
        query, key, value = (
            linear(x, (qkv[0][:, at * hidden : (at + 1) * hidden].copy(), qkv[1][at * hidden : (at + 1) * hidden].copy()))
            for at in range(3)
        )
        query, value = (
            node("Transpose", node("Reshape", part, apart), perm=[0, 2, 1, 3]) for part in (query, value)
        )
        key = node("Transpose", node("Reshape", key, apart), perm=[0, 2, 3, 1])
        shares = node("Softmax", node("Mul", node("MatMul", query, key), scale), axis=-1)
        seen = node("Transpose", node("MatMul", shares, value), perm=[0, 2, 1, 3])
        x = norm(node("Add", x, linear(node("Reshape", seen, together), out)), norm_out)
        x = norm(node("Add", x, linear(node("Gelu", linear(x, up), approximate=gelu), down)), norm_down)
    shape = [*shape, hidden]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, shape)]
    made = helper.make_graph(nodes, "encoder", inputs, outputs, constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def times_of(one, x):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        one.run(None, {"x": x})
        times.append((time.perf_counter() - start) * 1e3)
    return times


def main(weights, example):
    hidden, heads, layers = read(weights)
    x = np.random.default_rng(1).normal(size=(WINDOWS, PIECES, hidden)).astype("f4")
    with tempfile.TemporaryDirectory() as folder:
        plain, small = f"{folder}/f32.onnx", f"{folder}/int8.onnx"
        onnx.save(graph(hidden, heads, layers), plain)
        quantize_dynamic(plain, small, weight_type=QuantType.QInt8)
        print("threads | who | p50 ms | p95 ms")
        for threads in (1, 2):
            peers = {"ONNX Runtime f32": session(plain, threads), "ONNX Runtime int8": session(small, threads)}
            times = {name: [] for name in [*peers, "this project"]}
            for _ in range(ROUNDS):
                for name, peer in peers.items():
                    times[name] += times_of(peer, x)
                own = subprocess.run([example, "--times", str(threads), str(RUNS)], capture_output=True, text=True, check=True)
                times["this project"] += [float(line) for line in own.stdout.split()]
            for name, of in times.items():
                print(f"{threads} | {name} | {np.percentile(of, 50):.2f} | {np.percentile(of, 95):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
