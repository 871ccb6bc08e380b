"""What is known of two mentions: types, particles and distance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gold import article

from hapjong.baselines.transformer.pair_hints import BETWEEN, PairHint, PairHints
from hapjong.schema import MentionType

ORG, ALLIANCE = (list(MentionType).index(kind) for kind in (MentionType.ORG, MentionType.ALLIANCE))


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("kiwipiepy")


def test_types_particles_and_what_is_between() -> None:
    analysed, gold = article(
        "[가나]ORG=gana는 [다라]ORG=dara, [마바]ORG=maba와 왔다. [사아]ALLIANCE=saa는 그 뒤다."
    )
    hints = PairHints.learn([(analysed, gold.mentions)])
    assert hints.behind == {"는/JX": 1}, "the others stand once"
    first, second, _, last = gold.mentions
    assert hints.of(analysed, gold.mentions, [(first, second), (first, last)]) == [
        PairHint(ORG, ORG, 1, 0, neighbours=0, between=0),
        PairHint(ORG, ALLIANCE, 1, 1, neighbours=1, between=2),
    ]


def test_many_between_are_told_apart_no_further() -> None:
    analysed, gold = article(", ".join(f"[가{n}]ORG=gana" for n in range(BETWEEN + 5)))
    mentions = gold.mentions
    [hint] = PairHints({}).of(analysed, mentions, [(mentions[0], mentions[-1])])
    assert hint.between == BETWEEN - 1
