"""The transformer baseline: a pretrained encoder, trained twice and read once, answers every task.

``baselines/transformer/README.md`` tells more.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from hapjong.baselines.common import Example, Question, run
from hapjong.baselines.morphemes import analyse
from hapjong.baselines.names import Names
from hapjong.baselines.tags import decode_tags
from hapjong.baselines.transformer.encoders import load_encoder
from hapjong.baselines.transformer.encoding import Marking, batch
from hapjong.baselines.transformer.items import (
    EVIDENCE,
    STATUSES,
    TAGS,
    bare,
    candidates,
    linker_items,
    reader_items,
)
from hapjong.baselines.transformer.judge import Judge
from hapjong.baselines.transformer.losses import (
    LinkerLoss,
    ReaderLoss,
    gather_pairs,
    gather_units,
)
from hapjong.baselines.transformer.models import Linker, Reader
from hapjong.baselines.transformer.pair_hints import PairHints
from hapjong.baselines.transformer.settings import Learning, Settings
from hapjong.baselines.transformer.training import Trainer
from hapjong.baselines.transformer.units import Numbers, Unit, locate, units
from hapjong.baselines.transformer.windows import MARKER_WORDS, Cutter
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.pairs import RELATIONS, Named, split_label
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
)
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import MentionType, Track

CUTS = 4
"""In how many ways articles are cut into windows for the reader: a name stands now at the edge of a
window, now within.  An epoch after the other takes one of them, and what is read is their mean."""


def run_seeds(
    settings: Settings,
    corpus: Corpus,
    track: Track,
    folder: Path,
    *,
    encoder: str | None = None,
    device: str = "auto",
) -> Iterator[Path]:
    """Train with every seed and write a submission ``transformer-…-seedN`` below ``folder``.

    ``encoder`` takes the place of the one in the settings, and then stands in the names.
    Yields each submission's folder when it is written.  Raises ProblemsError where the encoder
    cannot be loaded, or where ``device`` is ``cuda`` and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ProblemsError([Problem("", "--device cuda", "no such device that torch can use")])
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    parts = ["transformer"]
    if encoder not in (None, settings.encoder):
        settings = msgspec.structs.replace(settings, encoder=encoder)
        parts.append(re.sub(r"[^\w.]+", "-", encoder).strip("-."))
    if track is not Track.RAW:
        parts.append(str(track))
    for seed in settings.seeds:
        name = "-".join([*parts, f"seed{seed}"])
        baseline = Transformer(settings, seed, corpus.layout.trained / "transformer", device)
        run(baseline, name, corpus, track, folder / name)
        yield folder / name


class Transformer:
    """Two models of one seed.  What was trained is kept below ``folder`` and used again there."""

    def __init__(self, settings: Settings, seed: int, folder: Path, device: str) -> None:
        self.settings, self.seed, self.folder = settings, seed, folder
        self.device = torch.device(device)
        self.description = (
            f"Encoder {settings.encoder!r} fine-tuned for tagging morphemes and classifying pairs "
            f"between typed markers; stances from its states (seed {seed})."
        )

    def fit(self, examples: Sequence[Example]) -> None:
        self._fit_judge(examples)  # first: it says at once where the encoder is too small for it
        self._fit_reader(examples)
        self._fit_linker(examples)

    def predict(self, question: Question) -> Prediction:
        text, given = question.text, question.mentions
        sides, article_stance = self.judge.judge(text, [(s, e) for _, s, e in question.stances])
        with torch.inference_mode():
            found = self._read(text) if given is None else []
            mentions = found if given is None else given
            return Prediction(
                article_id=question.article_id,
                mentions=tuple(found),
                partnerships=tuple(self._link(text, mentions)),
                stances=tuple(
                    PredictedStance(id=stance_id, polarity=side)
                    for (stance_id, _, _), side in zip(question.stances, sides, strict=True)
                ),
                article_stance=article_stance,
            )

    def _kept(self, name: str, examples: Sequence[Example], *decisive: object) -> Path:
        """The file of a model: another one where anything is other that its weights come from."""
        key = hashlib.sha256(msgspec.json.encode([self.settings.encoder, *decisive]))
        for text, gold in examples:
            key.update(text.encode())
            key.update(msgspec.json.encode(gold))
        return self.folder / f"{name}-{key.hexdigest()[:12]}-seed{self.seed}.pt"

    def _load(self, learning: Learning) -> tuple[Cutter, Marking]:
        torch.manual_seed(self.seed)  # the new weights are drawn now
        tokenizer, model = load_encoder(self.settings.encoder)
        words = tokenizer(list(MARKER_WORDS), add_special_tokens=False)["input_ids"]
        encoder = Marking(model, words, learning.frozen)
        return Cutter(tokenizer, encoder.words.num_embeddings, learning.window), encoder

    def _fit_reader(self, examples: Sequence[Example]) -> None:
        learning = self.settings.reader
        self.reading, encoder = self._load(learning)
        analysed = [analyse(example.text) for example in examples]
        golds = [example.gold for example in examples]
        self.numbers = Numbers.of(analysed)
        self.names = Names.learn(list(zip(analysed, golds, strict=True)))
        self.reader = Reader(encoder, self.numbers, len(TAGS)).to(self.device)
        known = [
            (example, units(one, self.names, example.gold.article_id))
            for example, one in zip(examples, analysed, strict=True)
        ]
        items = [
            [item for one in known for item in reader_items(self.reading, *one, first)]
            for first in self._firsts()
        ]
        loss = ReaderLoss(self.numbers)
        trainer = Trainer(self.reader, items, loss, learning, self.seed)
        trainer.run(self._kept("reader", examples, learning), f"seed {self.seed}: reader")

    def _fit_linker(self, examples: Sequence[Example]) -> None:
        learning = self.settings.linker
        self.linking, encoder = self._load(learning)
        analysed = [analyse(example.text) for example in examples]
        self.pair_hints = PairHints.learn(
            (one, example.gold.mentions) for one, example in zip(analysed, examples, strict=True)
        )
        self.linker = Linker(
            encoder,
            behind=len(self.pair_hints.behind),
            relations=len(RELATIONS),
            statuses=len(STATUSES),
            tags=len(EVIDENCE),
        ).to(self.device)
        items = [
            item
            for example, one in zip(examples, analysed, strict=True)
            for item in linker_items(self.linking, example, one, self.pair_hints)
        ]
        loss = LinkerLoss(self.settings)
        trainer = Trainer(self.linker, [items], loss, learning, self.seed)
        of = self.settings
        weights = (of.status_weight, of.attention_weight, of.evidence_weight)
        trainer.run(self._kept("linker", examples, learning, *weights), f"seed {self.seed}: linker")

    def _fit_judge(self, examples: Sequence[Example]) -> None:
        self.judge = Judge(load_encoder(self.settings.encoder), self.settings.judge, self.device)
        self.judge.fit(examples)

    def _read(self, text: str) -> list[PredictedMention]:
        """The mentions of an article: the units' scores are the mean of all cuts."""
        found = units(analyse(text), self.names)
        scores: dict[Unit, list[Tensor]] = defaultdict(list)
        for first in self._firsts():
            for unit, score in self._scores(text, found, first):
                scores[unit].append(score)
        flat = sorted(scores)
        mean = torch.stack([torch.stack(scores[unit]).mean(0) for unit in flat])
        return one_type_each(
            text,
            [
                PredictedMention(start=flat[start].start, end=flat[end - 1].end, type=kind)
                for start, end, kind in decode_tags([TAGS[n] for n in self.reader.decode(mean)])
            ],
        )

    def _scores(
        self, text: str, found: Sequence[Unit], first: int
    ) -> Iterator[tuple[Unit, Tensor]]:
        """The scores (tags,) of every unit in one cut of the article."""
        read = [
            (window, placed)
            for window in bare(self.reading, text, first)
            if (placed := locate(text, window, found))
        ]
        of = [placed for _, placed in read]
        given = gather_units([text] * len(of), of, self.numbers, self.device)
        scores = self.reader(batch([window for window, _ in read], self.device), given)
        for placed, row in zip(of, scores, strict=True):
            for one, score in zip(placed, row, strict=False):  # shorter windows are filled up
                yield one.unit, score

    def _firsts(self) -> list[int]:
        """How many pieces the first window of each cut holds."""
        window = self.settings.reader.window
        return [max(1, window * part // CUTS) for part in range(CUTS, 0, -1)]

    def _link(self, text: str, mentions: Sequence[Named]) -> Iterator[PredictedPartnership]:
        analysed = analyse(text)
        for window, pairs, places in candidates(self.linking, text, mentions):
            if not pairs:
                continue
            given = batch([window], self.device)
            states = self.linker.states(given)
            hints = torch.tensor(self.pair_hints.of(analysed, mentions, pairs), device=self.device)
            linked = self.linker.link(states, given, gather_pairs([places], self.device), hints)
            above = linked.relation > linked.relation[:, :1]  # none is the threshold
            statuses = linked.status.argmax(1).tolist()
            for row, label in above.nonzero().tolist():
                kind, forward = split_label(RELATIONS[label])
                head, tail = pairs[row] if forward else reversed(pairs[row])
                yield PredictedPartnership(
                    head=(head.start, head.end),
                    tail=(tail.start, tail.end),
                    type=kind,
                    status=STATUSES[statuses[row]],
                )


def one_type_each(text: str, mentions: Sequence[PredictedMention]) -> list[PredictedMention]:
    """Give every surface of an article the type that it was given most often, or else first.

    The windows of an article are read apart from each other, while a name rarely means two things
    in one article (one sense per discourse, Gale, Church and Yarowsky 1992): 1,302 of the 1,304
    surfaces of the training articles have one type.
    """
    types: dict[str, Counter[MentionType]] = defaultdict(Counter)
    for mention in mentions:
        types[text[mention.start : mention.end]][mention.type] += 1
    # Of two that are as frequent `most_common` names the one that was counted first.
    best = {surface: counts.most_common(1)[0][0] for surface, counts in types.items()}
    return [
        msgspec.structs.replace(mention, type=best[text[mention.start : mention.end]])
        for mention in mentions
    ]
