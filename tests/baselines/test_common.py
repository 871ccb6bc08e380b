"""What every baseline is asked, and the submission that it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.baselines.common import ask, run
from hapjong.baselines.majority import Majority
from hapjong.corpus.dataset import Corpus
from hapjong.problems import ProblemsError
from hapjong.schema import Split, Track

ROOT = Path(__file__).parents[2]
Require = Callable[[str], None]


def test_raw_question_holds_no_mention(corpus: Corpus) -> None:
    [article, *_] = corpus.of_split(Split.TEST)
    gold = corpus.gold[article.article_id]
    assert ask(article, gold, Track.RAW).mentions is None
    assert ask(article, gold, Track.GOLD_MENTIONS).mentions == gold.mentions


def test_no_training_article(tmp_path: Path, corpus: Corpus) -> None:
    articles = {key: replace(article, split=Split.TEST) for key, article in corpus.articles.items()}
    with pytest.raises(ProblemsError, match=r"train.txt: no training article"):
        run(Majority(), "tried", corpus._replace(articles=articles), Track.RAW, tmp_path)
