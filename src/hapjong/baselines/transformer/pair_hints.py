"""What is known of a pair of mentions before the encoder reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hapjong.baselines.morphemes import Analysed
from hapjong.corpus.pairs import Named
from hapjong.schema import MentionType

BETWEEN = 8
"""Numbers of mentions between two that are told apart; the last is of all that are more."""

_TYPES = tuple(MentionType)


class PairHint(NamedTuple):
    """Numbers: of the two types, of what stands behind the two, whether they are in neighbouring
    sentences, and of the mentions between them."""

    subject_type: int
    object_type: int
    behind_subject: int
    behind_object: int
    neighbours: int
    between: int


class PairHints(NamedTuple):
    """``behind`` numbers the morphemes behind mentions of training: particles, mostly."""

    behind: Mapping[str, int]

    @classmethod
    def learn(cls, articles: Iterable[tuple[Analysed, Sequence[Named]]]) -> PairHints:
        """What stands once is like what never did: 0."""
        times = Counter(
            morpheme
            for analysed, mentions in articles
            for morpheme in _behind(analysed, mentions).values()
        )
        known = sorted(morpheme for morpheme, number in times.items() if number > 1)
        return cls({morpheme: number for number, morpheme in enumerate(known, 1)})

    def of(
        self, analysed: Analysed, mentions: Sequence[Named], pairs: Iterable[tuple[Named, Named]]
    ) -> list[PairHint]:
        """The hint of each pair; ``mentions`` are all of the text."""
        behind = _behind(analysed, mentions)
        starts = [mention.start for mention in mentions]
        found = []
        for one, other in pairs:
            sentences = {analysed.sentence_at(mention.start) for mention in (one, other)}
            between = sum(one.start < start < other.start for start in starts)
            found.append(
                PairHint(
                    subject_type=_TYPES.index(one.type),
                    object_type=_TYPES.index(other.type),
                    behind_subject=self.behind.get(behind.get(one.end, ""), 0),
                    behind_object=self.behind.get(behind.get(other.end, ""), 0),
                    neighbours=int(len(sentences) > 1),
                    between=min(between, BETWEEN - 1),
                )
            )
        return found


def _behind(analysed: Analysed, mentions: Sequence[Named]) -> dict[int, str]:
    """By the end of a mention, the morpheme that begins there."""
    ends = {mention.end for mention in mentions}
    return {
        morpheme.start: f"{morpheme.form}/{morpheme.tag}"
        for sentence in analysed.sentences
        for morpheme in sentence.morphemes
        if morpheme.start in ends
    }
