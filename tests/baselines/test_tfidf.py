"""TF-IDF learns from the training gold only and writes an ordinary submission."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.baselines.common import Baseline, Example, ask, run
from hapjong.baselines.tfidf import Tfidf, decode_tags, mask, read_settings
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import read_submission
from hapjong.problems import ProblemsError
from hapjong.schema import Split, Track

ROOT = Path(__file__).parents[2]
Require = Callable[[str], None]


LEARNED = 8
"""Training articles that are enough for these tests; all of them take a minute a time."""


@pytest.fixture(scope="session")
def part(corpus: Corpus) -> Corpus:
    """The real dataset with a few of its training articles."""
    dropped = {article.article_id for article in corpus.of_split(Split.TRAIN)[LEARNED:]}
    kept = {key: article for key, article in corpus.articles.items() if key not in dropped}
    return corpus._replace(articles=kept)


@pytest.fixture
def tfidf(require: Require) -> Tfidf:
    require("sklearn")
    return Tfidf(read_settings(ROOT / "baselines" / "tfidf" / "config.toml", "config.toml"))


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
    report = score(submission, part, Split.TEST)
    if track is Track.RAW:
        assert (report.scores["ner_f1"].value or 0) > 0.3
    else:
        assert not any(p.mentions for p in submission.predictions.values())
        assert (report.scores["pair_f1"].value or 0) > 0


def test_tfidf_knows_what_it_learned(tfidf: Tfidf, part: Corpus) -> None:
    """Asked about its own training articles it is nearly right: the features tell them apart."""
    training = part.of_split(Split.TRAIN)
    tfidf.fit([Example(a.text or "", part.gold[a.article_id]) for a in training])
    right = either = 0
    for article in training:
        gold = part.gold[article.article_id]
        answer = tfidf.predict(ask(article, gold, Track.RAW))
        wanted = {(m.start, m.end, m.type) for m in gold.mentions}
        found = {(m.start, m.end, m.type) for m in answer.mentions}
        right, either = right + len(wanted & found), either + len(wanted | found)
        assert answer.article_stance is gold.article_stance
        polarities = {stance.id: stance.polarity for stance in gold.stances}
        assert {stance.id: stance.polarity for stance in answer.stances} == polarities
    assert right > 0.95 * either


def test_tfidf_twice_is_the_same(tfidf: Tfidf, part: Corpus, tmp_path: Path) -> None:
    first = submit(tfidf, part, Track.RAW, tmp_path / "first")
    second = submit(tfidf, part, Track.RAW, tmp_path / "second")
    for name in ("predictions.jsonl", "submission.toml"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_bad_settings_are_all_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = (ROOT / "baselines" / "tfidf" / "config.toml").read_text()
    config.write_text(text.replace("seed = 13", 'seed = "x"').replace("window = 5", "width = 5"))
    with pytest.raises(ProblemsError) as caught:
        read_settings(config, "config.toml")
    assert {p.place for p in caught.value.problems} == {"$.seed", "$.mentions"}


def test_decoding_tags() -> None:
    tags = ["B-ORG", "I-ORG", "B-ORG", "O", "I-DATE", "I-TECH", "I-TECH"]
    assert [(a, b, str(k)) for a, b, k in decode_tags(tags)] == [
        (0, 2, "ORG"),
        (2, 3, "ORG"),
        (4, 5, "DATE"),
        (5, 7, "TECH"),
    ]


def test_masking_keeps_positions(corpus: Corpus) -> None:
    [article, *_] = corpus.of_split(Split.TEST)
    gold = corpus.gold[article.article_id]
    masked = mask(article.text or "", gold.mentions)
    assert len(masked) == article.length
    assert masked.count("■") == sum(m.end - m.start for m in gold.mentions)
