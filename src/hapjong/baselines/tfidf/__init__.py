"""The TF-IDF baseline: linear classifiers over weighted features of morphemes and characters.

Every task is a classification of items: a span of morphemes is a mention or none, two names and
a sentence have a partnership or none, a span of evidence takes a side.  The modules `mentions`,
`partnerships` and `stances` say what the items of a task are, what features describe one and how
an answer is made of the scores; `classifier` weights and fits.  ``baselines/tfidf/README.md``
tells more.
"""

from hapjong.baselines.tfidf.baseline import Tfidf
from hapjong.baselines.tfidf.settings import Settings, read_settings

__all__ = ["Settings", "Tfidf", "read_settings"]
