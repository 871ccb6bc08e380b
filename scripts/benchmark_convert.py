#!/usr/bin/env python3
"""Convert a large Label Studio export, beside label-studio-sdk's JSON_MIN converter.

Makes raw JSON exports of 500 and of 2,000 tasks (60 regions, 10 choices and 15 relations
each; made-up text), converts them both ways, each in a process of its own, and prints rate,
peak memory and what was kept.  Rates are by processor time, the best of several turns, so
that other work on the machine counts little.  Exit status 1 where one of these does not hold:
three times the rate of JSON_MIN, all relations and choices kept, and memory that does not grow
with the number of tasks.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec

from hapjong.annotation.convert import from_result, to_result
from hapjong.annotation.interface import render
from hapjong.annotation.stored import read_elements, read_task
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    ArticleHeader,
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
)

WORDS, REGIONS, CHOICES, RELATIONS = 450, 60, 10, 15
STANCES = 4  # a relation each; the partnerships share the others
FASTER = 3.0
GROWTH = 1.1
"""How much more memory the large export may take than the small one."""

HEADER = ArticleHeader(date=datetime.date(2025, 1, 1), event="made-up", genre=Genre.NEWS)


class Measured(NamedTuple):
    """One conversion: processor seconds, peak memory in MiB, and what its output holds."""

    seconds: float
    memory: float
    relations: int
    choices: int


def made_up_text(random: Random) -> tuple[str, list[dict[str, Any]]]:
    """Words of random syllables, and the places of some of them, in order."""
    words = [
        "".join(chr(random.randrange(0xAC00, 0xD7A4)) for _ in range(random.randint(2, 5)))
        for _ in range(WORDS)
    ]
    chosen = set(random.sample(range(WORDS), REGIONS))
    places, start = [], 0
    for index, word in enumerate(words):
        if index in chosen:
            name = f"{random.getrandbits(50):010x}"
            places.append({"id": name, "start": start, "end": start + len(word)})
        start += len(word) + 1
    return " ".join(words), places


def made_up_annotation(random: Random, number: int) -> tuple[Annotation, str]:
    """An annotation of the wanted size; it keeps no rule of the scheme but its shape."""
    text, places = made_up_text(random)
    random.shuffle(places)
    stances, partnerships = places[:STANCES], places[STANCES : STANCES + CHOICES]
    mentions = [
        Mention(**place, type=random.choice(list(MentionType)))
        for place in places[STANCES + CHOICES :]
    ]
    pairs = RELATIONS - STANCES - CHOICES  # partnerships with a second party

    def parties(index: int) -> tuple[Party, ...]:
        chosen = random.sample(mentions, 2 if index < pairs else 1)
        return tuple(Party(role=Role.PARTY, mention=mention.id) for mention in chosen)

    annotation = Annotation(
        scheme=SCHEME,
        article_id=f"made-up-{number}",
        annotator="made-up",
        mentions=tuple(mentions),
        partnerships=tuple(
            Partnership(
                **place,
                type=random.choice(list(PartnershipType)),
                status=random.choice(list(Status)),
                parties=parties(index),
            )
            for index, place in enumerate(partnerships)
        ),
        stances=tuple(
            Stance(**place, polarity=Polarity.FAVOR, target=random.choice(mentions).id)
            for place in stances
        ),
        article_stance=Polarity.NEUTRAL,
    )
    return annotation, text


def write_export(path: Path, tasks: int, seed: int = 13) -> None:
    """A raw JSON export as Label Studio writes it."""
    random = Random(seed)  # noqa: S311 - no secret
    stamps = {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, tasks + 1):
            annotation, text = made_up_annotation(random, number)
            stored = {
                "id": number,
                "completed_by": 1,
                "result": to_result(annotation, text),
                "was_cancelled": False,
                **stamps,
                "lead_time": 60.0,
                "prediction": {},
                "task": number,
                "updated_by": 1,
            }
            data = {"article_id": annotation.article_id, "text": text}
            task = {"id": number, "annotations": [stored], "data": data, **stamps, "project": 1}
            file.write("[" if number == 1 else ",")
            json.dump(task, file, ensure_ascii=False)
        file.write("]")


def convert_here(export: Path, output: Path) -> None:
    """Our way: one annotation in canonical form on each line of the output."""
    encode = msgspec.json.encode
    with output.open("wb") as file:
        file.writelines(encode(annotation) + b"\n" for annotation in annotations(export))


def annotations(export: Path) -> Iterator[Annotation]:
    for element in read_elements(export):
        task = read_task(element, str(export))
        text = task.data["text"]
        article = Article(
            article_id=task.data["article_id"],
            header=HEADER,
            split=Split.TRAIN,
            length=len(text),
            text=text,
        )
        yield from_result(task.annotations[0].result, article, "made-up")


def convert_json_min(export: Path, output: Path) -> None:
    from label_studio_sdk.converter import Converter

    converter = Converter(render(), project_dir=None)
    converter.convert_to_json_min(str(export), str(output), is_dir=False)


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "hapjong": convert_here,
    "JSON_MIN": convert_json_min,
}


def kept(way: str, output: Path) -> tuple[int, int]:
    """How many relations and per-region choices the output holds."""
    if way == "JSON_MIN":
        tasks = msgspec.json.decode((output / "result.json").read_bytes())
        relations = sum(len(task.get("relations", [])) for task in tasks)
        return relations, sum(_count(task.get("status")) for task in tasks)
    relations = choices = 0
    with output.open("rb") as file:
        for line in file:
            annotation = msgspec.json.decode(line, type=Annotation)
            partnerships, stances = annotation.partnerships, annotation.stances
            relations += sum(len(partnership.parties) for partnership in partnerships)
            relations += sum(1 + (stance.holder is not None) for stance in stances)
            choices += len(partnerships)
    return relations, choices


def _count(choices: object) -> int:
    return len(choices) if isinstance(choices, list) else int(choices is not None)


def measure(way: str, export: Path, output: Path) -> Measured:
    """Convert once in this process, which should do nothing else; the import is not timed."""
    if way == "JSON_MIN":
        import label_studio_sdk.converter  # noqa: F401
    start = time.process_time()
    WAYS[way](export, output)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    return Measured(seconds, memory, *kept(way, output))


def measure_apart(way: str, export: Path) -> Measured:
    """Convert once, in a process of its own."""
    with TemporaryDirectory(dir=export.parent) as folder:
        command = [sys.executable, __file__, "--measure", way, str(export), f"{folder}/output"]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        return Measured(*json.loads(answer.stdout))


def best_of(turns: int, export: Path) -> dict[str, Measured]:
    """The best turn of each way; they take turns, so that a slow spell is no one's alone."""
    found = [{way: measure_apart(way, export) for way in WAYS} for _ in range(turns)]
    return {way: min(turn[way] for turn in found) for way in WAYS}


def failures(tasks: int, ours: Measured, theirs: Measured, small: Measured) -> list[str]:
    """The claims that do not hold."""
    claims = {
        f"less than {FASTER} times the rate of JSON_MIN": theirs.seconds >= FASTER * ours.seconds,
        "relations are lost": ours.relations == RELATIONS * tasks,
        "choices are lost": ours.choices == CHOICES * tasks,
        "memory grows with the number of tasks": ours.memory <= GROWTH * small.memory,
    }
    return [fault for fault, holds in claims.items() if not holds]


def benchmark(tasks: int, turns: int) -> int:
    sizes = (max(1, tasks // 4), tasks)
    table: dict[tuple[str, int], Measured] = {}
    print(f"{'':10}{'tasks':>7}{'MB':>7}{'tasks/s':>9}{'MiB':>7}{'relations':>11}{'choices':>9}")
    with TemporaryDirectory(prefix="hapjong-benchmark-") as folder:
        for size in sizes:
            export = Path(folder) / f"{size}.json"
            write_export(export, size)
            megabytes = export.stat().st_size / 1e6
            for way, one in best_of(turns, export).items():
                table[way, size] = one
                print(
                    f"{way:10}{size:7}{megabytes:7.1f}{size / one.seconds:9.0f}{one.memory:7.0f}"
                    f"{one.relations:11}{one.choices:9}",
                    flush=True,
                )
    ours, theirs = table["hapjong", tasks], table["JSON_MIN", tasks]
    print(f"{theirs.seconds / ours.seconds:.2f} times the rate of JSON_MIN")
    faults = failures(tasks, ours, theirs, table["hapjong", sizes[0]])
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=3, help="of each conversion; the best counts")
    parser.add_argument("--measure", nargs=3, metavar=("WAY", "EXPORT", "OUTPUT"))
    arguments = parser.parse_args()
    if arguments.measure:
        way, export, output = arguments.measure
        print(json.dumps(measure(way, Path(export), Path(output))))
        return 0
    return benchmark(arguments.tasks, arguments.turns)


if __name__ == "__main__":
    sys.exit(main())
