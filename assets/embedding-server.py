#!/usr/bin/env python3
"""Serves all-MiniLM-L6-v2, the public sentence-embedding model that comparisons use most (Apache-2.0), on this machine, as
`POST /v1/embeddings` and `GET /v1/models`, for `quarry eval --judge embedding`. Needs the model's folder as
sentence-transformers publishes it (model.safetensors, config.json, vocab.txt); nothing is downloaded:

    pip install numpy onnx onnxruntime
    python3 embedding-server.py FOLDER 8091
    quarry eval --judge bm25 --judge embedding:minilm/all-MiniLM-L6-v2 --judge embedded

with the server in the configuration:

    [backend.minilm]
    protocol = "openai"
    base_urls = ["http://127.0.0.1:8091/v1"]
    models = ["all-MiniLM-L6-v2"]

Texts are cut after 256 tokens, as the model's own settings say. One of 900 characters takes about 60 ms of one core.
"""
import json
import re
import struct
import sys
import tempfile
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

NAME = "all-MiniLM-L6-v2"
MOST_TOKENS = 256
BATCH = 16
THREADS = 2


class Words:
    """BERT's uncased WordPiece: words and single marks, each cut into the longest pieces that the vocabulary has."""

    def __init__(self, folder):
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self.ids = {piece: number for number, piece in enumerate(lines)}
        self.known = {}

    def pieces(self, word):
        if word not in self.known:
            found, start = [], 0
            while start < len(word):
                for end in range(len(word), start, -1):
                    piece = word[start:end] if start == 0 else "##" + word[start:end]
                    if piece in self.ids:
                        found.append(self.ids[piece])
                        start = end
                        break
                else:
                    found = [self.ids["[UNK]"]]
                    break
            self.known[word] = found if len(word) <= 100 else [self.ids["[UNK]"]]
        return self.known[word]

    def read(self, text):
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        ids = [self.ids["[CLS]"]]
        for word in re.findall(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+|[^\w\s]|_", plain):
            ids.extend(self.pieces(word))
            if len(ids) >= MOST_TOKENS:
                break
        return ids[: MOST_TOKENS - 1] + [self.ids["[SEP]"]]


def tensors(path):
    raw = path.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    found = {}
    for name, it in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__" and it["dtype"] == "F32":
            start, end = (8 + size + offset for offset in it["data_offsets"])
            found[name] = np.frombuffer(raw[start:end], np.float32).reshape(it["shape"])
    return found


def graph(folder):
    """The BERT encoder and the mean of its last layer, scaled to length 1, as a graph that onnxruntime runs."""
    weights = tensors(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    heads, width = config["num_attention_heads"], config["hidden_size"]
    nodes, constants, count = [], [], iter(range(10**6))

    def constant(value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"c{next(count)}"))
        return constants[-1].name

    def node(kind, *inputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, [f"n{next(count)}"], **attributes))
        return nodes[-1].output[0]

    whole = lambda *shape: constant(np.array(shape, np.int64))
    number = lambda value: constant(np.array(value, np.float32))
    dense = lambda at, x: node("Add", node("MatMul", x, constant(weights[at + ".weight"].T)), constant(weights[at + ".bias"]))
    norm = lambda at, x: node(
        "LayerNormalization", x, constant(weights[at + ".weight"]), constant(weights[at + ".bias"]), epsilon=1e-12
    )

    def split(at, x, order):
        parted = node("Reshape", dense(at, x), whole(0, 0, heads, width // heads))
        return node("Transpose", parted, perm=order)

    table = lambda name: constant(weights[f"embeddings.{name}_embeddings.weight"])
    length = node("Shape", "ids", start=1, end=2)
    places = node("Slice", table("position"), whole(0), length)
    kind = constant(weights["embeddings.token_type_embeddings.weight"][0])
    x = node("Add", node("Add", node("Gather", table("word"), "ids"), places), kind)
    x = norm("embeddings.LayerNorm", x)
    hidden = node("Mul", node("Sub", node("Unsqueeze", "seen", whole(1, 2)), number(1.0)), number(1e9))
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        query, value = (split(f"{at}.attention.self.{it}", x, [0, 2, 1, 3]) for it in ("query", "value"))
        key = split(f"{at}.attention.self.key", x, [0, 2, 3, 1])
        scores = node("Mul", node("MatMul", query, key), number((width / heads) ** -0.5))
        shares = node("Softmax", node("Add", scores, hidden), axis=-1)
        mixed = node("Transpose", node("MatMul", shares, value), perm=[0, 2, 1, 3])
        mixed = node("Reshape", mixed, whole(0, 0, width))
        x = norm(f"{at}.attention.output.LayerNorm", node("Add", x, dense(f"{at}.attention.output.dense", mixed)))
        inner = node("Gelu", dense(f"{at}.intermediate.dense", x))
        x = norm(f"{at}.output.LayerNorm", node("Add", x, dense(f"{at}.output.dense", inner)))
    seen = node("Unsqueeze", "seen", whole(2))
    total = node("ReduceSum", node("Mul", x, seen), whole(1), keepdims=0)
    mean = node("Div", total, node("ReduceSum", seen, whole(1), keepdims=0))
    nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=-1))
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]),
        helper.make_tensor_value_info("seen", TensorProto.FLOAT, ["texts", "tokens"]),
    ]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", width])
    made = helper.make_graph(nodes, NAME, inputs, [output], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


class Encoder:
    """Texts into vectors."""

    def __init__(self, folder):
        self.words = Words(folder)
        with tempfile.TemporaryDirectory() as place:
            onnx.save(graph(folder), f"{place}/model.onnx")
            options = SessionOptions()
            options.intra_op_num_threads = THREADS
            self.session = InferenceSession(f"{place}/model.onnx", options, providers=["CPUExecutionProvider"])

    def batch(self, texts):
        length = max(map(len, texts))
        ids = np.array([text + [0] * (length - len(text)) for text in texts], np.int64)
        seen = np.array([[1.0] * len(text) + [0.0] * (length - len(text)) for text in texts], np.float32)
        return self.session.run(["vectors"], {"ids": ids, "seen": seen})[0]

    def embed(self, texts):
        read = [self.words.read(text) for text in texts]
        order = sorted(range(len(read)), key=lambda at: len(read[at]))
        vectors = [None] * len(read)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            for at, vector in zip(part, self.batch([read[at] for at in part])):
                vectors[at] = vector
        return vectors


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    encoder, lock = None, Lock()

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path == "/v1/models":
            return self.answer(200, {"object": "list", "data": [{"id": NAME, "object": "model"}]})
        self.answer(404, {"error": {"message": f"nothing at {self.path}"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != "/v1/embeddings":
            return self.answer(404, {"error": {"message": f"nothing at {self.path}"}})
        try:
            given = json.loads(body)["input"]
            texts = [given] if isinstance(given, str) else given
            with self.lock:
                vectors = self.encoder.embed(texts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return self.answer(400, {"error": {"message": f"not a request for embeddings: {error!r}"}})
        data = [
            {"object": "embedding", "index": at, "embedding": [round(float(x), 6) for x in vector]}
            for at, vector in enumerate(vectors)
        ]
        self.answer(200, {"object": "list", "model": NAME, "data": data})

    def log_message(self, *_):
        pass


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: embedding-server.py FOLDER [PORT]")
    Handler.encoder = Encoder(Path(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8091), Handler)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
