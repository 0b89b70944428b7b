"""`python3 combine.py --pieces FILE --work DIR --start DIR --out FILE`: how encoder and linear model are read together.

From the trainings that left families out (`one.scores.json`, `two.scores.json` in the folder `--work`) come the figures on sources that neither
model has seen. Where medium and high begin, and how much each of the two counts, is set on tune sources and benign ones that the training
which ships has not seen; its file is written with that.
"""

import argparse
import json
import os
import sys
from collections import defaultdict

import numpy as np
import torch
from safetensors.torch import load_file

import bert
import export
import rows as table
from train import FROZEN

# As `models/train/src/calibrate.rs`: the most benign texts of one source, and on average, that come to medium and to high.
MEDIUM, HIGH, ENOUGH, HIGH_ODDS = (0.04, 0.008), (0.015, 0.002), 60, 1.3862944
KEPT_OUT = ["arena-hard-v0.1", "awesome-chatgpt-prompts", "self-instruct-seed"]


def area(scores, truth):
    order = np.argsort(scores, kind="mergesort")
    ranks = np.empty(len(scores))
    sorted_scores = np.asarray(scores)[order]
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and sorted_scores[end + 1] == sorted_scores[at]:
            end += 1
        ranks[order[at : end + 1]] = (at + end) / 2 + 1
        at = end + 1
    yes = np.asarray(truth) == 1
    n, m = yes.sum(), (~yes).sum()
    return (ranks[yes].sum() - n * (n + 1) / 2) / (n * m) if n and m else float("nan")


def recall(scores, truth, share):
    scores, yes = np.asarray(scores), np.asarray(truth) == 1
    benign = np.sort(scores[~yes])[::-1]
    return float((scores[yes] > benign[int(share * len(benign))]).mean()) if yes.any() and len(benign) else float("nan")


def threshold(benign, single, average):
    """The least score at which no source passes the first share, nor their average the second."""
    for at in sorted(score for of in benign.values() for score in of):
        shares = [sum(score > at for score in of) / len(of) for of in benign.values()]
        if max(shares) <= single and sum(shares) / len(shares) <= average:
            return at
    return 0.0


def affine(benign):
    """Slope and offset that put medium at log odds of 0 and high at 1.386."""
    benign = {source: of for source, of in benign.items() if len(of) >= ENOUGH}
    medium, high = threshold(benign, *MEDIUM), threshold(benign, *HIGH)
    slope = HIGH_ODDS / max(high - medium, 0.25)
    return slope, -medium * slope


class Unseen:
    """Rows with what the models say of them that have not seen their families: encoder, linear, truth, source."""

    def __init__(self, rows, work, ships):
        self.ships = ships
        self.rows = {row["number"]: row for row in rows}
        path = lambda fold: os.path.join(work, f"{fold}.scores.json")
        self.scores = {fold: json.load(open(path(fold))) for fold in table.FOLDS if os.path.exists(path(fold))}

    def of(self, fold, head, families):
        for number, logits in self.scores.get(fold, {}).items():
            row = self.rows[int(number)]
            if row["family"] in families and row["truth"][head] >= 0:
                yield logits[head], row["linear"][fold][head], row["truth"][head], row["source"]

    def benign(self, head, of):
        """Benign scores by source of those that thresholds are set on."""
        by = defaultdict(list)
        for encoder, linear, truth, source in self.of(self.ships, head, table.FOLDS[self.ships] + table.ALWAYS):
            if truth == 0 and (source in KEPT_OUT or self.is_tune(source)):
                by[source].append(of(encoder, linear))
        return by

    def is_tune(self, source):
        return any(source.endswith(end) for end in ("-validation", "-test", "-bench", "-payloads"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--pieces", "--work", "--start", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--ships", default="two", help="the training whose weights are written")
    given = parser.parse_args()
    unseen = Unseen(table.read(given.pieces), given.work, given.ships)
    alone = [affine(unseen.benign(head, lambda encoder, linear: encoder)) for head in range(3)]
    odds = lambda head, encoder: alone[head][0] * encoder + alone[head][1]
    # How much the encoder counts beside the linear model, on tune sources of the one topic that they have positives of.
    best = (0.0, 0.0)
    for share in np.arange(0.0, 1.01, 0.1):
        areas = []
        families = table.FOLDS[given.ships] + table.ALWAYS
        of = [row for row in unseen.of(given.ships, 2, families) if unseen.is_tune(row[3])]
        scores = [share * odds(2, encoder) + (1 - share) * linear for encoder, linear, _, _ in of]
        truth = [row[2] for row in of]
        areas.append(area(scores, truth) + recall(scores, truth, 0.01))
        print(f"share {share:.1f}: area and recall at 1 % together {sum(areas) / len(areas):.4f}")
        best = max(best, (sum(areas) / len(areas), share))
    share = best[1]
    calibration = {}
    for head, topic in enumerate(export.TOPICS):
        both = lambda encoder, linear: share * odds(head, encoder) + (1 - share) * linear
        slope, offset = affine(unseen.benign(head, both))
        # In terms of what the encoder's head weighs.
        of_encoder = (slope * share * alone[head][0], slope * share * alone[head][1] + offset)
        calibration[topic] = (*alone[head], of_encoder[0], slope * (1 - share), of_encoder[1])
    print("| topic | left out | positives | negatives | who | AUC | recall at 1 % | recall at 5 % | recall at medium | flagged negatives |")
    print("|" + " --- |" * 10)
    for head, topic in enumerate(export.TOPICS):
        slope, added, of_encoder, of_linear, offset = calibration[topic]
        for fold, families in table.FOLDS.items():
            for family in families:
                of = list(unseen.of(fold, head, [family] + table.ALWAYS))
                positives = sum(row[2] == 1 and table.family(row[3]) == family for row in of)
                if positives < 20:
                    continue
                truth = [row[2] for row in of]
                said = {
                    "linear": [row[1] for row in of],
                    "encoder": [slope * row[0] + added for row in of],
                    "both": [of_encoder * row[0] + of_linear * row[1] + offset for row in of],
                }
                for who, scores in said.items():
                    figures = [area(scores, truth), recall(scores, truth, 0.01), recall(scores, truth, 0.05)]
                    at = np.asarray(scores) >= 0
                    yes = np.asarray(truth) == 1
                    figures += [at[yes].mean(), at[~yes].mean()]
                    cells = [topic, family, str(yes.sum()), str((~yes).sum()), who] + [f"{figure:.3f}" for figure in figures]
                    print("| " + " | ".join(cells) + " |")
    flags = defaultdict(lambda: defaultdict(dict))
    for fold, families in table.FOLDS.items():
        for number, logits in unseen.scores.get(fold, {}).items():
            row = unseen.rows[int(number)]
            if all(truth == 0 for truth in row["truth"]) and row["family"] in families + (table.ALWAYS if fold == unseen.ships else []):
                linear = row["linear"][fold]
                both = [c[2] * e + c[3] * l + c[4] for c, e, l in zip(calibration.values(), logits, linear)]
                flags[row["source"]]["linear"][number] = max(linear) >= 0
                flags[row["source"]]["both"][number] = max(both) >= 0
    print("\n| source | rows | linear | both |\n| --- | --- | --- | --- |")
    every = defaultdict(list)
    for source, of in sorted(flags.items()):
        shares = []
        for who in ("linear", "both"):
            shares.append(f"{np.mean(list(of[who].values())):.3f}")
            every[who] += list(of[who].values())
        print(f"| {source} | {len(of['both'])} | {' | '.join(shares)} |")
    print(f"| all | {len(every['both'])} | {np.mean(every['linear']):.4f} | {np.mean(every['both']):.4f} |")
    print({topic: [round(number, 4) for number in of] for topic, of in calibration.items()}, file=sys.stderr)
    path = os.path.join(given.work, f"{given.ships}.pt")
    if os.path.exists(path):
        start = load_file(os.path.join(given.start, "model.safetensors"))
        layers = torch.nn.ModuleList(bert.layer(start, number) for number in range(FROZEN, bert.LAYERS))
        head = torch.nn.Linear(bert.HIDDEN, len(export.TOPICS))
        trained = torch.load(path)
        layers.load_state_dict(trained["layers"])
        head.load_state_dict(trained["head"])
        with open(os.path.join(given.start, "vocab.txt"), encoding="utf-8") as file:
            export.write(given.out, start, layers, head, FROZEN, file.read(), calibration)


if __name__ == "__main__":
    main()
