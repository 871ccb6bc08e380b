"""``croissant.json``: the dataset described for machines, in Croissant 1.1 with RAI 1.0.

The Hub makes such a file by itself, but without the fields on responsible use, so the
repository brings its own (docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from datasets import ClassLabel, Features, List

from hapjong.corpus.dataset import Corpus
from hapjong.release.changelog import release_date
from hapjong.release.features import FEATURES
from hapjong.release.responsible_ai import STATEMENTS
from hapjong.release.rows import GOLD, data_file, rows_of

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MAINTAINERS = {"@type": "sc:Organization", "name": "HapJong maintainers"}

# The context of the specification, word for word: programs compare it.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int32": "cr:Int32"}
_BIBTEX = re.compile(r"```bibtex\n(.*?)\n```", re.DOTALL)

Json = dict[str, Any]


def dump_croissant(
    corpus: Corpus,
    sizes: Mapping[str, Mapping[str, int]],
    folder: Path,
    card: str,
    url: str | None = None,
) -> bytes:
    """The description of the files in ``folder``, which holds the configurations of ``sizes``.

    ``card`` is the dataset card, which the citation is taken from; ``url`` the dataset's page.
    The specification requires ``url`` and ``datePublished``, which only a published version has.
    """
    described: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": "hapjong",
        "alternateName": "합종",
        "description": "A Korean benchmark of news about alliances between AI companies: mentions, "
        "partnerships with type, direction and status, and stance.",
        "version": corpus.version.number,
        "license": LICENSE,
        "sdLicense": LICENSE,
        "inLanguage": "ko",
        "isLiveDataset": False,
        "keywords": ["Korean", "named entity recognition", "relation extraction", "stance"],
        "creator": MAINTAINERS,
        "publisher": MAINTAINERS,
        **({"url": url} if url else {}),
        **_date_published(corpus),
        **_citation(card),
        **STATEMENTS,
        "rai:annotationsPerItem": _annotations_per_item(corpus),
        "distribution": list(_distribution(sizes, folder)),
        "recordSet": [_record_set(config, list(splits)) for config, splits in sizes.items()],
    }
    return json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n"


def _date_published(corpus: Corpus) -> Json:
    """The date of the version in the changelog; a version that is not released has none."""
    released = release_date(corpus.layout, corpus.version.number)
    return {"datePublished": released.isoformat()} if released else {}


def _citation(card: str) -> Json:
    found = _BIBTEX.search(card)
    return {"citeAs": found[1]} if found else {}


def _annotations_per_item(corpus: Corpus) -> str:
    """How many annotators an article had, the gold left out."""
    counts: dict[str, set[str]] = {}
    for rows in rows_of(corpus, "annotations").values():
        for row in rows:
            own = counts.setdefault(row["article_id"], set())
            if row["round"] != GOLD:
                own.add(row["annotator"])
    numbers = sorted({len(annotators) for annotators in counts.values()}) or [0]
    return "–".join(str(number) for number in dict.fromkeys((numbers[0], numbers[-1])))


def _distribution(sizes: Mapping[str, Mapping[str, int]], folder: Path) -> Iterator[Json]:
    """Each parquet file, and the files of each configuration together."""
    for config, splits in sizes.items():
        for split in splits:
            path = data_file(config, split)
            yield {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "encodingFormat": "application/x-parquet",
                "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
            }
        yield {
            "@type": "cr:FileSet",
            "@id": f"{config}-files",
            "name": f"{config}-files",
            "encodingFormat": "application/x-parquet",
            # Relative to this file's folder: mlcroissant 1.1 cannot read a set of file objects.
            "includes": f"{config}/*.parquet",
        }


def _record_set(config: str, splits: list[str]) -> Json:
    """One record for each row, with its split."""
    files = {"fileSet": {"@id": f"{config}-files"}}
    features: Features = FEATURES[config]
    of_split: Json = {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": f"{config}/split",
        "dataType": "sc:Text",
        "source": {
            **files,
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": rf".*?({'|'.join(splits)})-.*\.parquet$"},
        },
    }
    fields = [
        _field(f"{config}/{column}", feature, {**files, "extract": {"column": column}})
        for column, feature in features.items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "field": [of_split, *fields],
    }


def _field(name: str, feature: Any, source: Json) -> Json:
    """A column as a field; a record, or a list of records, as a field with fields in it."""
    field: Json = {"@type": "cr:Field", "@id": name, "name": name}
    if isinstance(feature, List):
        field |= {"isArray": True, "arrayShape": "-1"}
        feature = feature.feature
    if not isinstance(feature, Mapping):
        return {**field, **_leaf(feature), "source": source}
    left_out = [key for key, inner in feature.items() if _is_records(inner)]
    if left_out:
        # mlcroissant 1.1 takes of a list in a list the first element alone, without a word.
        field["description"] = (
            f"Without its lists of records, which are record sets of their own: "
            f"{', '.join(left_out)} (by article_id, round, annotator and id; the annotator of "
            f"the gold is {GOLD!r})"
        )
    field["subField"] = [
        _field(f"{name}/{key}", inner, {**source, "transform": {"jsonPath": key}})
        for key, inner in feature.items()
        if key not in left_out
    ]
    return field


def _leaf(feature: Any) -> Json:
    if isinstance(feature, ClassLabel):
        names = ", ".join(f"{number} {name}" for number, name in enumerate(feature.names))
        return {"dataType": "sc:Integer", "description": f"A number for a label: {names}"}
    return {"dataType": _TYPES[feature.dtype]}


def _is_records(feature: Any) -> bool:
    return isinstance(feature, List) and isinstance(feature.feature, Mapping)
