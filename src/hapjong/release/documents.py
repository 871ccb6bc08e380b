"""``hapjong documents``: the figures in README and card, written from the data.

A generated part stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``; what is
written by hand around it is left alone.  A test fails when a part is stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from hapjong.corpus.dataset import Corpus
from hapjong.release.changelog import release_date
from hapjong.release.kept_agreement import (
    ALPHAS,
    HEADLINES,
    LAYERS,
    Estimate,
    LabelAgreement,
    headline_agreement,
    kept_agreement,
)
from hapjong.release.statistics import dump_statistics, statistics
from hapjong.schema import Annotation, Article

DOCUMENTS = ("README.md", "DATASET_CARD.md")
_PART = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def fresh_documents(corpus: Corpus) -> dict[Path, bytes]:
    """What each document and the statistics should be, by path.

    Raises KeyError for a part that nothing makes.
    """
    root = corpus.layout.root
    fresh = {corpus.layout.statistics: dump_statistics(corpus)}
    for name in DOCUMENTS:
        text = (root / name).read_text()
        fresh[root / name] = _PART.sub(lambda part: _renew(part, corpus), text).encode()
    return fresh


def _renew(part: re.Match[str], corpus: Corpus) -> str:
    return f"{part[1]}{_MAKERS[part[2]](corpus)}\n{part[3]}"


def _sizes(corpus: Corpus) -> str:
    """A table of the splits."""
    columns = ("articles", "from", "to", "characters", "mentions", "partnerships", "stances")
    splits = msgspec.to_builtins(statistics(corpus).splits)
    rows = [
        [f"`{split}`", *(_figure(sizes[column]) for column in columns)]
        for split, sizes in splits.items()
    ]
    return _table(["split", *columns], rows)


def _labels(corpus: Corpus) -> str:
    """A table of every label with how often it was given."""
    counted = statistics(corpus)
    layers = ("mentions", "partnerships", "statuses", "polarities", "article_stances")
    rows = [
        [
            layer.replace("_", " "),
            ", ".join(f"{label} {n}" for label, n in getattr(counted, layer).items()),
        ]
        for layer in layers
    ]
    pairs = counted.linked_pairs
    rows.append(["linked pairs", f"{pairs.all}, of which {pairs.in_re} are in `re`"])
    return _table(["layer", "labels"], rows)


def _record(corpus: Corpus) -> str:
    """The shortest partnership with a stance on it, from a written article, as it is stored."""
    article, gold = min(
        (
            (article, corpus.gold[key])
            for key, article in sorted(corpus.articles.items())
            if article.text is not None and article.split in ("train", "validation", "test")
            if _sample(corpus.gold[key]) is not None
        ),
        key=lambda pair: pair[0].length,
    )
    return _show_record(article, gold)


def _sample(gold: Annotation) -> tuple[str, str] | None:
    """A partnership and a stance with a holder towards it."""
    partnerships = {partnership.id for partnership in gold.partnerships}
    for stance in gold.stances:
        if stance.target in partnerships and stance.holder is not None:
            return stance.target, stance.id
    return None


def _show_record(article: Article, gold: Annotation) -> str:
    chosen = _sample(gold) or ("", "")
    partnership = next(p for p in gold.partnerships if p.id == chosen[0])
    stance = next(s for s in gold.stances if s.id == chosen[1])
    named = {party.mention for party in partnership.parties} | {stance.holder}
    mentions = [m for m in gold.mentions if m.id in named]
    records = [*mentions, partnership, stance]
    lines = ",\n".join(f" {msgspec.json.encode(record).decode()}" for record in records)
    return f"From `dataset/gold/{article.article_id}.json`:\n\n```json\n[\n{lines}\n]\n```"


def _agreement(corpus: Corpus) -> str:
    """A table of two blind annotators' agreement, a column a round."""
    rounds = headline_agreement(corpus.layout)
    captions = [*HEADLINES.values(), *ALPHAS.values()]
    rows = [
        [caption, *(_percent(figure) for found in rounds.values() for figure in found[caption])]
        for caption in captions
    ]
    head = [word for name in rounds for word in (name, "over the union")]
    return _table(["figure", *head], rows)


def _agreement_labels(corpus: Corpus) -> str:
    """A table of agreement on each label, two columns a round."""
    pairs = kept_agreement(corpus.layout)
    head = ["layer", "label"]
    for pair in pairs:
        head += [f"{pair.round}, F1", f"{pair.first} · {pair.second}"]
    rows = []
    for layer, labels in LAYERS.items():
        for label in labels:
            found = [pair.labels.get(layer, {}).get(label) for pair in pairs]
            if any(found):
                cells = [cell for of in found for cell in _label_cells(of)]
                rows.append([layer.replace("_", " "), str(label), *cells])
    return _table(head, rows)


def _label_cells(of: LabelAgreement | None) -> tuple[str, str]:
    """F1, and how often each of the two gave the label."""
    if of is None:
        return "–", "–"
    interval = _percent(Estimate(of.f1, of.low, of.high))
    return f"{100 * of.f1:.1f}" if of.low is None else interval, f"{of.first:,} · {of.second:,}"


def _percent(figure: Estimate) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    return f"{100 * figure.value:.1f} [{100 * figure.low:.1f}, {100 * figure.high:.1f}]"


def _leaderboard(corpus: Corpus) -> str:
    """LEADERBOARD.md from its first table on, which is how `hapjong leaderboard` scored it."""
    lines = corpus.layout.leaderboard.read_text().splitlines()
    tables = lines[next((i for i, line in enumerate(lines) if line.startswith("## ")), 0) :]
    return "\n".join(["", *(line.removeprefix("## ") for line in tables), ""])


def _citation(corpus: Corpus) -> str:
    """BibTeX for this version; one that is not released has no year yet."""
    number = corpus.version.number
    released = release_date(corpus.layout, number)
    year = [f"  year   = {{{released.year}}},"] if released else []
    lines = [
        "@misc{hapjong,",
        "  title  = {HapJong: a Korean benchmark of news about alliances between AI companies},",
        "  author = {{HapJong maintainers}},",
        *year,
        f"  note   = {{Data version {number}}}",
        "}",
    ]
    return "\n".join(["```bibtex", *lines, "```"])


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _figure(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


_MAKERS: Mapping[str, Callable[[Corpus], str]] = {
    "sizes": _sizes,
    "labels": _labels,
    "record": _record,
    "agreement": _agreement,
    "agreement_labels": _agreement_labels,
    "leaderboard": _leaderboard,
    "citation": _citation,
}
