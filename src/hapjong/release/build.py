"""``hapjong build``: the Hub repository, whole, under ``build/hub/``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hapjong.corpus.dataset import Corpus
from hapjong.problems import Problem, ProblemsError, read_yaml
from hapjong.release.canary import canary_section, read_canary
from hapjong.release.croissant import dump_croissant
from hapjong.release.eval_tasks import dump_eval_tasks
from hapjong.release.features import FEATURES
from hapjong.release.gold import RELEASE, dump_release
from hapjong.release.pictures import card_section, draw
from hapjong.release.rows import DEFAULT_CONFIG, data_file, rows_of
from hapjong.release.statistics import dump_statistics, statistics

PICTURES = "pictures"

Sizes = Mapping[str, Mapping[str, int]]


def build(corpus: Corpus, url: str | None = None) -> Sizes:
    """Write the repository; the number of rows by configuration and split.

    ``url`` is the page that it is for, where it is to be pushed.
    It is made beside its place and moved there whole, so that no half build is ever read.
    The same input gives the same bytes, with the same versions of pyarrow, datasets and
    matplotlib.
    Raises ProblemsError where the gold, the rounds, the canary or the card cannot be released.
    """
    canary = read_canary(corpus.layout)
    target = corpus.layout.hub
    staging = target.with_name(f"{target.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    sizes = {config: _write_config(corpus, config, staging, canary) for config in FEATURES}
    card = corpus.layout.root / "DATASET_CARD.md"
    text = make_card(card, corpus.layout.name(card), sizes, staging)
    text += _write_pictures(corpus, staging) + canary_section(canary)
    (staging / "README.md").write_text(text)
    (staging / "croissant.json").write_bytes(dump_croissant(corpus, sizes, staging, text, url))
    (staging / "eval.yaml").write_text(dump_eval_tasks())
    (staging / RELEASE).write_bytes(dump_release(corpus))
    (staging / "statistics.json").write_bytes(dump_statistics(corpus))
    shutil.copy(corpus.layout.root / "LICENSE-DATA", staging / "LICENSE")
    shutil.copy(corpus.layout.root / "CHANGELOG.md", staging / "CHANGELOG.md")
    shutil.rmtree(target, ignore_errors=True)
    staging.rename(target)
    return sizes


def _write_config(corpus: Corpus, config: str, folder: Path, canary: str) -> dict[str, int]:
    import pyarrow.parquet as pq
    from datasets import Dataset

    (folder / config).mkdir(parents=True)
    sizes = {}
    for split, rows in rows_of(corpus, config).items():
        if not rows:
            continue  # load_dataset cannot read a split without rows
        table = Dataset.from_list(rows, features=FEATURES[config]).data.table
        # `Dataset.to_parquet` takes no metadata; what it sets for the Hub (chunks that are
        # stored once over all versions, an index for the viewer) is set here as well.
        noted = {**(table.schema.metadata or {}), b"canary": canary.encode()}
        pq.write_table(  # type: ignore[no-untyped-call]
            table.replace_schema_metadata(noted),
            folder / data_file(config, split),
            use_content_defined_chunking=True,
            write_page_index=True,
        )
        sizes[split] = len(rows)
    return sizes


def _write_pictures(corpus: Corpus, folder: Path) -> str:
    """Draw the statistics; the part of the card that shows them."""
    (folder / PICTURES).mkdir()
    drawn = draw(statistics(corpus))
    for picture, svg in drawn:
        (folder / PICTURES / f"{picture.name}.svg").write_bytes(svg)
    return card_section((picture for picture, _ in drawn), PICTURES)


def make_card(card: Path, file: str, sizes: Sizes, folder: Path) -> str:
    """The repository's README: the dataset card with its configurations in the front matter.

    ``folder`` holds the files of the configurations.
    """
    parts = card.read_text().split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        fault = "front matter between two lines '---' is expected at the top"
        raise ProblemsError([Problem(file, "line 1", fault)])
    header: dict[str, Any] = read_yaml(parts[1].encode(), file)
    header["size_categories"] = [size_category(sum(sizes[DEFAULT_CONFIG].values()))]
    header["configs"] = [_config_entry(config, splits) for config, splits in sizes.items()]
    header["dataset_info"] = _dataset_info(sizes, folder)
    front_matter = yaml.safe_dump(header, allow_unicode=True, sort_keys=False)
    return f"---\n{front_matter}---\n{parts[2]}"


def size_category(rows: int) -> str:
    """The Hub's name for a number of rows."""
    names = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M")
    return names[max(0, len(str(rows)) - 3)]


def _dataset_info(sizes: Sizes, folder: Path) -> Any:
    """Features and sizes of every configuration, in the form that `datasets` gives them."""
    from datasets import DatasetInfo
    from datasets.info import DatasetInfosDict
    from datasets.splits import SplitDict, SplitInfo
    from huggingface_hub import DatasetCardData

    infos = DatasetInfosDict()
    for config, splits in sizes.items():
        files = {split: folder / data_file(config, split) for split in splits}
        read = {split: _bytes_in_memory(path) for split, path in files.items()}
        infos[config] = DatasetInfo(
            features=FEATURES[config],
            splits=SplitDict(
                (split, SplitInfo(split, num_bytes=read[split], num_examples=rows))
                for split, rows in splits.items()
            ),
            download_size=sum(path.stat().st_size for path in files.values()),
            dataset_size=sum(read.values()),
        )
    described = DatasetCardData()
    infos.to_dataset_card_data(described)
    return described["dataset_info"]


def _bytes_in_memory(path: Path) -> int:
    import pyarrow.parquet as pq

    size: int = pq.read_table(path).nbytes  # type: ignore[no-untyped-call]
    return size


def _config_entry(config: str, splits: Mapping[str, int]) -> dict[str, Any]:
    entry: dict[str, Any] = {"config_name": config}
    if config == DEFAULT_CONFIG:
        entry["default"] = True
    entry["data_files"] = [{"split": split, "path": data_file(config, split)} for split in splits]
    return entry
