"""TF-IDF learns from the training gold only and writes an ordinary submission."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.baselines.common import Baseline, Example, ask, run
from hapjong.baselines.tfidf import Tfidf, read_settings
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import read_submission
from hapjong.problems import ProblemsError
from hapjong.schema import Split, Track

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "baselines" / "tfidf" / "config.toml"

LEARNED, ASKED = 8, 4
"""Articles that are enough for these tests; all of them take a minute a time."""


@pytest.fixture(scope="session")
def part(corpus: Corpus) -> Corpus:
    """The real dataset with a few of its articles."""
    articles = [
        *corpus.of_split(Split.TRAIN)[:LEARNED],
        *corpus.of_split(Split.VALIDATION)[:ASKED],
    ]
    return corpus._replace(articles={article.article_id: article for article in articles})


@pytest.fixture
def tfidf() -> Tfidf:
    return Tfidf(read_settings(CONFIG, "config.toml"))


def examples(corpus: Corpus) -> list[Example]:
    training = corpus.of_split(Split.TRAIN)
    return [Example(article.text or "", corpus.gold[article.article_id]) for article in training]


def submit(baseline: Baseline, corpus: Corpus, track: Track, folder: Path) -> Path:
    run(baseline, "tried", corpus, track, folder)
    return folder


@pytest.mark.parametrize("track", Track)
def test_tfidf_writes_an_ordinary_submission(
    tfidf: Tfidf, part: Corpus, track: Track, tmp_path: Path
) -> None:
    folder = submit(tfidf, part, track, tmp_path)
    submission = read_submission(folder, Track.RAW, part.version.number)
    assert submission.info.track is track
    report = score(submission, part, Split.VALIDATION)
    if track is Track.RAW:
        assert (report.scores["ner_f1"].value or 0) > 0.3
    else:
        assert not any(p.mentions for p in submission.predictions.values())
        assert (report.scores["pair_f1"].value or 0) > 0


def test_tfidf_knows_what_it_learned(tfidf: Tfidf, part: Corpus) -> None:
    """Asked about its own training articles it is nearly right: the features tell them apart."""
    tfidf.fit(examples(part))
    right = either = 0
    for article in part.of_split(Split.TRAIN):
        gold = part.gold[article.article_id]
        answer = tfidf.predict(ask(article, gold, Track.RAW))
        wanted = {(m.start, m.end, m.type) for m in gold.mentions}
        found = {(m.start, m.end, m.type) for m in answer.mentions}
        right, either = right + len(wanted & found), either + len(wanted | found)
        assert answer.article_stance is gold.article_stance
        polarities = {stance.id: stance.polarity for stance in gold.stances}
        assert {stance.id: stance.polarity for stance in answer.stances} == polarities
    assert right > 0.95 * either


def test_of_given_mentions_place_and_type_are_looked_at_alone(tfidf: Tfidf, part: Corpus) -> None:
    """The entity of a mention is what facts are scored by: it must not be known."""
    tfidf.fit(examples(part))
    for article in part.of_split(Split.VALIDATION):
        gold = part.gold[article.article_id]
        asked = ask(article, gold, Track.GOLD_MENTIONS)
        bare = [replace(m, id=f"x{n}", entity=None) for n, m in enumerate(gold.mentions[::-1])]
        assert tfidf.predict(asked) == tfidf.predict(asked._replace(mentions=bare))
    assert not tfidf.tagger.cache_info().currsize  # mentions were given: no tagger was fitted


def test_tfidf_twice_is_the_same(tfidf: Tfidf, part: Corpus, tmp_path: Path) -> None:
    first = submit(tfidf, part, Track.RAW, tmp_path / "first")
    second = submit(tfidf, part, Track.RAW, tmp_path / "second")
    for name in ("predictions.jsonl", "submission.toml"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_bad_settings_are_all_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = CONFIG.read_text()
    text = text.replace("seed = 13", 'seed = "x"').replace("longest = 6", "longest = 0")
    config.write_text(text.replace("window = 15", "width = 15"))
    with pytest.raises(ProblemsError) as caught:
        read_settings(config, "config.toml")
    assert {p.place for p in caught.value.problems} == {
        "$.seed",
        "$.mentions.longest",
        "$.partnerships",
    }
