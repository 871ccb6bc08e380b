"""``croissant.json``: valid by mlcroissant, whole, and a way to read every row."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.release.rows import GOLD, WRITTEN_SPLITS, rows_of
from hapjong.schema import dump_annotation

# What Croissant 1.1 requires of a dataset (docs/croissant-spec-1.1.md in mlcommons/croissant,
# "Dataset-level Information"), but what only a published version has: `url` and `datePublished`
# (tests/release/test_push.py).
REQUIRED = {
    *("@context", "@type", "conformsTo", "name", "description", "license", "creator"),
    *("distribution", "recordSet"),
}
# What it recommends or adds.  Of these are absent: `sameAs`, for the data are nowhere else, and
# `dateCreated` and `dateModified`, for a version has one date.
RECOMMENDED = {"version", "keywords", "publisher", "sdLicense", "inLanguage", "citeAs"}
RESPONSIBLE = {
    *("rai:dataCollection", "rai:dataBiases", "rai:dataLimitations", "rai:dataUseCases"),
    *("rai:dataSocialImpact", "rai:personalSensitiveInformation", "rai:hasSyntheticData"),
    *("rai:dataAnnotationProtocol", "rai:annotationsPerItem", "rai:machineAnnotationTools"),
    "rai:dataReleaseMaintenancePlan",
}


@pytest.fixture
def described(hub: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((hub / "croissant.json").read_text())
    return found


def test_required_keys(described: dict[str, Any]) -> None:
    """mlcroissant lets a missing or misspelt one pass."""
    for key in REQUIRED | RECOMMENDED | RESPONSIBLE:
        assert described.get(key), key
    assert described["isLiveDataset"] is False
    assert described.keys().isdisjoint({"url", "datePublished"})
    assert described["conformsTo"] == [
        "http://mlcommons.org/croissant/1.1",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert described["citeAs"] == "@misc{fixture}"


def test_every_key_of_responsible_use_is_known(
    described: dict[str, Any], require: Callable[[str], None]
) -> None:
    require("mlcroissant")
    from mlcroissant._src.core import constants

    known = {
        str(value).rpartition("/")[2]
        for name, value in vars(constants).items()
        if name.startswith("ML_COMMONS_RAI_")
    }
    used = {key.removeprefix("rai:") for key in described if key.startswith("rai:")}
    # Of RAI 1.1, which mlcroissant does not know yet.
    assert used - known == {"hasSyntheticData"}


def test_the_command_of_mlcroissant_accepts_it(hub: Path, require: Callable[[str], None]) -> None:
    require("mlcroissant")
    command = [sys.executable, "-m", "mlcroissant.scripts.validate"]
    done = subprocess.run(
        [*command, "--jsonld", str(hub / "croissant.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_records_are_the_rows(corpus: Corpus, hub: Path, require: Callable[[str], None]) -> None:
    require("mlcroissant")
    import mlcroissant

    from hapjong.release.features import FEATURES

    dataset = mlcroissant.Dataset(jsonld=hub / "croissant.json")
    assert {records.id for records in dataset.metadata.record_sets} == set(FEATURES)
    for config, features in FEATURES.items():
        found = [plain(record) for record in dataset.records(config)]
        expected = [
            {"split": split, **without_parties(features.encode_example(row))}
            for split, rows in sorted(rows_of(corpus, config).items())
            for row in rows
        ]
        assert found == expected, config


def test_every_party_is_readable(
    corpus: Corpus, hub: Path, described: dict[str, Any], require: Callable[[str], None]
) -> None:
    """mlcroissant reads no list in a list, so a record set of its own brings the parties."""
    require("mlcroissant")
    import mlcroissant

    from hapjong.release.features import FEATURES

    dataset = mlcroissant.Dataset(jsonld=hub / "croissant.json")
    role = FEATURES["parties"]["role"].int2str
    found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for record in map(plain, dataset.records("parties")):
        if record["annotator"] == GOLD:
            key = record["article_id"], record["partnership"]
            found[key].add((role(record["role"]), record["mention"]))
    assert found == {
        (article.article_id, partnership.id): {
            (str(party.role), party.mention) for party in partnership.parties
        }
        for split in WRITTEN_SPLITS
        for article in corpus.of_split(split)
        for partnership in corpus.gold[article.article_id].partnerships
    }
    [articles] = [of for of in described["recordSet"] if of["@id"] == "articles"]
    [field] = [of for of in articles["field"] if of["name"] == "articles/partnerships"]
    assert "record sets of their own: parties (by article_id" in field["description"]


def plain(value: Any) -> Any:
    """A record of mlcroissant without prefixes, bytes, and records that hold nothing."""
    if isinstance(value, Mapping):
        if all(part is None for part in value.values()):
            return None
        return {key.rpartition("/")[2]: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.decode() if isinstance(value, bytes) else value


def without_parties(row: dict[str, Any]) -> dict[str, Any]:
    """A list of records in a list of records is more than mlcroissant can read."""
    for partnership in row.get("partnerships", []):
        del partnership["parties"]
    return row


def test_files_are_as_described(hub: Path, described: dict[str, Any]) -> None:
    files = [part for part in described["distribution"] if part["@type"] == "cr:FileObject"]
    assert {part["contentUrl"] for part in files} == {
        str(path.relative_to(hub)) for path in hub.rglob("*.parquet")
    }
    for part in files:
        data = (hub / part["contentUrl"]).read_bytes()
        assert part["sha256"] == hashlib.sha256(data).hexdigest()


def test_date_and_annotators_come_from_the_data(corpus: Corpus) -> None:
    from hapjong.release.croissant import dump_croissant

    layout = corpus.layout
    annotated = next(iter(corpus.gold.values()))
    for annotator in ("kim", "lee"):
        path = layout.rounds / "pilot" / annotator / f"{annotated.article_id}.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(dump_annotation(replace(annotated, annotator=annotator)))
    number = corpus.version.number
    released = f"## Data {number} – 2026-12-01\n\n## Data 9.9.9 – 2027-01-01\n"
    (layout.root / "CHANGELOG.md").write_text(released)
    made = json.loads(dump_croissant(read_corpus(layout), {}, layout.hub, ""))
    assert made["datePublished"] == "2026-12-01"
    assert made["rai:annotationsPerItem"] == "0–2"
    assert "citeAs" not in made
