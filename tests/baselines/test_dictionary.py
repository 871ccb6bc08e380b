"""Names and words are looked up as they were counted in training, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked import labelled
from msgspec.structs import replace

from hapjong.baselines.common import Example, Question, run
from hapjong.baselines.dictionary import Dictionary, Settings, read_settings
from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.registry import Registry
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import Prediction, read_submission
from hapjong.problems import ProblemsError
from hapjong.schema import (
    SCHEME,
    Annotation,
    Entity,
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

CONFIG = Path(__file__).parents[2] / "baselines" / "dictionary" / "config.toml"
SETTINGS = Settings(
    registry="seen", evidence_stem=2, evaluating_stem=2, name_share=0.5, evidence_share=0.25
)
REGISTRY: Registry = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana", aliases=("가나",)),
    "dara": Entity(type=MentionType.ORG, ko="다라통신", en="Dara"),
    "haru": Entity(type=MentionType.PRODUCT, ko="하루", en="Haru"),
}


def example(
    marked: str, evidence: str = "", stances: tuple[tuple[str, Polarity], ...] = ()
) -> Example:
    """An article to learn from: ``evidence`` says that its first mention invests in its second."""
    text, mentions = labelled(marked)
    start = text.find(evidence)
    parties = (Party(role=Role.HEAD, mention="m0"), Party(role=Role.TAIL, mention="m1"))
    partnership = Partnership(
        id="p1",
        start=start,
        end=start + len(evidence),
        type=PartnershipType.INVESTMENT,
        status=Status.IN_TALKS,
        parties=parties,
    )
    gold = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="gold",
        mentions=tuple(mentions),
        partnerships=(partnership,) if evidence else (),
        stances=tuple(
            Stance(
                id=f"s{start}",
                start=(start := text.index(surface)),
                end=start + len(surface),
                polarity=polarity,
                target="m0",
            )
            for surface, polarity in stances
        ),
        article_stance=Polarity.NEUTRAL,
    )
    return Example(text, gold)


def fitted(*examples: Example, **settings: object) -> Dictionary:
    baseline = Dictionary(replace(SETTINGS, **settings), REGISTRY)
    baseline.fit(examples)
    return baseline


def find(baseline: Dictionary, text: str) -> list[tuple[str, str]]:
    answer = baseline.predict(Question("2025-01-gana-dara-2", text, None, ()))
    return [(text[m.start : m.end], str(m.type)) for m in answer.mentions]


def link(baseline: Dictionary, marked: str) -> list[tuple[str, str, str, str]]:
    text, mentions = labelled(marked)
    answer = baseline.predict(Question("2025-01-gana-dara-2", text, mentions, ()))
    assert answer.mentions == ()
    return [
        (text[slice(*p.head)], text[slice(*p.tail)], str(p.type), str(p.status))
        for p in answer.partnerships
    ]


def test_the_longest_name_at_the_start_of_a_word_is_found_without_its_particle() -> None:
    baseline = fitted(
        example("[가나전자]ORG=gana는 [가나전자 연구소]ORG=gana를 [서울]PLACE에 연다.")
    )
    assert find(baseline, "가나전자를 가나전자 연구소는 서울에") == [
        ("가나전자", "ORG"),
        ("가나전자 연구소", "ORG"),
        ("서울", "PLACE"),
    ]
    # Inside a word, or before what never followed a name, stands another name.
    assert find(baseline, "한가나전자 서울대 가나전자X") == []


def test_entities_that_were_seen_are_known_by_all_their_names() -> None:
    training = example("[가나전자]ORG=gana는 크다.")
    assert find(fitted(training), "가나는 하루") == [("가나", "ORG")]
    assert find(fitted(training, registry="all"), "가나는 하루") == [
        ("가나", "ORG"),
        ("하루", "PRODUCT"),
    ]


def test_dates_and_quantities_are_known_by_their_shape() -> None:
    baseline = fitted(
        example(
            "[8월 1일]DATE, [2021년]DATE에 [10년]QUANTITY간 [1억 달러]QUANTITY. [5]PRODUCT=haru"
        )
    )
    assert find(baseline, "12월 31일, 1998년에 25년간 2000억 달러. 6") == [
        ("12월 31일", "DATE"),
        ("1998년", "DATE"),
        ("25년", "QUANTITY"),
        ("2000억 달러", "QUANTITY"),
    ]
    assert find(baseline, "20217년") == [("20217년", "QUANTITY")]


def test_a_word_that_mostly_was_no_name_is_none() -> None:
    mostly_not = example("[하루]PRODUCT=haru 내내. 하루 또 하루.")
    assert find(fitted(mostly_not), "하루") == []
    assert find(fitted(mostly_not, name_share=0.3), "하루") == [("하루", "PRODUCT")]


INVESTS = example("[가나전자]ORG=gana가 [다라통신]ORG=dara에 투자한다고 했다.", "투자한다고")


def test_evidence_words_tell_type_direction_and_status() -> None:
    baseline = fitted(INVESTS)
    assert link(baseline, "[마바]ORG가 [자차]ORG에 또 투자를 한다.") == [
        ("마바", "자차", "INVESTMENT", "in_talks")
    ]
    assert link(baseline, "[마바]ORG가 [자차]ORG에 갔다.") == []
    assert link(baseline, "[마바]ORG가 왔다. [자차]ORG에 투자했다.") == []
    assert link(baseline, "[마바]ORG가 [투자]ORG에 갔다.") == []


def test_evidence_words_are_believed_as_far_as_they_were_right() -> None:
    # Of the three pairs beside the word one was a partnership, and one more is counted: 1 / 4.
    three = example("[가나]ORG=gana가 [다라]ORG=dara에 투자, [하나]ORG=gana.", "투자")
    marked = "[마바]ORG가 [자차]ORG에 투자한다."
    assert len(link(fitted(three), marked)) == 1
    assert link(fitted(three, evidence_share=0.26), marked) == []


def test_evaluating_words_vote() -> None:
    baseline = fitted(
        example(
            "[가나]ORG=gana를 반겼다. 우려를 나타냈다. 걱정을 나타냈다.",
            stances=(
                ("반겼다", Polarity.FAVOR),
                ("우려를 나타냈다", Polarity.AGAINST),
                ("걱정을 나타냈다", Polarity.AGAINST),
            ),
        )
    )
    text = "반겼다고 걱정했다. 반긴. 모름."
    spans = [("s1", 0, 4), ("s2", 5, 8), ("s3", 15, 17)]
    answer = baseline.predict(Question("2025-01-gana-dara-2", text, None, spans))
    # Of a word never seen it says what is most frequent.
    assert [s.polarity for s in answer.stances] == [
        Polarity.FAVOR,
        Polarity.AGAINST,
        Polarity.AGAINST,
    ]
    assert answer.article_stance is Polarity.NEUTRAL


@pytest.mark.parametrize("track", Track)
def test_dictionary_writes_an_ordinary_submission(
    corpus: Corpus, track: Track, tmp_path: Path
) -> None:
    arguments = ["baseline", "dictionary", "--track", track, "--out", str(tmp_path / "one")]
    root = str(corpus.layout.root)
    assert main(["--root", root, *arguments]) == DONE
    submission = read_submission(tmp_path / "one", Track.RAW, corpus.version.number)
    report = score(submission, corpus, Split.TEST)
    assert submission.info.track is track
    assert (report.scores["ner_f1"].value or 0) > (0.3 if track is Track.RAW else -1)
    assert (report.scores["pair_f1"].value or 0) > 0
    assert any(p.mentions for p in submission.predictions.values()) is (track is Track.RAW)


def test_gold_that_is_not_of_training_changes_nothing(corpus: Corpus, tmp_path: Path) -> None:
    """Neither what was labelled in other splits nor which entities only they name."""
    train = {article.article_id for article in corpus.of_split(Split.TRAIN)}
    other = {p: next(q for q in Polarity if q is not p) for p in Polarity}
    gold = {
        key: annotation
        if key in train
        else replace(
            annotation,
            mentions=(),
            partnerships=(),
            stances=tuple(replace(s, polarity=other[s.polarity]) for s in annotation.stances),
            article_stance=other[annotation.article_stance],
        )
        for key, annotation in corpus.gold.items()
    }
    seen = {m.entity for key in train for m in corpus.gold[key].mentions}
    registry = {key: entity for key, entity in corpus.registry.items() if key in seen}
    assert len(registry) < len(corpus.registry)
    changed = corpus._replace(gold=gold, registry=registry)
    answers: list[dict[str, Prediction]] = []
    for number, known in enumerate((corpus, corpus, changed)):
        settings = read_settings(CONFIG, "config.toml")
        folder = tmp_path / str(number)
        run(Dictionary(settings, known.registry), "dictionary", known, Track.RAW, folder)
        answers.append(read_submission(folder, Track.RAW, corpus.version.number).predictions)
    assert answers[0] == answers[1] == answers[2]


def test_bad_settings_are_all_named(
    fixture_repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = fixture_repository / "baselines" / "dictionary" / "config.toml"
    config.parent.mkdir(parents=True)
    text = CONFIG.read_text()
    config.write_text(
        text.replace('"seen"', '"some"').replace("evidence_stem = 3", "evidence_stem = 0")
    )
    with pytest.raises(ProblemsError) as caught:
        read_settings(config, "config.toml")
    assert {p.place for p in caught.value.problems} == {"$.registry", "$.evidence_stem"}
    config.write_text("stem = ")
    command = ["--root", str(fixture_repository), "baseline", "dictionary"]
    assert main(command) == UNUSABLE_INPUT
    assert "baselines/dictionary/config.toml: not TOML" in capsys.readouterr().err
