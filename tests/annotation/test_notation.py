"""The text notation: what each line means, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.annotation.notation import article_of, parse, read_notation, sheet
from hapjong.corpus.dataset import Corpus, inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.sentences import sentences
from hapjong.problems import ProblemsError
from hapjong.schema import Annotation, Role, Span, Split, sha256
from random_annotations import article

FIXTURE = Layout(Path(__file__).parents[1] / "fixtures" / "valid")
TEXT = """가나전자, 다라통신과 손잡다

가나전자가 다라통신과 HBM을 함께 개발하고 투자한다. \
이나래 회장은 가나전자가 가나를 이긴다며 반겼다. \
가나전자는 가나전자다."""

SOURCE = """article 2025-01-gana-dara-1  2025-01-15  news
# 주석은 읽지 않는다

1 ORG 가나전자 = gana-electronics
1 ORG 다라통신 = dara-telecom
2 ORG 가나전자 = gana-electronics
2 ORG 다라통신 = dara-telecom
2 TECH HBM
2 COOPERATION agreed 개발하고 | party 2:가나전자 | party 2:다라통신 | topic 2:HBM
2 INVESTMENT in_talks 투자한다 | tail 2:다라통신 | head 2:가나전자
3 PERSON 이나래 = lee-narae
3 ORG 가나 = gana
3 ORG 가나전자 = gana-electronics
3 STANCE favor 반겼다 | target 2:투자한다 | holder 3:이나래
4 ORG 가나전자#2 = gana-electronics
4 STANCE neutral 가나전자다 | target 4:가나전자#2
stance favor
"""


def read(source: str, split: Split = Split.TRAIN) -> Annotation:
    return parse(source, article(TEXT, split), "kim", "a.txt")


def faults(source: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(source)
    return [str(problem).removeprefix("a.txt: ") for problem in caught.value.problems]


def shown(span: Span) -> tuple[int, str]:
    """Number of its sentence, and surface."""
    found = sentences(TEXT)
    number = next(n for n, s in enumerate(found, 1) if s.start <= span.start < s.end)
    return number, TEXT[span.start : span.end]


def test_every_kind_of_line_is_read() -> None:
    annotation = read(SOURCE)
    name = {span.id: shown(span) for _, span in annotation.spans()}
    assert [(*shown(m), str(m.type), m.entity) for m in annotation.mentions] == [
        (1, "가나전자", "ORG", "gana-electronics"),
        (1, "다라통신", "ORG", "dara-telecom"),
        (2, "가나전자", "ORG", "gana-electronics"),
        (2, "다라통신", "ORG", "dara-telecom"),
        (2, "HBM", "TECH", None),
        (3, "이나래", "PERSON", "lee-narae"),
        (3, "가나전자", "ORG", "gana-electronics"),
        (3, "가나", "ORG", "gana"),
        (4, "가나전자", "ORG", "gana-electronics"),
    ]
    assert [
        (*shown(p), str(p.type), str(p.status), [(q.role, name[q.mention]) for q in p.parties])
        for p in annotation.partnerships
    ] == [
        (
            *(2, "개발하고", "COOPERATION", "agreed"),
            [
                (Role.PARTY, (2, "가나전자")),
                (Role.PARTY, (2, "다라통신")),
                (Role.TOPIC, (2, "HBM")),
            ],
        ),
        (
            *(2, "투자한다", "INVESTMENT", "in_talks"),
            [(Role.HEAD, (2, "가나전자")), (Role.TAIL, (2, "다라통신"))],
        ),
    ]
    assert [
        (*shown(s), str(s.polarity), s.holder and name[s.holder], name[s.target])
        for s in annotation.stances
    ] == [
        (3, "반겼다", "favor", (3, "이나래"), (2, "투자한다")),
        (4, "가나전자다", "neutral", None, (4, "가나전자")),
    ]
    assert (annotation.article_stance, annotation.annotator) == ("favor", "kim")


def test_spans_carry_the_text_at_their_place() -> None:
    for _, span in read(SOURCE).spans():
        assert span.surface == TEXT[span.start : span.end]


def test_spans_of_a_press_article_carry_hashes() -> None:
    for _, span in read(SOURCE, Split.PRESS).spans():
        assert span.surface is None
        assert span.surface_sha256 == sha256(TEXT[span.start : span.end])


def test_the_second_occurrence_is_the_second() -> None:
    first, second = (TEXT.rindex("가나전자는"), TEXT.rindex("가나전자다"))
    source = "4 ORG 가나전자#1 = gana\n4 ORG 가나전자#2 = gana\nstance neutral"
    assert [m.start for m in read(source).mentions] == [first, second]


@pytest.mark.parametrize("lines", [1, -1], ids=["shorter first", "longer first"])
@pytest.mark.parametrize("named", ["가나", "가나#1", "가나  "])
def test_an_occurrence_inside_a_longer_mention_is_not_counted(lines: int, named: str) -> None:
    mentions = [f"3 ORG {named} = gana", "3 ORG 가나전자 = gana-electronics"]
    annotation = read("\n".join([*mentions[::lines], "stance neutral"]))
    assert [m.start for m in annotation.mentions if m.entity == "gana"] == [TEXT.index("가나를")]


def test_two_partnerships_with_one_evidence_are_told_apart_by_type() -> None:
    source = """2 ORG 가나전자 = gana
2 ORG 다라통신 = dara
2 COOPERATION agreed 투자한다 | party 2:가나전자 | party 2:다라통신
2 INVESTMENT agreed 투자한다 | head 2:가나전자 | tail 2:다라통신
3 STANCE favor 반겼다 | target 2:투자한다{}
stance neutral"""
    annotation = read(source.format("/INVESTMENT"))
    (stance,) = annotation.stances
    (target,) = [p for p in annotation.partnerships if p.id == stance.target]
    assert target.type == "INVESTMENT"
    assert faults(source.format("")) == [
        "line 5: '2:투자한다' is one of COOPERATION, INVESTMENT: add /TYPE"
    ]


PARTIES = "2 ORG 가나전자 = a\n2 ORG 다라통신 = b\n"

FAULTS = [
    ("1 FIRM 가나전자", "unknown label 'FIRM'"),
    ("가나전자 ORG", "not understood: '가나전자 ORG'"),
    ("1 ORG", "not understood: '1 ORG'"),
    ("stance mixed", "not understood: 'stance mixed'"),
    ("stance neutral", "the article's stance is given twice"),
    ("article 2025-01-gana-dara-2", "'2025-01-gana-dara-2' is not '2025-01-gana-dara-1'"),
    ("0 ORG 가나전자 = a", "there is no sentence 0 (1 to 4)"),
    ("5 ORG 가나전자 = a", "there is no sentence 5 (1 to 4)"),
    ("1 ORG 마바AI = a", "'마바AI' is not in sentence 1"),
    ("4 ORG 가나전자 = a", "'가나전자' stands 2 times in sentence 4: add #1 …"),
    ("4 ORG 가나전자#3 = a", "'가나전자' stands only 2 times in sentence 4"),
    (
        "2 MERGER signed 투자한다 | party 2:가나전자 | party 2:다라통신",
        "'signed' is no status (agreed, in_talks, speculated, ended)",
    ),
    (
        "2 MERGER agreed 투자한다 | investor 2:가나전자",
        "'investor' is no role (party, head, tail, topic)",
    ),
    ("2 MERGER agreed 합병한다 | party 2:가나전자", "'합병한다' is not in sentence 2"),
    ("2 MERGER agreed 투자한다 | party 가나전자", "'가나전자' is no reference SENTENCE:SURFACE"),
    ("2 MERGER agreed 투자한다 | party 1:가나전자", "'1:가나전자' is not labelled"),
    ("2 MERGER agreed 투자한다 | party 1:마바AI", "'마바AI' is not in sentence 1"),
    (
        "3 STANCE positive 반겼다 | target 2:가나전자",
        "'positive' is no polarity (favor, against, neutral)",
    ),
    ("3 STANCE favor 반겼다", "a stance has one target and at most one holder"),
    (
        "3 STANCE favor 반겼다 | target 2:가나전자 | target 2:다라통신",
        "a stance has one target and at most one holder",
    ),
    (
        "3 STANCE favor 반겼다 | target 2:가나전자 | topic 2:다라통신",
        "a stance has one target and at most one holder",
    ),
]


@pytest.mark.parametrize(("line", "fault"), FAULTS)
def test_a_fault_is_reported_with_its_line(line: str, fault: str) -> None:
    assert faults(f"{PARTIES}stance favor\n{line}") == [f"line 4: {fault}"]


def test_a_file_without_the_stance_of_the_article_is_refused() -> None:
    assert faults(PARTIES) == ["line 3: the line 'stance favor|against|neutral' is missing"]


def test_all_faults_are_reported_at_once_in_the_order_of_lines() -> None:
    lines = [line for line, _ in FAULTS]
    expected = [f"line {number}: {fault}" for number, (_, fault) in enumerate(FAULTS, 4)]
    assert faults("\n".join([f"{PARTIES}stance favor", *lines])) == expected


def test_the_text_must_be_at_hand() -> None:
    unread = msgspec.structs.replace(article(TEXT), text=None)
    with pytest.raises(ProblemsError, match="hapjong hydrate"):
        parse(SOURCE, unread, "kim", "a.txt")


def test_a_sheet_begins_with_the_statement_that_names_its_article() -> None:
    assert article_of(sheet(article(TEXT))) == "2025-01-gana-dara-1"


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text("가나다. !?\n\"'A5😀", max_size=60))
def test_a_line_with_the_number_and_text_of_the_sheet_labels_that_sentence(text: str) -> None:
    rows = [row.split("\t", 1) for row in sheet(article(text)).splitlines()[1:]]
    for (number, surface), sentence in zip(rows, sentences(text), strict=True):
        if "#" in surface or " = " in surface:
            continue
        found = parse(f"{number} TECH {surface}\nstance neutral", article(text), "kim", "a.txt")
        assert [mention.bounds for mention in found.mentions] == [(sentence.start, sentence.end)]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return inspect_corpus(FIXTURE)[0]


GOOD = """article 2025-01-gana-dara-2
1 ORG 다라통신 = dara-telecom
stance against
"""


def test_files_are_read_for_the_articles_that_they_name(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(GOOD)
    (annotation,) = read_notation([file], corpus, "kim")
    assert (annotation.article_id, annotation.annotator) == ("2025-01-gana-dara-2", "kim")
    assert [mention.surface for mention in annotation.mentions] == ["다라통신"]


def test_every_fault_of_every_file_is_reported(corpus: Corpus, tmp_path: Path) -> None:
    broken, unnamed, loose = (tmp_path / name for name in ("broken", "unnamed", "loose"))
    broken.write_text(GOOD.replace("ORG", "FIRM"))
    unnamed.write_text("stance neutral\n")
    loose.write_text(GOOD.replace("다라통신 = dara-telecom", "다라통신의 = dara-telecom"))
    with pytest.raises(ProblemsError) as caught:
        read_notation([broken, unnamed, loose], corpus, "kim")
    assert [str(problem) for problem in caught.value.problems] == [
        f"{broken}: line 2: unknown label 'FIRM'",
        f"{unnamed}: line 1: the line 'article ID' is missing or names no article",
        f"{loose}: $.mentions[0] '다라통신의': '다라통신의' ends in a particle",
    ]


def test_no_sheet_without_the_text() -> None:
    corpus, _ = inspect_corpus(Layout(Path(__file__).parents[1] / "fixtures" / "valid"))
    with pytest.raises(ProblemsError, match="2025-02-press-review-1: the article's text is not"):
        sheet(corpus.articles["2025-02-press-review-1"])
