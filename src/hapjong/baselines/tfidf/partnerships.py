"""Partnerships: which two names have one by what a sentence says.

An item is a sentence and two names, both in it or one in a sentence before it; the question is
whether the sentence holds evidence of a partnership of the two, of what type and in which
direction.  Gold is read in the same way: evidence stands in one sentence, and its parties are
named there or before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hapjong.baselines.morphemes import Analysed
from hapjong.baselines.tfidf.classifier import Classifier, Features, Scores, Taggers
from hapjong.baselines.tfidf.evidence import EvidenceWords
from hapjong.baselines.tfidf.pair_features import describe
from hapjong.baselines.tfidf.scene import Item, Scene, items
from hapjong.baselines.tfidf.settings import LearnerSettings, PartnershipSettings
from hapjong.corpus.pairs import Named, relation_label, split_label
from hapjong.evaluation.submission import PredictedPartnership
from hapjong.schema import Annotation, Status

ANY = "any"
"""The label of every item that has a partnership, beside its types."""

GROUP = "pair"


class Claim(NamedTuple):
    """What the gold says of an item: a label of `hapjong.corpus.pairs.RELATIONS`, and a status."""

    label: str
    status: Status


class Linker(NamedTuple):
    """Finds the partnerships of the mentions of a text."""

    settings: PartnershipSettings
    words: EvidenceWords
    labels: Taggers
    statuses: Classifier | None

    @classmethod
    def fit(
        cls,
        articles: Sequence[tuple[Analysed, Annotation]],
        settings: PartnershipSettings,
        statuses: LearnerSettings,
        seed: int,
    ) -> Linker:
        scenes = [Scene.of(analysed, gold.mentions) for analysed, gold in articles]
        golds = [gold for _, gold in articles]
        words = EvidenceWords.learn(list(zip(scenes, golds, strict=True)))
        learned = [
            (features, found)
            for (analysed, gold), scene in zip(articles, scenes, strict=True)
            for item, features in _described(scene, words, settings, gold.article_id)
            if (found := claims(analysed, gold, scene, item)) is not None
        ]
        held = [
            (_with_type(features, claim.label), str(claim.status))
            for features, found in learned
            for claim in found
        ]
        return cls(
            settings,
            words,
            Taggers.fit(
                (
                    (features, {ANY, *(claim.label for claim in found)} if found else set())
                    for features, found in learned
                ),
                settings,
                seed,
                {GROUP: 1.0},
            ),
            Classifier.fit(held, statuses, seed, {GROUP: 1.0}) if held else None,
        )

    def find(self, analysed: Analysed, mentions: Sequence[Named]) -> Iterator[PredictedPartnership]:
        """One for each item at most: the best label, where its score is high enough."""
        scene = Scene.of(analysed, mentions)
        described = list(_described(scene, self.words, self.settings))
        scores = self.labels.scores([features for _, features in described])
        for (item, features), row in zip(described, scores, strict=True):
            label = self._decide(row)
            if label is None or self.statuses is None:
                continue
            kind, forward = split_label(label)
            bounds = [(one.start, one.end) for one in (item.first, item.second)]
            head, tail = bounds if forward else reversed(bounds)
            status = Status(self.statuses.best(_with_type(features, label)))
            yield PredictedPartnership(head=head, tail=tail, type=kind, status=status)

    def _decide(self, scores: Scores) -> str | None:
        by_label = dict(zip(self.labels.labels, map(float, scores), strict=True))
        held = by_label.pop(ANY, 0.0)
        if not by_label:
            return None
        weight = self.settings.label_weight
        best = max(by_label, key=lambda label: by_label[label])
        score = weight * by_label[best] + (1 - weight) * held
        return best if score >= self.settings.least else None


def claims(analysed: Analysed, gold: Annotation, scene: Scene, item: Item) -> list[Claim] | None:
    """The partnerships of the item's two entities whose evidence is in its sentence.

    None where both are one entity: such a pair is no fact, whatever is said of it.
    """
    by_id = {mention.id: mention.entity or mention.id for mention in gold.mentions}
    by_bounds = {mention.bounds: by_id[mention.id] for mention in gold.mentions}
    first, second = (by_bounds[one.start, one.end] for one in (item.first, item.second))
    if first == second:
        return None
    sentence = analysed.sentences[item.sentence]
    return [
        Claim(relation_label(partnership.type, by_id[head] == first), partnership.status)
        for partnership in gold.partnerships
        if sentence.start <= partnership.start < sentence.end
        for head, tail in partnership.pairs()
        if {by_id[head], by_id[tail]} == {first, second}
    ]


def _described(
    scene: Scene, words: EvidenceWords, settings: PartnershipSettings, but_for: str | None = None
) -> Iterator[tuple[Item, Features]]:
    found = [words.find(units, settings.evidence_share, but_for) for units in scene.units]
    for item in items(scene, settings.back):
        features = describe(scene, item, found[item.sentence], settings.window)
        yield item, {GROUP: features}


def _with_type(features: Features, label: str) -> Features:
    """What tells the status: the features of the pair, and its type."""
    return {GROUP: [*features[GROUP], f"is {split_label(label)[0]}"]}
