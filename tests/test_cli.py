"""The command line: quick to answer, clear about what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hapjong.cli import DONE, UNUSABLE_INPUT, main

ROOT = Path(__file__).parent.parent


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == DONE
    shown = capsys.readouterr().out
    for command in (
        "validate", "hydrate", "audit", "studio", "build", "push", "pictures", "baseline", "score",
        "compare", "errors", "leaderboard",
    ):  # fmt: skip
        assert command in shown


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from hapjong.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'sklearn', 'datasets', 'label_studio_sdk', 'msgspec', 'yaml'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_scoring_imports_no_extra(fixture_repository: Path) -> None:
    """Scoring needs the package alone, without its extras."""
    code = (
        "import sys\n"
        "for name in ('sklearn', 'datasets', 'label_studio_sdk', 'torch', 'pandas'):\n"
        "    sys.modules[name] = None\n"
        "from hapjong.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    predictions = fixture_repository / "empty.jsonl"
    predictions.write_text('{"article_id": "2025-03-maba-investment-1"}\n')
    arguments = ["--root", str(fixture_repository), "score", str(predictions)]
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (DONE, "")
    assert "partnership_f1" in ended.stdout


def test_outside_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["validate"]) == UNUSABLE_INPUT
    assert "no HapJong repository here or above" in capsys.readouterr().err


def test_score_script_is_the_command(fixture_repository: Path) -> None:
    predictions = fixture_repository / "empty.jsonl"
    predictions.write_text('{"article_id": "2025-03-maba-investment-1"}\n')
    script = [sys.executable, str(ROOT / "scripts" / "score_submission.py"), str(predictions)]
    ended = subprocess.run(
        script, capture_output=True, text=True, check=False, cwd=fixture_repository
    )
    assert (ended.returncode, ended.stderr) == (DONE, "")
    assert ended.stdout.startswith("empty on test (1 articles), raw")


@pytest.mark.parametrize(
    "command", [["sheet"], ["load", "--round", "r", "--annotators", "kim", "--articles"]]
)
def test_articles_that_are_none_are_all_named(
    command: list[str], fixture_repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["2025-03-maba-investment-1", "2025-03-maba-investment-7", "x"]
    root = ["--root", str(fixture_repository)]
    assert main([*root, "studio", *command, *wanted]) == UNUSABLE_INPUT
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == ["2025-03-maba-investment-7: no such article", "x: no such article"]


def test_an_option_of_another_baseline_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than taken in silence: who gives it expects it to do something."""
    given = ["--encoder", "klue/bert-base", "--device", "cpu", "--round", "pilot"]
    assert main(["--root", str(ROOT), "baseline", "majority", *given]) == UNUSABLE_INPUT
    assert capsys.readouterr().err.splitlines() == [
        "--round: only annotator has this option",
        "--encoder: only transformer has this option",
        "--device: only transformer has this option",
    ]


def test_the_transformer_without_torch_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [n for n in sys.modules if n.startswith("hapjong.baselines.transformer.")]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["--root", str(ROOT), "baseline", "transformer"]) == UNUSABLE_INPUT
    assert "pip install 'hapjong[transformer]'" in capsys.readouterr().err
