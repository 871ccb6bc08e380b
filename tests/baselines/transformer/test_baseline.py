"""The transformer learns from the training gold only and writes ordinary submissions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapjong.baselines.common import Example, ask
from hapjong.baselines.transformer.settings import Learning, Settings, read_settings
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import PredictedMention, read_submission
from hapjong.problems import ProblemsError
from hapjong.schema import MentionType, Split, Track

ORG, PRODUCT = MentionType.ORG, MentionType.PRODUCT
ROOT = Path(__file__).parents[3]
Require = Callable[[str], None]


@pytest.fixture
def part(corpus: Corpus, examples: list[Example], tmp_path: Path) -> Corpus:
    """The dataset with two training articles, in a repository of its own."""
    learned = {example.gold.article_id for example in examples}
    kept = {
        key: article
        for key, article in corpus.articles.items()
        if key in learned or article.split is not Split.TRAIN
    }
    return corpus._replace(articles=kept, layout=Layout(tmp_path))


def _run(
    settings: Settings, corpus: Corpus, track: Track = Track.RAW, **options: Any
) -> list[Path]:
    from hapjong.baselines.transformer.baseline import run_seeds

    folder = corpus.layout.submissions
    return list(run_seeds(settings, corpus, track, folder, **options))


@pytest.mark.parametrize("track", Track)
def test_it_writes_a_submission_for_each_seed(
    settings: Settings, part: Corpus, track: Track
) -> None:
    seeds = msgspec.structs.replace(settings, seeds=(7, 8))
    folders = _run(seeds, part, track, device="cpu")
    middle = "" if track is Track.RAW else f"{track}-"
    assert [f.name for f in folders] == [f"transformer-{middle}seed{n}" for n in (7, 8)]
    for folder in folders:
        submission = read_submission(folder, Track.RAW, part.version.number)
        assert submission.info.track is track
        score(submission, part, Split.TEST)
        answered = submission.predictions.values()
        assert all(len(p.stances) == len(part.gold[p.article_id].stances) for p in answered)
        if track is Track.GOLD_MENTIONS:
            assert not any(p.mentions for p in answered)
    if track is Track.RAW:  # so short a training finds mentions, but no pair between given ones
        first, second = ((folder / "predictions.jsonl").read_bytes() for folder in folders)
        assert first != second


def test_the_second_track_does_not_train_again(settings: Settings, part: Corpus) -> None:
    _run(settings, part)
    [reader, linker] = sorted(part.layout.trained.rglob("*.pt"), reverse=True)
    before = [path.stat().st_mtime_ns for path in (reader, linker)]
    _run(settings, part, Track.GOLD_MENTIONS)
    assert [path.stat().st_mtime_ns for path in (reader, linker)] == before
    other = msgspec.structs.replace(settings, status_weight=0.5)
    _run(other, part)
    kept = sorted(path.name.split("-")[0] for path in part.layout.trained.rglob("*.pt"))
    assert kept == ["linker", "linker", "reader"]


def test_it_knows_what_it_learned(
    settings: Settings, examples: list[Example], tmp_path: Path
) -> None:
    """Asked about its own training articles it is nearly right: nothing is lost on the way."""
    from hapjong.baselines.transformer.baseline import Transformer

    longer = Learning(window=40, batch=1, epochs=50, frozen=0, rate=2e-3, head_rate=2e-3)
    wider = msgspec.structs.replace(longer, window=120, epochs=40)
    whole = msgspec.structs.replace(settings, reader=longer, linker=wider)
    baseline = Transformer(whole, 7, tmp_path, "cpu")
    baseline.fit(examples)
    right = either = linked = links = 0
    for text, gold in examples:
        article = _Article(gold.article_id, text)
        answer = baseline.predict(ask(article, gold, Track.RAW))  # type: ignore[arg-type]
        wanted = {(m.start, m.end, m.type) for m in gold.mentions}
        found = {(m.start, m.end, m.type) for m in answer.mentions}
        right, either = right + len(wanted & found), either + len(wanted | found)
        polarities = {stance.id: stance.polarity for stance in gold.stances}
        assert {stance.id: stance.polarity for stance in answer.stances} == polarities
        given = baseline.predict(ask(article, gold, Track.GOLD_MENTIONS))  # type: ignore[arg-type]
        said, held = _facts(given.partnerships, gold), _gold_facts(gold)
        linked, links = linked + len(said & held), links + len(said | held)
    assert right > 0.8 * either
    assert linked >= 0.8 * links


def test_a_surface_has_one_type_in_an_article() -> None:
    from hapjong.baselines.transformer.baseline import one_type_each

    text = "그록 그록 그록 솔라 솔라"
    kinds = [ORG, PRODUCT, PRODUCT, PRODUCT, ORG]
    mentions = [
        PredictedMention(start=3 * number, end=3 * number + 2, type=kind)
        for number, kind in enumerate(kinds)
    ]
    found = one_type_each(text, mentions)
    # The more frequent one, and of two as frequent the first.
    assert [mention.type for mention in found] == [PRODUCT] * 5
    assert [(m.start, m.end) for m in found] == [(m.start, m.end) for m in mentions]
    assert one_type_each(text, []) == []


def test_what_is_read_is_the_mean_of_all_cuts(settings: Settings, tmp_path: Path) -> None:
    import torch

    from hapjong.baselines.names import Names
    from hapjong.baselines.transformer.baseline import CUTS, Transformer
    from hapjong.baselines.transformer.items import TAGS

    baseline = Transformer(settings, 7, tmp_path, "cpu")
    asked: list[int] = []

    def scores(text: str, found: Any, first: int) -> Any:
        """One cut is surer of a name in the first unit than all others are of none."""
        asked.append(first)
        for number, unit in enumerate(found):
            of = torch.zeros(len(TAGS))
            sure = len(asked) == 1 and number == 0
            of[TAGS.index("B-ORG" if sure else "O")] = CUTS if sure else 1.0
            yield unit, of

    class Best:
        def decode(self, mean: Any) -> Any:
            return mean.argmax(1).tolist()

    baseline.names, baseline.reader = Names(), Best()  # type: ignore[assignment]
    baseline._scores = scores  # type: ignore[method-assign]
    [found] = baseline._read("가나는 갔다.")
    assert (found.start, found.type) == (0, ORG)
    assert asked == [120, 90, 60, 30]


class _Article(msgspec.Struct):
    article_id: str
    text: str


def _facts(partnerships: Any, gold: Any) -> set[Any]:
    entity = {mention.bounds: mention.entity for mention in gold.mentions}
    # Two mentions of one entity are no pair, in learning and in scoring.
    return {
        (frozenset(pair), p.type, p.status)
        for p in partnerships
        if len(set(pair := (entity[p.head], entity[p.tail]))) == 2
    }


def _gold_facts(gold: Any) -> set[Any]:
    entity = {mention.id: mention.entity for mention in gold.mentions}
    return {
        (frozenset((entity[head], entity[tail])), p.type, p.status)
        for p in gold.partnerships
        for head, tail in p.pairs()
    }


def test_another_encoder_has_a_name_of_its_own(settings: Settings, part: Corpus) -> None:
    [folder] = _run(
        msgspec.structs.replace(settings, encoder="bundled"), part, encoder=settings.encoder
    )
    assert folder.name.startswith("transformer-")
    assert "checkpoint" in folder.name
    assert settings.encoder in (folder / "submission.toml").read_text()


def test_an_encoder_that_is_not_there(settings: Settings, part: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="nowhere"):
        _run(settings, part, encoder=str(tmp_path / "nowhere"))
    assert not part.layout.submissions.exists()


def test_too_small_an_encoder_is_said_before_training(settings: Settings, part: Corpus) -> None:
    judge = msgspec.structs.replace(settings.judge, layers=(9,))
    with pytest.raises(ProblemsError, match="the encoder has 2 layers"):
        _run(msgspec.structs.replace(settings, judge=judge), part)
    assert not list(part.layout.trained.rglob("*.pt"))


def test_the_page_counts_what_the_judge_and_the_reader_rest_on(corpus: Corpus) -> None:
    types: dict[tuple[str, str], set[MentionType]] = defaultdict(set)
    stances = 0
    for article in corpus.of_split(Split.TRAIN):
        text, gold = article.text or "", corpus.gold[article.article_id]
        stances += len(gold.stances)
        for mention in gold.mentions:
            types[gold.article_id, text[mention.start : mention.end]].add(mention.type)
    alike = sum(len(of) == 1 for of in types.values())
    page = (ROOT / "baselines" / "transformer" / "README.md").read_text()
    assert f"of the {len(types):,} surfaces" in page
    assert f"{alike:,} have one type" in page
    assert f"{stances} stances are too few" in page


def test_no_gpu_is_said(settings: Settings, part: Corpus) -> None:
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(ProblemsError, match="--device cuda: no such device"):
            _run(settings, part, device="cuda")


def test_bad_settings_are_all_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = (ROOT / "baselines" / "transformer" / "config.toml").read_text()
    config.write_text(text.replace("seeds = [", 'seeds = ["x", ').replace("rate = ", "rate = -"))
    with pytest.raises(ProblemsError) as caught:
        read_settings(config, "config.toml")
    places = {p.place for p in caught.value.problems}
    assert places >= {"$.seeds[0]", "$.reader.rate", "$.linker.head_rate"}
