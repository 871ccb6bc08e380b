"""The transformer baseline: a pretrained encoder, trained twice, answers every task.

``baselines/transformer/README.md`` tells more.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
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
    SIDES,
    STATUSES,
    TAGS,
    bare,
    candidates,
    linker_items,
    reader_items,
    stance_windows,
)
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
from hapjong.baselines.transformer.units import Numbers, locate, units
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
from hapjong.schema import Polarity, Track


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
            f"Encoder {settings.encoder!r} fine-tuned for tagging characters and classifying pairs "
            f"between typed markers (seed {seed})."
        )

    def fit(self, examples: Sequence[Example]) -> None:
        self._fit_reader(examples)
        self._fit_linker(examples)

    def predict(self, question: Question) -> Prediction:
        text, given = question.text, question.mentions
        with torch.inference_mode():
            found, article_stance = self._read(text)
            mentions = found if given is None else given
            return Prediction(
                article_id=question.article_id,
                mentions=tuple(found) if given is None else (),
                partnerships=tuple(self._link(text, mentions)),
                stances=tuple(self._sides(question)),
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
        self.reader = Reader(encoder, self.numbers, len(TAGS), len(SIDES)).to(self.device)
        items = [
            item
            for example, one in zip(examples, analysed, strict=True)
            for item in reader_items(
                self.reading, example, units(one, self.names, example.gold.article_id)
            )
        ]
        loss = ReaderLoss(self.settings, self.numbers)
        trainer = Trainer(self.reader, items, loss, learning, self.seed)
        decisive = (learning, self.settings.article_stance_weight)
        trainer.run(self._kept("reader", examples, *decisive), f"seed {self.seed}: reader")

    def _fit_linker(self, examples: Sequence[Example]) -> None:
        learning = self.settings.linker
        self.linking, encoder = self._load(learning)
        # From where the reader arrived: pairs are too few to teach an encoder what names are.
        encoder.load_state_dict(self.reader.encoder.state_dict())
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
            sides=len(SIDES),
        ).to(self.device)
        items = [
            item
            for example, one in zip(examples, analysed, strict=True)
            for item in linker_items(self.linking, example, one, self.pair_hints)
        ]
        sides = [SIDES.index(s.polarity) for _, gold in examples for s in gold.stances]
        loss = LinkerLoss(self.settings, self._balanced(sides))
        trainer = Trainer(self.linker, items, loss, learning, self.seed)
        # The margin is applied after training, and every seed has its own file.
        decisive = msgspec.structs.replace(self.settings, margin=0.0, seeds=(self.seed,))
        trainer.run(self._kept("linker", examples, decisive), f"seed {self.seed}: linker")

    def _balanced(self, labels: Sequence[int]) -> Tensor:
        """Weights that make every polarity count alike; one that never occurs counts nothing."""
        counts = Counter(labels)
        weights = [
            len(labels) / (len(counts) * counts[number]) if counts[number] else 0.0
            for number in range(len(SIDES))
        ]
        return torch.tensor(weights, device=self.device)

    def _read(self, text: str) -> tuple[list[PredictedMention], Polarity]:
        """The mentions of an article, and its stance: the windows' mean."""
        found = units(analyse(text), self.names)
        read = [
            (window, placed)
            for window in bare(self.reading, text)
            if (placed := locate(text, window, found))
        ]
        of = [placed for _, placed in read]
        given = gather_units([text] * len(of), of, self.numbers, self.device)
        best, sides = self.reader.tags(batch([window for window, _ in read], self.device), given)
        tags = [TAGS[number] for window in best for number in window]
        flat = [one.unit for placed in of for one in placed]
        mentions = [
            PredictedMention(start=flat[start].start, end=flat[end - 1].end, type=kind)
            for start, end, kind in decode_tags(tags)
        ]
        return mentions, SIDES[int(sides.softmax(1).mean(0).argmax())]

    def _link(self, text: str, mentions: Sequence[Named]) -> Iterator[PredictedPartnership]:
        analysed = analyse(text)
        for window, pairs, places in candidates(self.linking, text, mentions):
            if not pairs:
                continue
            given = batch([window], self.device)
            states = self.linker.states(given)
            hints = torch.tensor(self.pair_hints.of(analysed, mentions, pairs), device=self.device)
            linked = self.linker.link(states, given, gather_pairs([places], self.device), hints)
            above = linked.relation > linked.relation[:, :1] + self.settings.margin
            above[:, 0] = False  # however low the margin: the threshold is no relation
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

    def _sides(self, question: Question) -> Iterator[PredictedStance]:
        bounds = [(start, end) for _, start, end in question.stances]
        side: dict[tuple[int, int], Polarity] = {}
        for window, found in stance_windows(self.linking, question.text, bounds):
            states = self.linker.states(batch([window], self.device))
            places = [window.markers[one] for one in found]
            scores = self.linker.sides(states, gather_pairs([places], self.device))
            side |= {one: SIDES[n] for one, n in zip(found, scores.argmax(1).tolist(), strict=True)}
        for stance_id, start, end in question.stances:
            if (start, end) in side:
                yield PredictedStance(id=stance_id, polarity=side[start, end])
