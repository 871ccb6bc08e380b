"""Where everything stands in the repository (the one module that spells paths)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Split


class Layout(NamedTuple):
    """The paths of a repository whose top folder is ``root``."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Layout:
        """The repository that ``start`` is in.  Raises ProblemsError where there is none."""
        for folder in (start, *start.parents):
            if (folder / "dataset" / "entities.yaml").is_file():
                return cls(folder)
        fault = "no HapJong repository here or above (looked for dataset/entities.yaml); use --root"
        raise ProblemsError([Problem(str(start), "", fault)])

    def name(self, path: Path) -> str:
        """The path as messages show it: relative to the repository where it is inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    @property
    def dataset(self) -> Path:
        return self.root / "dataset"

    @property
    def data_version(self) -> Path:
        return self.dataset / "VERSION"

    @property
    def statistics(self) -> Path:
        return self.dataset / "statistics.json"

    @property
    def articles(self) -> Path:
        return self.dataset / "articles"

    @property
    def gold(self) -> Path:
        return self.dataset / "gold"

    @property
    def canary(self) -> Path:
        return self.gold / "CANARY.txt"

    @property
    def press(self) -> Path:
        return self.dataset / "press.yaml"

    @property
    def entities(self) -> Path:
        return self.dataset / "entities.yaml"

    def split(self, split: Split) -> Path:
        return self.dataset / "splits" / f"{split}.txt"

    @property
    def interface(self) -> Path:
        return self.root / "annotation" / "interface.xml"

    @property
    def guidelines(self) -> Path:
        return self.root / "annotation" / "guidelines.md"

    @property
    def rounds(self) -> Path:
        return self.root / "annotation" / "rounds"

    def agreement(self, round_name: str) -> Path:
        """The figures of a round that are kept beside its annotations."""
        return self.rounds / round_name / "agreement.json"

    def round(self, name: str) -> Path:
        """The folder of a round.  Raises ProblemsError where there is none of that name."""
        folder = self.rounds / name
        if name in ("", ".", "..") or folder.parent != self.rounds or not folder.is_dir():
            raise ProblemsError([Problem(self.name(self.rounds), repr(name), "no such round")])
        return folder

    @property
    def baselines(self) -> Path:
        return self.root / "baselines"

    @property
    def trained(self) -> Path:
        """Weights of baselines, by name."""
        return self.build / "baselines"

    @property
    def submissions(self) -> Path:
        return self.root / "leaderboard" / "submissions"

    @property
    def leaderboard(self) -> Path:
        return self.root / "leaderboard" / "LEADERBOARD.md"

    @property
    def leaderboard_page(self) -> Path:
        return self.build / "leaderboard" / "index.html"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def hydrated(self) -> Path:
        return self.build / "press"

    @property
    def hub(self) -> Path:
        return self.build / "hub"

    @property
    def pictures(self) -> Path:
        return self.build / "pictures"

    @property
    def studio(self) -> Path:
        return self.build / "studio"
