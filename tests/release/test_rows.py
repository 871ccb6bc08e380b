"""Rows of the configurations: conventions of KLUE, and gold that can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hapjong.baselines.tags import decode_tags
from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.release.rows import NER_TAGS, ner_rows, rows_of
from hapjong.schema import Annotation, Article, Mention, MentionType, Split, dump_annotation

ROOT = Path(__file__).parents[2]
WRITTEN = ("train", "validation", "test")
OPINION, PRESS = "2025-01-gana-dara-2", "2025-02-press-review-1"


def written(corpus: Corpus) -> list[tuple[Article, Annotation]]:
    return [
        (article, corpus.gold[article.article_id])
        for split in WRITTEN
        for article in corpus.of_split(Split(split))
    ]


def all_rows(corpus: Corpus, config: str) -> list[dict[str, Any]]:
    return [row for rows in rows_of(corpus, config).values() for row in rows]


def test_tags_decode_to_the_gold(dataset: Corpus) -> None:
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in all_rows(dataset, "ner"):
        assert row["sentence"] == "".join(row["tokens"])
        assert len(row["tokens"]) == len(row["ner_tags"])
        assert set(row["ner_tags"]) <= set(NER_TAGS)
        spans = found.setdefault(row["article_id"], [])
        spans += [
            (row["start"] + a, row["start"] + b, k) for a, b, k in decode_tags(row["ner_tags"])
        ]
    assert found == {
        article.article_id: [(m.start, m.end, m.type) for m in gold.mentions]
        for article, gold in written(dataset)
    }


def test_sentences_stand_where_they_say(dataset: Corpus) -> None:
    for config in ("ner", "re"):
        for row in all_rows(dataset, config):
            text = dataset.articles[row["article_id"]].text or ""
            assert text[row["start"] :].startswith(row["sentence"])


def test_relation_entities_are_inclusive(dataset: Corpus) -> None:
    rows = all_rows(dataset, "re")
    assert {row["label"] for row in rows} > {"no_relation"}
    for row in rows:
        for side in ("subject_entity", "object_entity"):
            entity = row[side]
            piece = row["sentence"][entity["start_idx"] : entity["end_idx"] + 1]
            assert piece == entity["word"]
        assert row["subject_entity"]["end_idx"] < row["object_entity"]["start_idx"]
        assert (row["status"] is None) == (row["label"] == "no_relation")


def test_guids_are_unique(dataset: Corpus) -> None:
    keys = {"ner": "id", "re": "guid", "stance": "id", "articles": "article_id"}
    for config, key in keys.items():
        ids = [row[key] for row in all_rows(dataset, config)]
        assert len(ids) == len(set(ids))


def test_articles_hold_the_whole_gold(dataset: Corpus) -> None:
    rows = {row["article_id"]: row for row in all_rows(dataset, "articles")}
    for article, gold in written(dataset):
        row = rows[article.article_id]
        assert row["title"] == (article.text or "").split("\n")[0]
        for layer in ("mentions", "partnerships", "stances"):
            spans = getattr(gold, layer)
            assert [(s["id"], s["surface"]) for s in row[layer]] == [
                (s.id, s.surface) for s in spans
            ]
            assert all(row["text"][s["start"] : s["end"]] == s["surface"] for s in row[layer])


def test_stances_point_to_their_target(dataset: Corpus) -> None:
    for row in all_rows(dataset, "stance"):
        for part in (row["evidence"], row["target"], *filter(None, [row["holder"]])):
            assert row["text"][part["start"] : part["end"]] == part["surface"]
        assert row["evidence"]["surface"] in row["sentence"]


def test_no_press_text_in_any_row(corpus: Corpus) -> None:
    """Also where the press articles are hydrated."""
    press = corpus.articles["2025-02-press-review-1"]
    assert press.text is not None
    for config in ("articles", "ner", "re", "stance", "article_stance", "annotations"):
        assert press.article_id not in {row["article_id"] for row in all_rows(corpus, config)}


def test_mention_over_a_sentence_end_is_refused() -> None:
    layout = Layout(ROOT / "tests" / "fixtures" / "valid")
    corpus = read_corpus(layout)
    article = corpus.articles["2025-01-gana-dara-1"]
    text = article.text or ""
    end = text.index(". 이나래") + 3
    mention = Mention(id="m1", start=end - 5, end=end, type=MentionType.EVENT)
    gold = replace(corpus.gold[article.article_id], mentions=(mention,))
    with pytest.raises(ProblemsError, match="1 mentions run over the end of a sentence"):
        list(ner_rows(article, text, gold))


@pytest.fixture
def with_rounds(corpus: Corpus) -> Corpus:
    """Two annotators of a round, the second of whom has one article and sees no stance there."""
    for gold in corpus.gold.values():
        write_annotation(corpus, "pilot", replace(gold, annotator="kim"))
    bare = replace(corpus.gold[OPINION], annotator="lee", stances=())
    write_annotation(corpus, "pilot", bare)
    return corpus


def write_annotation(corpus: Corpus, name: str, annotation: Annotation) -> Path:
    path = corpus.layout.rounds / name / annotation.annotator / f"{annotation.article_id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dump_annotation(annotation))
    return path


def test_annotations_hold_every_annotator_and_the_gold(with_rounds: Corpus) -> None:
    rows = rows_of(with_rounds, "annotations")
    assert list(rows) == list(WRITTEN)
    keys = [(row["article_id"], row["round"], row["annotator"]) for row in rows["train"]]
    assert [key for key in keys if key[0] == OPINION] == [
        (OPINION, "pilot", "kim"),
        (OPINION, "pilot", "lee"),
        (OPINION, "gold", "gold"),
    ]
    by_key = dict(zip(keys, rows["train"], strict=True))
    articles = {row["article_id"]: row for row in rows_of(with_rounds, "articles")["train"]}
    for layer in ("mentions", "partnerships", "stances", "article_stance"):
        assert by_key[OPINION, "gold", "gold"][layer] == articles[OPINION][layer]
    assert articles[OPINION]["stances"]
    assert by_key[OPINION, "pilot", "lee"]["stances"] == []
    assert PRESS not in {row["article_id"] for row in all_rows(with_rounds, "annotations")}


def test_every_fault_of_the_rounds_is_told(with_rounds: Corpus) -> None:
    other = replace(with_rounds.gold[OPINION], annotator="park")
    path = write_annotation(with_rounds, "calibration", other)
    path.rename(path.with_name(f"{PRESS}.json"))
    (path.parent / "2025-09-nothing-1.json").write_text("{}")
    with pytest.raises(ProblemsError) as error:
        rows_of(with_rounds, "annotations")
    assert {problem.file.rpartition("/")[2] for problem in error.value.problems} == {
        f"{PRESS}.json",
        "2025-09-nothing-1.json",
    }
