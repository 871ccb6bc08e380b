"""Tests of hapjong.evaluation.agreement: against peers, by its own laws, and by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import krippendorff
import msgspec
import numpy as np
import pytest
from evaluation_strategies import REGISTRY, make_case
from msgspec.structs import replace
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import accuracy_score, f1_score

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.agreement import (
    Estimate,
    agreement,
    alpha,
    compare,
    equal_share,
    gammas,
    label_figures,
    pairwise_f1,
    read_round,
    span_figures,
    union_share,
)
from hapjong.evaluation.agreement_items import (
    LABELS,
    ROW,
    Both,
    count_labels,
    count_rows,
    labellings,
)
from hapjong.evaluation.agreement_page import render
from hapjong.evaluation.disagreements import Place, disagreements
from hapjong.evaluation.matching import Item, assign, match
from hapjong.schema import (
    Annotation,
    MentionType,
    Party,
    Polarity,
    Role,
    Stance,
    Status,
    dump_annotation,
)

CASES = 600
MABA, OPINION, PRESS = "2025-03-maba-investment-1", "2025-01-gana-dara-2", "2025-02-press-review-1"
ROUND = "pilot"
Require = Callable[[str], None]


def second_of(rng: Random, first: Annotation) -> Annotation:
    """What another annotator might make of the same article."""

    def perhaps(likely: float) -> bool:
        return rng.random() < likely

    def moved(start: int, end: int) -> dict[str, int]:
        return {"start": start, "end": end + 1} if perhaps(0.2) else {"start": start, "end": end}

    linked = {party.mention for p in first.partnerships for party in p.parties}
    return replace(
        first,
        mentions=tuple(
            replace(m, type=rng.choice(list(MentionType)) if perhaps(0.2) else m.type)
            for m in first.mentions
            if m.id in linked or perhaps(0.8)
        ),
        partnerships=tuple(
            replace(p, status=rng.choice(list(Status)), **moved(p.start, p.end))
            for p in first.partnerships
            if perhaps(0.8)
        ),
        stances=tuple(
            replace(s, polarity=rng.choice(list(Polarity)), **moved(s.start, s.end))
            for s in first.stances
            if perhaps(0.8)
        ),
        article_stance=rng.choice(list(Polarity)),
    )


def random_both(rng: Random) -> Both:
    first = make_case(rng).gold
    stances = tuple(
        Stance(
            id=f"s{number}",
            start=at,
            end=at + rng.randint(1, 4),
            polarity=rng.choice(list(Polarity)),
            target=first.mentions[0].id,
        )
        for number, at in enumerate(rng.sample(range(9), rng.randint(0, 4)))
        if first.mentions
    )
    first = replace(first, stances=stances)
    return Both(first, second_of(rng, first))


PAIRS = [random_both(Random(seed)) for seed in range(CASES)]


def test_the_assignment_is_as_good_as_that_of_scipy() -> None:
    rng = np.random.default_rng(13)
    for _ in range(CASES):
        weights = rng.integers(0, 50, size=rng.integers(1, 7, size=2))
        found = assign(weights.tolist())
        assert len({i for i, _ in found}) == len({j for _, j in found}) == min(weights.shape)
        best = weights[linear_sum_assignment(weights, maximize=True)].sum()
        assert sum(weights[i, j] for i, j in found) == best


def random_items(rng: Random) -> list[Item]:
    starts = rng.choices(range(20), k=rng.randint(0, 7))
    return [Item(at, at + rng.randint(1, 5), rng.choice("xy")) for at in starts]


def test_as_many_spans_as_can_be_are_coupled_one_to_one() -> None:
    rng = Random(13)
    for _ in range(CASES):
        first, second = random_items(rng), random_items(rng)
        couples = match(first, second)
        assert all(first[i].overlaps(second[j]) for i, j in couples)
        assert match(second, first) == sorted((j, i) for i, j in couples)
        table = np.array([[a.overlaps(b) for b in second] for a in first], int)
        best = table[linear_sum_assignment(table, maximize=True)].sum() if table.size else 0
        assert len(couples) == best


def test_couples_have_the_same_boundaries_then_label_then_are_close_where_there_is_a_choice() -> (
    None
):
    first = [Item(0, 10, "favor")]
    assert match(first, [Item(8, 12, "favor"), Item(0, 10, "against")]) == [(0, 1)]
    assert match(first, [Item(0, 10, "against"), Item(0, 10, "favor")]) == [(0, 1)]
    assert match(first, [Item(1, 10, "against"), Item(8, 12, "favor")]) == [(0, 1)]
    assert match(first, [Item(8, 12, "favor"), Item(1, 10, "favor")]) == [(0, 1)]
    assert match(first, [Item(10, 12, "favor")]) == []


def test_f1_is_that_of_sklearn() -> None:
    compared = 0
    for both in PAIRS:
        first, second = ({(m.bounds, m.type) for m in one.mentions} for one in both)
        if union := sorted(first | second):
            found = count_rows(both, REGISTRY)
            rows = [ROW[f"mention_exact:{kind}"] for kind in MentionType]
            peer = f1_score([item in first for item in union], [item in second for item in union])
            assert pairwise_f1(found[rows].sum(axis=0)) == pytest.approx(peer)
            compared += 1
    assert compared >= 500


def test_alpha_is_that_of_krippendorff_and_equal_labels_those_of_sklearn() -> None:
    compared = 0
    for start in range(0, CASES, 5):
        pairs = PAIRS[start : start + 5]
        tables = [count_labels(both, REGISTRY) for both in pairs]
        for name, labels in LABELS.items():
            items = [item for both in pairs for item in labellings(both, REGISTRY)[name]]
            table = sum(of_article[name] for of_article in tables)
            shared = [item for item in items if None not in item]
            for found, rows in ((table[:-1, :-1], shared), (table, items)):
                codes = np.array([[*labels, None].index(x) for row in rows for x in row], float)
                if len(set(codes)) < 2:  # the peer has no figure where nothing can differ
                    continue
                data = codes.reshape(-1, 2).T
                peer = krippendorff.alpha(data, level_of_measurement="nominal")
                assert alpha(found) == pytest.approx(peer)
                assert equal_share(found) == pytest.approx(accuracy_score(*data))
                compared += 1
    assert compared >= 500


def every_estimate(pairs: list[Both]) -> dict[str, Estimate]:
    spans = span_figures(np.stack([count_rows(both, REGISTRY) for both in pairs]))
    labels = label_figures([count_labels(both, REGISTRY) for both in pairs])
    found = {f"{name} {part}": getattr(figure, part) for name, figure in spans.items()
             for part in ("f1", "union")}  # fmt: skip
    parts = ("agreement", "alpha", "agreement_union", "alpha_union")
    found |= {f"{name} {part}": getattr(f, part) for name, f in labels.items() for part in parts}
    return found


def test_an_annotator_compared_with_itself_gets_1_everywhere(require: Require) -> None:
    require("opt_gamma")
    pairs = [Both(both.first, both.first) for both in PAIRS[:40]]
    whole = Estimate(value=1.0, low=1.0, high=1.0)
    assert {name: e for name, e in every_estimate(pairs).items() if e != whole} == {}
    assert gammas(pairs) == {"mention": whole, "evidence": whole, "stance": whole}
    for both in PAIRS:
        counts = count_rows(Both(both.first, both.first), REGISTRY)
        assert (counts == counts[:, :1]).all()


def test_what_neither_has_gets_no_figure() -> None:
    empty = replace(PAIRS[0].first, mentions=(), partnerships=(), stances=())
    nothing = Estimate(value=None, low=None, high=None)
    found = every_estimate([Both(empty, empty)])
    assert {name for name, e in found.items() if e != nothing} == {
        f"article_stance {part}"
        for part in ("agreement", "alpha", "agreement_union", "alpha_union")
    }


def test_figures_are_the_same_whoever_is_called_the_first(require: Require) -> None:
    require("opt_gamma")
    for start in range(0, 48, 6):
        pairs = PAIRS[start : start + 6]
        turned = [Both(both.second, both.first) for both in pairs]
        assert every_estimate(pairs) == every_estimate(turned)
    assert gammas(PAIRS[:12]) == gammas([Both(b.second, b.first) for b in PAIRS[:12]])
    for both in PAIRS:
        counts, turned_counts = (count_rows(b, REGISTRY) for b in (both, Both(*both[::-1])))
        assert (counts[:, [0, 2, 1]] == turned_counts).all()


def test_the_figure_over_the_union_is_never_above_that_over_shared_items() -> None:
    strictly = 0
    for both in PAIRS:
        counts = count_rows(both, REGISTRY)
        known = counts.sum(axis=1) > 0
        strictly += int((union_share(counts)[known] < pairwise_f1(counts)[known]).sum())
        assert (union_share(counts)[known] <= pairwise_f1(counts)[known]).all()
        for table in count_labels(both, REGISTRY).values():
            shared, union = equal_share(table[:-1, :-1]), equal_share(table)
            assert np.isnan(shared) or union <= shared
    assert strictly > 500


def test_disagreements_are_none_exactly_where_annotations_say_the_same(corpus: Corpus) -> None:
    for gold in corpus.gold.values():
        article = corpus.articles[gold.article_id]
        assert disagreements(Both(gold, gold), article, corpus.registry) == []


# By hand, and the command.


def write(layout: Layout, annotator: str, annotation: Annotation) -> None:
    folder = layout.rounds / ROUND / annotator
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{annotation.article_id}.json"
    path.write_bytes(dump_annotation(replace(annotation, annotator=annotator)))


def changed(gold: Annotation) -> Annotation:
    """The article MABA as another sees it: who invests is turned round, among other things."""
    first, second, third = gold.partnerships

    def turned(parties: tuple[Party, ...]) -> tuple[Party, ...]:
        other = {Role.HEAD: Role.TAIL, Role.TAIL: Role.HEAD}
        return tuple(replace(party, role=other[party.role]) for party in parties)

    return replace(
        gold,
        mentions=tuple(mention for mention in gold.mentions if mention.id != "m3"),
        partnerships=(
            replace(first, start=13, surface="1억 달러 유치", parties=turned(first.parties)),
            replace(second, parties=turned(second.parties)),
            replace(third, status=Status.SPECULATED),
        ),
        stances=(replace(gold.stances[0], polarity=Polarity.NEUTRAL),),
        article_stance=Polarity.FAVOR,
    )


@pytest.fixture
def pilot(repository: Layout, corpus: Corpus) -> Layout:
    """Two annotators: both have MABA, in which they differ, and OPINION, in which they do not."""
    for annotation in corpus.gold.values():
        write(repository, "kim", annotation)
    write(repository, "lee", changed(corpus.gold[MABA]))
    write(repository, "lee", corpus.gold[OPINION])
    return repository


def test_a_small_case_worked_out_by_hand(pilot: Layout) -> None:
    report = compare(read_round(pilot, ROUND), "kim", "lee")
    assert (report.articles, report.only_second) == (2, [])
    assert report.only_first == ["2025-01-gana-dara-1", PRESS]
    values = {
        name: (f.f1.value, f.union.value, f.shared, f.first, f.second)
        for name, f in report.spans.items()
    }
    assert values["mention_exact"] == (round(18 / 19, 6), 0.9, 9, 10, 9)
    assert values["mention_exact:QUANTITY"] == (round(2 / 3, 6), 0.5, 1, 2, 1)
    assert values["type"] == (1, 1, 3, 3, 3)
    assert values["partnership"] == (round(2 / 3, 6), 0.5, 2, 3, 3)
    assert values["status"] == (round(1 / 3, 6), 0.2, 1, 3, 3)
    assert values["evidence_exact"] == (0.75, 0.6, 3, 4, 4)
    assert values["evidence_overlap"] == (1, 1, 4, 4, 4)
    assert values["stance_polarity"] == (0.5, round(1 / 3, 6), 1, 2, 2)
    assert values["mention_exact:PLACE"] == (None, None, 0, 0, 0)
    stance = report.labels["article_stance"]
    assert (stance.agreement.value, stance.alpha.value) == (0.5, 0.4)
    status = report.labels["status"]
    assert (status.agreement.value, status.agreement_union.value) == (0.5, 0.25)


def test_every_disagreement_is_listed_with_its_kind_and_place(pilot: Layout) -> None:
    report = compare(read_round(pilot, ROUND), "kim", "lee")
    assert {row.article for row in report.disagreements} == {MABA}
    assert {(row.layer, row.kind, row.sentence) for row in report.disagreements} == {
        ("mention", "missed by the second", 1),
        ("evidence", "boundary", 1),
        ("fact", "direction", 1),
        ("fact", "status", 3),
        ("stance", "polarity", 3),
        ("article_stance", "polarity", None),
    }
    missed = next(row for row in report.disagreements if row.layer == "mention")
    assert missed.first == Place(start=13, end=18, surface="1억 달러", label="QUANTITY")
    assert missed.second is None


def agree(layout: Layout, *options: str) -> int:
    return main(["--root", str(layout.root), "studio", "agreement", "--round", ROUND, *options])


def test_the_command_prints_json_and_writes_a_page(
    pilot: Layout, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(pilot, "lee", replace(corpus.gold[PRESS], article_stance=Polarity.AGAINST))
    write(pilot, "zoe", corpus.gold["2025-01-gana-dara-1"])
    assert agree(pilot, "--json", "--out", str(tmp_path / "page")) == DONE
    report = json.loads(capsys.readouterr().out)
    assert [(pair["first"], pair["second"]) for pair in report["pairs"]] == [
        ("kim", "lee"),
        ("kim", "zoe"),
    ]
    assert report["apart"] == [["lee", "zoe"]]
    of_press = [row for row in report["pairs"][0]["disagreements"] if row["article"] == PRESS]
    assert [(row["first"]["surface"], row["sentence"]) for row in of_press] == [(None, None)]
    page = (tmp_path / "page" / "index.html").read_text()
    assert page.count("<svg") == 2 * len(LABELS)
    assert "missed by lee" in page
    assert "1억 달러" in page
    assert "src=" not in page
    assert "href=" not in page


def test_the_command_prints_figures_and_says_where_the_page_is(
    pilot: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agree(pilot) == DONE
    printed = capsys.readouterr().out
    assert "kim × lee (2 articles)" in printed
    assert printed.splitlines()[-1] == f"build/agreement/{ROUND}/index.html"
    assert (pilot.build / "agreement" / ROUND / "index.html").is_file()
    assert f"annotation/rounds/{ROUND}/agreement.json" in printed


def stale(layout: Layout) -> list[str]:
    """Pairs whose kept figures are not those of the annotations; gamma takes too long."""
    found = []
    for path in sorted(layout.rounds.glob("*/agreement.json")):
        now = read_round(layout, path.parent.name)
        for pair in json.loads(path.read_bytes())["pairs"]:
            first, second = (now.annotations[pair[side]] for side in ("first", "second"))
            both = [Both(first[key], second[key]) for key in sorted(first.keys() & second.keys())]
            registry = now.corpus.registry
            spans = span_figures(np.stack([count_rows(one, registry) for one in both]))
            labels = label_figures([count_labels(one, registry) for one in both])
            kept = pair["articles"], pair["spans"], pair["labels"]
            if kept != tuple(json.loads(msgspec.json.encode((len(both), spans, labels)))):
                found.append(f"{path.parent.name}: {pair['first']} × {pair['second']}")
    return found


def test_no_kept_figure_is_stale() -> None:
    """Run `hapjong studio agreement --round NAME` where this fails, then `make documents`."""
    assert stale(Layout(Path(__file__).parents[2])) == []


def test_the_figures_are_kept_and_seen_to_be_stale(pilot: Layout, corpus: Corpus) -> None:
    assert agree(pilot) == DONE
    kept = json.loads(pilot.agreement(ROUND).read_bytes())
    [pair] = kept["pairs"]
    assert pair["spans"]["status"]["shared"] == 1
    assert "disagreements" not in pair
    assert stale(pilot) == []
    write(pilot, "lee", corpus.gold[MABA])
    assert stale(pilot) == [f"{ROUND}: kim × lee"]


def test_without_opt_gamma_there_is_no_gamma_and_the_page_says_so(
    pilot: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opt_gamma", None)
    report = agreement(read_round(pilot, ROUND))
    assert [pair.gamma for pair in report.pairs] == [None]
    assert "opt-gamma is not installed" in render(report)


def test_every_fault_of_a_round_is_told_at_once_and_nothing_is_written(
    pilot: Layout, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pilot.rounds / ROUND
    (folder / "kim" / f"{MABA}.json").write_text("{")
    (folder / "lee" / "2025-09-nothing-1.json").write_bytes(
        dump_annotation(replace(corpus.gold[MABA], annotator="lee"))
    )
    assert agree(pilot) == UNUSABLE_INPUT
    said = capsys.readouterr().err
    assert f"annotation/rounds/{ROUND}/kim/{MABA}.json: not JSON" in said
    assert f"annotation/rounds/{ROUND}/lee/2025-09-nothing-1.json" in said
    assert not pilot.build.exists()
    assert not pilot.agreement(ROUND).exists()


@pytest.mark.parametrize("name", ["nowhere", "", "..", "pilot/kim"])
def test_a_round_that_is_not_there_is_named(
    name: str, pilot: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(pilot.root), "studio", "agreement", "--round", name]) == 2
    assert capsys.readouterr().err == f"annotation/rounds: {name!r}: no such round\n"


def test_one_annotator_alone_or_without_a_common_article_is_refused(
    repository: Layout, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository, "kim", corpus.gold[MABA])
    assert agree(repository) == UNUSABLE_INPUT
    assert "between two annotators or more, found 1" in capsys.readouterr().err
    write(repository, "lee", corpus.gold[OPINION])
    assert agree(repository) == UNUSABLE_INPUT
    assert "no two annotators have an article in common" in capsys.readouterr().err
