"""The store behind the Xet transfer: chunks in xorbs, and files as ranges of chunks.

The formats are those of https://huggingface.co/docs/xet: a client uploads xorbs (runs of
compressed chunks), then shards that say of which chunks a file consists.
"""

from __future__ import annotations

import hashlib
import re
import struct
from typing import Any, NamedTuple

import pyarrow as pa

HASH, HEADER, ENTRY = 32, 48, 48  # bytes
STORED, LZ4, GROUPED_LZ4 = 0, 1, 2
HAS_VERIFICATION, HAS_METADATA = 1 << 31, 1 << 30
END_OF_FILES = b"\xff" * HASH


class Chunk(NamedTuple):
    """Where a chunk lies in its xorb, its header included, and how it is packed."""

    start: int
    end: int
    packing: int
    length: int


class Term(NamedTuple):
    """Chunks ``first`` to ``last`` (not included) of a xorb, ``length`` bytes unpacked."""

    xorb: str
    length: int
    first: int
    last: int


class XetStore:
    """Xorbs by hash, and files by their Xet hash."""

    def __init__(self) -> None:
        self.xorbs: dict[str, bytes] = {}
        self.files: dict[str, list[Term]] = {}

    def add_shard(self, shard: bytes) -> dict[str, tuple[str, bytes]]:
        """Take in the files of a shard: Xet hash and content by SHA-256."""
        added = {}
        at = HEADER
        while shard[at : at + HASH] != END_OF_FILES:
            file = _hash(shard, at)
            flags, count = struct.unpack_from("<II", shard, at + HASH)
            at += ENTRY
            self.files[file] = [_term(shard, at + ENTRY * index) for index in range(count)]
            at += ENTRY * count * (2 if flags & HAS_VERIFICATION else 1)
            if flags & HAS_METADATA:
                content = self._content(file)
                digest = hashlib.sha256(content).hexdigest()
                assert digest == _hash(shard, at), "the chunks do not make up the file"
                added[digest] = (file, content)
                at += ENTRY
        return added

    def reconstruction(self, file: str, asked: str, address: str) -> dict[str, Any]:
        """How to put a file, or the asked range of its bytes, together again."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
        low = int(match[1]) if match else 0
        high = int(match[2]) + 1 if match and match[2] else float("inf")
        terms, position, offset = [], 0, 0
        ranges: dict[str, list[dict[str, Any]]] = {}
        for term in self.files[file]:
            start, position = position, position + term.length
            if position <= low or start >= high:
                continue
            if not terms:
                offset = max(0, low - start)
            chunks = {"start": term.first, "end": term.last}
            terms.append({"hash": term.xorb, "unpacked_length": term.length, "range": chunks})
            packed = _chunks(self.xorbs[term.xorb])[term.first : term.last]
            span = {"start": packed[0].start, "end": packed[-1].end - 1}
            entry = {"chunks": chunks, "bytes": span}
            if entry not in ranges.setdefault(term.xorb, []):
                ranges[term.xorb].append(entry)
        xorbs = {
            xorb: [{"url": f"{address}/{xorb}", "ranges": [entry]} for entry in entries]
            for xorb, entries in ranges.items()
        }
        return {"offset_into_first_range": offset, "terms": terms, "xorbs": xorbs}

    def _content(self, file: str) -> bytes:
        return b"".join(
            _unpack(self.xorbs[term.xorb], chunk)
            for term in self.files[file]
            for chunk in _chunks(self.xorbs[term.xorb])[term.first : term.last]
        )


def _hash(data: bytes, at: int) -> str:
    return "".join(f"{word:016x}" for word in struct.unpack_from("<4Q", data, at))


def _term(shard: bytes, at: int) -> Term:
    _, length, first, last = struct.unpack_from("<4I", shard, at + HASH)
    return Term(_hash(shard, at), length, first, last)


def _chunks(xorb: bytes) -> list[Chunk]:
    found, at = [], 0
    while at + 8 <= len(xorb) and xorb[at] == 0:  # the footer, where there is one, begins "XETBLOB"
        end = at + 8 + int.from_bytes(xorb[at + 1 : at + 4], "little")
        found.append(Chunk(at, end, xorb[at + 4], int.from_bytes(xorb[at + 5 : at + 8], "little")))
        at = end
    return found


def _unpack(xorb: bytes, chunk: Chunk) -> bytes:
    data = xorb[chunk.start + 8 : chunk.end]
    if chunk.packing == STORED:
        return data
    data = pa.decompress(data, chunk.length, codec="lz4", asbytes=True)
    if chunk.packing == LZ4:
        return data
    # Grouped: every fourth byte stands together.
    unpacked, at = bytearray(chunk.length), 0
    for group in range(4):
        size = len(range(group, chunk.length, 4))
        unpacked[group::4] = data[at : at + size]
        at += size
    return bytes(unpacked)
