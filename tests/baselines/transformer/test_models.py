"""What a model says of a window does not depend on the windows beside it."""

from __future__ import annotations

from collections.abc import Callable

from hapjong.baselines.common import Example
from hapjong.baselines.morphemes import analyse
from hapjong.baselines.names import Names
from hapjong.baselines.transformer.settings import Settings


def test_a_shorter_window_is_read_as_it_is_alone(
    require: Callable[[str], None], tiny: str, settings: Settings, examples: list[Example]
) -> None:
    require("torch")
    import torch
    from torch import Tensor

    from hapjong.baselines.transformer.encoders import load_encoder
    from hapjong.baselines.transformer.encoding import Marking, batch
    from hapjong.baselines.transformer.items import TAGS, ReaderItem, reader_items
    from hapjong.baselines.transformer.losses import gather_units
    from hapjong.baselines.transformer.models import Reader
    from hapjong.baselines.transformer.units import Numbers, units
    from hapjong.baselines.transformer.windows import Cutter

    tokenizer, model = load_encoder(tiny)
    analysed = [analyse(text) for text, _ in examples]
    numbers, names = Numbers.of(analysed), Names()
    torch.manual_seed(3)
    reader = Reader(Marking(model, [[5, 6]], 0), numbers, len(TAGS)).eval()
    cutter = Cutter(tokenizer, reader.encoder.words.num_embeddings, settings.reader.window)
    items = [
        item
        for example, one in zip(examples, analysed, strict=True)
        for item in reader_items(cutter, example, units(one, names))
    ]
    long, *_, short = sorted(items, key=lambda item: -len(item.units))
    assert len(long.units) > len(short.units)

    def scores(*chosen: ReaderItem) -> Tensor:
        of = [item.units for item in chosen]
        given = batch([item.window for item in chosen], torch.device("cpu"))
        texts = [item.text for item in chosen]
        with torch.no_grad():
            found: Tensor = reader(given, gather_units(texts, of, numbers, torch.device("cpu")))
        return found

    both, alone = scores(long, short), scores(short)
    torch.testing.assert_close(both[1, : len(short.units)], alone[0], atol=1e-5, rtol=1e-4)
