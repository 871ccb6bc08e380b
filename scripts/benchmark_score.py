#!/usr/bin/env python3
"""Score made-up predictions: beside seqeval and nervaluate, and a very large submission.

The first part scores 20,000 sentences with 120,000 gold mentions: seqeval's strict report gets
tags, one a character, as in the configuration ``ner``; nervaluate and hapjong get spans.  Rates
are by processor time, the best of several turns, so that other work on the machine counts
little.  The second part reads, checks and scores a submission of 100,000 articles with every
metric and interval, in a process of its own, by the clock; the gold is in memory before.

Exit status 1 where one of these does not hold: the same F1 as both, 20 times the rate of the
faster of them; and for the submission 60 seconds, 2 GiB at most.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec

from hapjong.corpus.dataset import Corpus, DataVersion
from hapjong.corpus.layout import Layout
from hapjong.evaluation.mention_counts import count_mentions
from hapjong.evaluation.metrics import BY_NAME, value
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
    read_submission,
)
from hapjong.schema import (
    SCHEME,
    SYMMETRIC_TYPES,
    Annotation,
    Article,
    ArticleHeader,
    Entity,
    Genre,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Split,
    Stance,
    Status,
    Track,
)

WORDS, MENTIONS = 14, 6
"""Words of a made-up sentence, and how many of them are gold mentions."""

SENTENCES, PARTNERSHIPS, STANCES = 10, 4, 2
"""What an article of the large submission holds; of mentions about as many as in the dataset."""

ENTITIES = 600
FASTER = 20.0
TOLERANCE = 1e-12
SECONDS, MEBIBYTES = 60.0, 2048.0

TYPES, POLARITIES = tuple(MentionType), tuple(Polarity)
HEADER = ArticleHeader(date=datetime.date(2025, 1, 1), event="made-up", genre=Genre.NEWS)
Labelled = tuple[int, int, MentionType]


class Sentence(NamedTuple):
    """Its length, what is right and what a system says; neither overlaps with itself."""

    length: int
    gold: list[Labelled]
    predicted: list[Labelled]


def made_up_sentence(random: Random, begin: int = 0) -> Sentence:
    """A sentence that begins at ``begin``; about three of four predictions are right."""
    right = set(random.sample(range(WORDS), MENTIONS))
    gold: list[Labelled] = []
    predicted: list[Labelled] = []
    start = begin
    for word in range(WORDS):
        end = start + random.randint(2, 5)
        kind = random.choice(TYPES)
        chance = random.random()
        if word in right:
            gold.append((start, end, kind))
            if chance < 0.76:
                predicted.append((start, end, kind))
            elif chance < 0.84:
                predicted.append((start, end, random.choice(TYPES)))
            elif chance < 0.92:
                predicted.append((start, end - 1, kind))
        elif chance < 0.06:
            predicted.append((start, end, kind))
        start = end + 1
    return Sentence(start - begin, gold, predicted)


class Result(NamedTuple):
    """What one way makes of the sentences: processor seconds, micro and macro F1."""

    seconds: float
    micro: float
    macro: float


def tags(length: int, spans: Sequence[Labelled]) -> list[str]:
    """One IOB2 tag a character."""
    found = ["O"] * length
    for start, end, kind in spans:
        found[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return found


def dicts(spans: Sequence[Labelled]) -> list[dict[str, Any]]:
    """Spans as nervaluate takes them, whose ends are inclusive."""
    return [{"label": str(kind), "start": start, "end": end - 1} for start, end, kind in spans]


def seqeval_way(sentences: Sequence[Sentence]) -> Callable[[], tuple[float, float]]:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    gold = [tags(one.length, one.gold) for one in sentences]
    predicted = [tags(one.length, one.predicted) for one in sentences]

    def run() -> tuple[float, float]:
        report = classification_report(
            gold, predicted, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )
        return report["micro avg"]["f1-score"], report["macro avg"]["f1-score"]

    return run


def nervaluate_way(sentences: Sequence[Sentence]) -> Callable[[], tuple[float, float]]:
    from nervaluate import Evaluator

    gold = [dicts(one.gold) for one in sentences]
    predicted = [dicts(one.predicted) for one in sentences]

    def run() -> tuple[float, float]:
        names = [str(kind) for kind in TYPES]
        found = Evaluator(gold, predicted, tags=names, loader="dict").evaluate()
        each = [found["entities"][name]["strict"].f1 for name in names]
        return found["overall"]["strict"].f1, sum(each) / len(each)

    return run


def hapjong_way(sentences: Sequence[Sentence]) -> Callable[[], tuple[float, float]]:
    gold = [[_mention(0, span) for span in one.gold] for one in sentences]
    predicted = [_predicted(one.predicted) for one in sentences]

    def run() -> tuple[float, float]:
        summed = count_mentions(gold=gold, predicted=predicted).sum(axis=0)
        micro, macro = (value(BY_NAME[name], summed) for name in ("ner_f1", "ner_macro_f1"))
        return float(micro), float(macro)

    return run


WAYS = {"hapjong": hapjong_way, "seqeval": seqeval_way, "nervaluate": nervaluate_way}


def _mention(number: int, span: Labelled) -> Mention:
    """A gold mention; those with an entity have any of the made-up ones."""
    start, end, kind = span
    entity = f"entity-{(start * 31 + end) % ENTITIES}"
    return Mention(id=f"m{number}", start=start, end=end, type=kind, entity=sys.intern(entity))


def _predicted(spans: Sequence[Labelled]) -> tuple[PredictedMention, ...]:
    return tuple(PredictedMention(start=start, end=end, type=kind) for start, end, kind in spans)


def best_of(turns: int, sentences: Sequence[Sentence]) -> dict[str, Result]:
    """The best turn of each way; they take turns, so that a slow spell is no one's alone."""
    ways = {name: prepare(sentences) for name, prepare in WAYS.items()}
    best: dict[str, Result] = {}
    for _ in range(turns):
        for name, run in ways.items():
            start = time.process_time()
            micro, macro = run()
            result = Result(time.process_time() - start, float(micro), float(macro))
            best[name] = min(best.get(name, result), result)
    return best


def compare_with_peers(sentences: int, turns: int) -> list[str]:
    """Print rates and F1 of every way; the claims that do not hold."""
    random = Random(13)  # noqa: S311 - no secret
    made_up = [made_up_sentence(random) for _ in range(sentences)]
    found = best_of(turns, made_up)
    mentions = sum(len(one.gold) for one in made_up)
    print(f"{sentences} sentences, {mentions} gold mentions")
    for name, one in found.items():
        print(
            f"{name:12}{one.seconds:8.3f} s{sentences / one.seconds:10.0f} sentences/s"
            f"   micro F1 {one.micro:.15f}   macro F1 {one.macro:.15f}"
        )
    ours = found.pop("hapjong")
    times = min(one.seconds for one in found.values()) / ours.seconds
    print(f"{times:.1f} times the rate of the faster of the two", flush=True)
    claims = {f"less than {FASTER:.0f} times the rate of the faster peer": times >= FASTER}
    for name, one in found.items():
        off = max(abs(one.micro - ours.micro), abs(one.macro - ours.macro))
        claims[f"another F1 than {name}"] = off <= TOLERANCE
    return [fault for fault, holds in claims.items() if not holds]


def made_up_article(random: Random, article_id: str) -> tuple[int, Annotation, Prediction]:
    """The length of an article, its gold and a prediction; it keeps the shape of the scheme."""
    length = 0
    gold: list[Labelled] = []
    predicted: list[Labelled] = []
    for _ in range(SENTENCES):
        sentence = made_up_sentence(random, length)
        length += sentence.length
        gold += sentence.gold
        predicted += sentence.predicted
    mentions = tuple(_mention(number, span) for number, span in enumerate(gold, 1))
    partnerships = tuple(_partnership(random, number, mentions) for number in range(PARTNERSHIPS))
    stances = tuple(
        Stance(
            id=f"s{number}", start=0, end=1, polarity=random.choice(POLARITIES), target="m1"
        )
        for number in range(STANCES)
    )  # fmt: skip
    annotation = Annotation(
        scheme=SCHEME,
        article_id=article_id,
        annotator="gold",
        mentions=mentions,
        partnerships=partnerships,
        stances=stances,
        article_stance=random.choice(POLARITIES),
    )
    prediction = Prediction(
        article_id=article_id,
        mentions=_predicted(predicted),
        partnerships=tuple(_claims(random, annotation)),
        stances=tuple(
            PredictedStance(id=stance.id, polarity=random.choice(POLARITIES)) for stance in stances
        ),
        article_stance=random.choice(POLARITIES),
    )
    return length, annotation, prediction


def _partnership(random: Random, number: int, mentions: Sequence[Mention]) -> Partnership:
    kind = random.choice(tuple(PartnershipType))
    roles = (Role.PARTY, Role.PARTY) if kind in SYMMETRIC_TYPES else (Role.HEAD, Role.TAIL)
    chosen = zip(roles, random.sample(mentions, 2), strict=True)
    return Partnership(
        id=f"p{number}",
        start=0,
        end=1,
        type=kind,
        status=random.choice(tuple(Status)),
        parties=tuple(Party(role=role, mention=mention.id) for role, mention in chosen),
    )


def _claims(random: Random, gold: Annotation) -> Iterator[PredictedPartnership]:
    """One for each gold partnership: of its two mentions, or of others."""
    bounds = {mention.id: mention.bounds for mention in gold.mentions}
    for partnership in gold.partnerships:
        (head, tail), *_ = partnership.pairs()
        if random.random() < 0.5:
            head, tail = random.sample(sorted(bounds), 2)
        kind, status = partnership.type, random.choice(tuple(Status))
        yield PredictedPartnership(head=bounds[head], tail=bounds[tail], type=kind, status=status)


def make_large(folder: Path, articles: int) -> Corpus:
    """A corpus in memory; the predictions for it stand in ``predictions.jsonl``."""
    random = Random(13)  # noqa: S311 - no secret
    made: dict[str, Article] = {}
    gold: dict[str, Annotation] = {}
    with (folder / "predictions.jsonl").open("wb") as file:
        for number in range(articles):
            article_id = f"made-up-{number}"
            length, annotation, prediction = made_up_article(random, article_id)
            made[article_id] = Article(
                article_id=article_id, header=HEADER, split=Split.TEST, length=length, text=None
            )
            gold[article_id] = annotation
            file.write(msgspec.json.encode(prediction) + b"\n")
    registry = {
        f"entity-{number}": Entity(type=MentionType.ORG, ko=f"{number}", en=f"{number}")
        for number in range(ENTITIES)
    }
    return Corpus(Layout(folder), DataVersion("0.0.0", "made-up"), registry, made, gold, [])


class Large(NamedTuple):
    """The large submission: seconds by the clock, peak memory in MiB with the gold in it."""

    seconds: float
    memory: float
    scores: int
    mentions: int
    megabytes: float


def measure_large(articles: int) -> Large:
    """Read, check and score once in this process, which should do nothing else."""
    with TemporaryDirectory(prefix="hapjong-benchmark-") as name:
        folder = Path(name)
        corpus = make_large(folder, articles)
        path = folder / "predictions.jsonl"
        start = time.perf_counter()
        report = score(read_submission(path, Track.RAW, "0.0.0"), corpus, Split.TEST)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
        mentions, megabytes = report.scores["ner_f1"].gold, path.stat().st_size / 1e6
    return Large(seconds, memory, len(report.scores), mentions, megabytes)


def score_large(articles: int) -> list[str]:
    """Print what a large submission takes; the claims that do not hold."""
    command = [sys.executable, __file__, "--measure", str(articles)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    large = Large(*json.loads(done.stdout))
    print(
        f"{articles} articles, {large.mentions} gold mentions, {large.megabytes:.0f} MB of "
        f"predictions, {large.scores} scores: {large.seconds:.1f} s, {large.memory:.0f} MiB"
    )
    claims = {
        f"more than {SECONDS:.0f} s": large.seconds < SECONDS,
        f"more than {MEBIBYTES:.0f} MiB": large.memory < MEBIBYTES,
    }
    return [fault for fault, holds in claims.items() if not holds]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3, help="of each way; the best counts")
    parser.add_argument("--measure", type=int, metavar="ARTICLES")
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure_large(arguments.measure)))
        return 0
    faults = compare_with_peers(arguments.sentences, arguments.turns)
    faults += score_large(arguments.articles)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
