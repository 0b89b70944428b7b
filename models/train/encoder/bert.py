"""MiniLM as it runs in `host/classify/src/encoder`: a sentence sees itself and what stands before it, never what follows."""

import torch
from torch import nn
from torch.nn import functional as F

HIDDEN, HEADS, LAYERS, INNER = 384, 12, 6, 1536


class Layer(nn.Module):
    """A layer of BERT (Devlin et al. 2019), with the weights' own names in the order of the file."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm_out = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.norm_down = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, x, mask):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm_out(x + self.out(seen.transpose(1, 2).reshape(b, n, HIDDEN)))
        return self.norm_down(x + self.down(F.gelu(self.up(x), approximate="tanh")))


class Words(nn.Module):
    def __init__(self, weights):
        super().__init__()
        of = lambda name: weights[f"embeddings.{name}"].clone()
        self.word = nn.Embedding.from_pretrained(of("word_embeddings.weight"))
        position = of("position_embeddings.weight")[:64] + of("token_type_embeddings.weight")[0]
        self.position = nn.Parameter(position, requires_grad=False)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.norm.load_state_dict({"weight": of("LayerNorm.weight"), "bias": of("LayerNorm.bias")})

    def forward(self, pieces):
        return self.norm(self.word(pieces) + self.position[: pieces.shape[1]])


def layer(weights, number):
    """The layer of that number out of the weights of a BERT."""
    at = f"encoder.layer.{number}."
    of = lambda name: weights[at + name].clone()
    made = Layer()
    query = [of(f"attention.self.{name}.weight") for name in ("query", "key", "value")]
    bias = [of(f"attention.self.{name}.bias") for name in ("query", "key", "value")]
    state = {"qkv.weight": torch.cat(query), "qkv.bias": torch.cat(bias)}
    names = {
        "out": "attention.output.dense",
        "norm_out": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm_down": "output.LayerNorm",
    }
    for ours, theirs in names.items():
        for kind in ("weight", "bias"):
            state[f"{ours}.{kind}"] = of(f"{theirs}.{kind}")
    made.load_state_dict(state)
    return made


def mask(sentences):
    """What may be seen: `sentences` has the number of each piece's sentence, -1 where the batch is filled up."""
    seen = (sentences[:, None, :] <= sentences[:, :, None]) & (sentences >= 0)[:, None, :]
    # A row that sees nothing would be no number.
    seen |= torch.eye(sentences.shape[1], dtype=torch.bool)[None]
    return seen[:, None]


def pool(x, sentences, count):
    """The mean of each sentence of each window, and whether there is one: (windows, count, hidden), (windows, count)."""
    is_in = (sentences[:, None, :] == torch.arange(count)[None, :, None]).float()
    size = is_in.sum(-1, keepdim=True)
    return is_in @ x / size.clamp(min=1), size.squeeze(-1) > 0


def whole(x, sentences):
    """The mean of a window, of length one."""
    is_in = (sentences >= 0).float().unsqueeze(-1)
    return F.normalize((x * is_in).sum(1) / is_in.sum(1), dim=-1)
