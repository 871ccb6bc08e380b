"""Stances: the polarity of a given span of evidence, and of an article as a whole.

Which side a span takes is told by its words.  Which side an article takes is told by the voice it
speaks in, not by its words: whether the author says I, how sentences end, and how those end in
which a stance is taken (which spans are stances is given).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hapjong.baselines.morphemes import Analysed, Morpheme, ngrams
from hapjong.baselines.tfidf.classifier import Features

EVIDENCE, CHARACTERS, SENTENCE = "evidence", "characters", "sentence"
VOICE, STANCE_VOICE = "voice", "stance voice"

_WORDS = ("N", "V", "X", "M")  # nouns, verbs, affixes and roots, adverbs


def describe_span(analysed: Analysed, start: int, end: int, longest: int) -> Features:
    """Words and characters of the evidence, and the other words of its sentence."""
    within: list[Morpheme] = []
    around: list[Morpheme] = []
    for morpheme in analysed.sentences[analysed.sentence_at(start)].morphemes:
        inside = morpheme.start < end and start < morpheme.end
        (within if inside else around).append(morpheme)
    return {
        EVIDENCE: _words(within),
        CHARACTERS: ngrams(analysed.text[start:end], longest),
        SENTENCE: _words(around),
    }


def _words(morphemes: Iterable[Morpheme]) -> list[str]:
    return [
        f"{morpheme.form}다" if morpheme.tag.startswith("V") else morpheme.form
        for morpheme in morphemes
        if morpheme.tag.startswith(_WORDS)
    ]


def describe_voice(analysed: Analysed, stances: Iterable[tuple[int, int]]) -> Features:
    """Pronouns, tenses and endings of the article, and of the sentences that take a stance."""
    voice = []
    for sentence in analysed.sentences:
        morphemes = sentence.morphemes
        voice += [f"{m.form}/{m.tag}" for m in morphemes if m.tag in ("EF", "NP", "IC", "EP")]
        voice += _endings(morphemes)
    taken = []
    for start, end in stances:
        morphemes = analysed.sentences[analysed.sentence_at(start)].morphemes
        taken += [f"{m.form}/{m.tag}" for m in morphemes if m.tag in ("EF", "NP")]
        taken += _endings(morphemes)
        behind = [m.form for m in morphemes if m.start >= end][:2]
        taken += [f"behind {' '.join(behind)}", *(f"next {form}" for form in behind[:1])]
    return {VOICE: voice, STANCE_VOICE: taken}


def _endings(morphemes: Sequence[Morpheme]) -> list[str]:
    """Endings of the sentence, each with the morpheme before it."""
    return [
        f"{before.form} {ending.form}"
        for before, ending in pairwise(morphemes)
        if ending.tag == "EF"
    ]
