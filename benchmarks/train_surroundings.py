"""Train the model behind the rule `surroundings`, and measure it on sites that it was not trained on.

    pip install lightgbm numpy
    python benchmarks/train_surroundings.py $DATA/lines/lines.jsonl [--write]

The file has one document a line: `id`, `tier`, `domain`, `lang`, `lines`, and `labels` (1 article, 0 boilerplate, -1
either way). Documents go through all other rules first, as in life; the model sees what these leave. Printed is what
all rules take, with this one judged by cross-validation in five folds split by domain; `--write` trains on all
documents and writes transforms/surroundings/model.json.
"""

import argparse
import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from backfile.article import Article, Document
from backfile.pipeline import cleaner
from transforms import normalise, rules, shape, surroundings
from transforms.rule import Rule, clean
from transforms.surroundings.looks import NAMES, Look, looks
from transforms.surroundings.model import Trees

TIERS = ("mixed", "near", "clean")
FOLDS = 5
TREES, LEAVES, RATE = 200, 5, 0.1
ARTICLE_WEIGHT = 3  # a line of the article that goes costs more than one of boilerplate that stays
MOVED = frozenset({"title", "dateline"})  # kinds of removals that lose no word: they become fields
MODEL = Path(surroundings.__file__).parent / "model.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """One document as the model sees it."""

    tier: str
    fold: int
    looks: tuple[Look, ...]
    labels: tuple[int, ...]  # of each look
    lost: tuple[tuple[int, int], ...]  # (label, words) of what other rules took
    total: tuple[int, int]  # words of boilerplate, of the article


def seen(path: Path) -> Iterator[Seen]:
    """The documents of the tiers that are used."""
    others = [rule for rule in rules() if rule.name != surroundings.NAME]
    for row in path.read_text(encoding="utf-8").split("\n"):
        if row and (document := json.loads(row))["tier"] in TIERS:
            yield from _seen(document, others)


def _seen(row: dict[str, Any], others: list[Rule]) -> Iterator[Seen]:
    document = Document(row["id"], "", text="\n".join(row["lines"]))
    extraction = cleaner.lines_of(document)[0]
    label = dict(zip((_key(line) for line in row["lines"]), row["labels"], strict=True))
    begun = normalise.begin(extraction, id="train/1", source="train", uri=row["id"])
    article = clean(begun, others)
    if not isinstance(article, Article):
        return
    labels = [label.get(_key(line.text), -1) for line in extraction.lines]
    found = tuple(looks(article, own=surroundings.NAME))
    words = [shape.words(line.text) for line in extraction.lines]
    kept = {span.line for span in article.body}
    taken = {removal.line for removal in article.removed if removal.kind not in MOVED}
    yield Seen(
        row["tier"],
        int(hashlib.md5(row["domain"].encode(), usedforsecurity=False).hexdigest(), 16) // 7 % FOLDS,
        found,
        tuple(labels[look.line] for look in found),
        tuple((labels[n], words[n]) for n in sorted(taken - kept)),
        (
            sum(w for w, x in zip(words, labels, strict=True) if x == 0),
            sum(w for w, x in zip(words, labels, strict=True) if x == 1),
        ),
    )


def _words(words: list[int], labels: list[int], label: int) -> int:
    return sum(count for count, its in zip(words, labels, strict=True) if its == label)


def _key(line: str) -> str:
    return "".join(sign for sign in line.casefold() if sign.isalnum())


def train(documents: list[Seen]) -> lightgbm.Booster:
    """The trees for these documents."""
    pairs = [
        (look, label) for each in documents for look, label in zip(each.looks, each.labels, strict=True) if label >= 0
    ]
    weights = [math.sqrt(shape.words(look.text)) * (1 if label == 0 else ARTICLE_WEIGHT) for look, label in pairs]
    data = lightgbm.Dataset(
        np.array([look.vector for look, _ in pairs]),
        np.array([label == 0 for _, label in pairs], dtype=float),
        weight=np.array(weights) / np.mean(weights),
        feature_name=list(NAMES),
    )
    settings = {
        "objective": "binary", "num_leaves": LEAVES, "learning_rate": RATE, "min_data_in_leaf": 40, "lambda_l2": 5,
        "feature_fraction": 0.6, "seed": 1, "deterministic": True, "num_threads": 1, "verbose": -1,
    }  # fmt: skip
    return lightgbm.train(settings, data, TREES)


def flat(booster: lightgbm.Booster) -> Trees:
    """The booster's trees in the form that the package reads."""
    lists: dict[str, list[Any]] = {name: [] for name in Trees._fields}
    lists["names"] = list(NAMES)

    def add(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            lists["leaves"].append(round(node["leaf_value"], 4))
            return -len(lists["leaves"])
        at = len(lists["figure"])
        lists["figure"].append(node["split_feature"])
        lists["limit"].append(float(f"{node['threshold']:.5g}"))
        lists["left"].append(0)
        lists["right"].append(0)
        lists["left"][at], lists["right"][at] = add(node["left_child"]), add(node["right_child"])
        return at

    lists["roots"] = [add(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return Trees(**{name: tuple(values) for name, values in lists.items()})


def measure(documents: list[Seen], sure: float | None) -> None:
    """Print what the rule would take, each document judged by trees that never saw its site."""
    sums = {tier: [0] * 6 for tier in TIERS}  # boilerplate and article that go, and in all; safe documents, documents
    for fold in range(FOLDS):
        booster = train([each for each in documents if each.fold != fold])
        for each in documents:
            if each.fold == fold:
                _judge(each, booster, sums[each.tier], sure)
    for tier, (boilerplate, article, all_boilerplate, all_article, safe, count) in sums.items():
        share, precision = boilerplate / max(1, all_boilerplate), boilerplate / max(1, boilerplate + article)
        kept = 1 - article / all_article
        print(f"{tier:6} dR {share:.3f}  dP {precision:.3f}  kR {kept:.4f}  safe {safe / count:.3f}")


def _judge(each: Seen, booster: lightgbm.Booster, sums: list[int], sure: float | None) -> None:
    taken = list(each.lost)
    said = booster.predict(np.array([look.vector for look in each.looks])) if each.looks else ()
    for look, label, probability in zip(each.looks, each.labels, said, strict=True):
        if surroundings.may_go(look) and probability > (sure or surroundings.sure(look)):
            taken.append((label, shape.words(look.text)))
    boilerplate = sum(words for label, words in taken if label == 0)
    article = sum(words for label, words in taken if label == 1)
    for number, value in enumerate((boilerplate, article, *each.total, article == 0, 1)):
        sums[number] += int(value)


def main() -> None:
    """Measure, and write the model when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--sure", type=float, help="one threshold for all places, to compare")
    arguments = parser.parse_args()
    documents = list(seen(arguments.lines))
    measure(documents, arguments.sure)
    if arguments.write:
        model = flat(train(documents))._asdict()
        MODEL.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
