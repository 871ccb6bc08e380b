"""The command ``hapjong``: exit status 0 done, 1 problems found, 2 unusable input.

Each command imports what it needs when it runs, so that ``hapjong --help`` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hapjong import __version__

if TYPE_CHECKING:
    from hapjong.annotation.prelabels import Guess
    from hapjong.annotation.projects import Connect
    from hapjong.corpus.dataset import Corpus
    from hapjong.corpus.layout import Layout
    from hapjong.schema import Article

BASELINES = ("majority", "dictionary", "tfidf", "transformer", "annotator")
DEVICES = ("auto", "cpu", "cuda")

DONE, PROBLEMS_FOUND, UNUSABLE_INPUT = 0, 1, 2

Arguments = argparse.Namespace
Run = Callable[["Layout", Arguments], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = _parser().parse_args(argv)
    from hapjong.problems import UnusableError

    try:
        status: int = arguments.run(_layout(arguments), arguments)
    except BrokenPipeError:  # whoever reads us has seen enough: `hapjong score … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except UnusableError as error:
        print(error, file=sys.stderr)
        return UNUSABLE_INPUT
    return status


def _layout(arguments: Arguments) -> Layout:
    """The repository; commands that are given the gold do without one."""
    from hapjong.corpus.layout import Layout
    from hapjong.problems import ProblemsError

    if arguments.root:
        return Layout(arguments.root.resolve())
    try:
        return Layout.find(Path.cwd())
    except ProblemsError:
        if getattr(arguments, "source", None) is None:
            raise
        return Layout(Path.cwd())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hapjong", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"hapjong {__version__}")
    parser.add_argument("--root", type=Path, help="the repository (default: the one around here)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    _add_dataset(commands)
    _add_studio(commands)
    _add_release(commands)
    _add_baseline(commands)
    _add_evaluation(commands)
    _add(commands, "documents", _documents, "write the figures into README, card and statistics")
    _add(commands, "pictures", _pictures, "draw statistics.json: a page in build/pictures/")
    _add(commands, "leaderboard", _leaderboard, "score all submissions, write table and page")
    return parser


def _add_dataset(commands: Commands) -> None:
    command = _add(
        commands, "validate", _validate, "list every problem of dataset/ and annotation/"
    )
    command.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="read FILE in place of the file of that name (FAULT.NAME stands for NAME)",
    )  # fmt: skip

    command = _add(commands, "hydrate", _hydrate, "cut the press articles out of their documents")
    command.add_argument("folder", type=Path, metavar="DIR", help="where the documents lie")

    command = _add(commands, "audit", _audit, "list what looks wrong in data that validate accepts")
    command.add_argument("--json", action="store_true", help="print all there is, for programs")
    command.add_argument(
        "--documents", type=Path, metavar="DIR",
        help="compare with the press documents in DIR (default: the hydrated press articles)",
    )  # fmt: skip


def _add_release(commands: Commands) -> None:
    _add(commands, "build", _build, "write the Hub repository into build/hub/")

    command = _add(
        commands, "push", _push, "build, then publish the version on the Hugging Face Hub"
    )
    command.add_argument(
        "repository", metavar="REPO",
        help="ORGANISATION/NAME; made public where it is not there. The token comes from HF_TOKEN "
        "or `hf auth login`",
    )  # fmt: skip
    command.add_argument("--dry-run", action="store_true", help="check and show, change nothing")


def _add_baseline(commands: Commands) -> None:
    command = _add(commands, "baseline", _baseline, "train a baseline and write its submission")
    command.add_argument("name", choices=BASELINES)
    _add_track(command)
    command.add_argument("--out", type=Path, help="default: its folder of leaderboard/submissions/")
    command.add_argument(
        "--round", nargs="+", metavar="NAME",
        help="annotator only: the rounds whose annotators are scored, a submission for each "
        "annotator (in --out); an article labelled in several counts as in the one named first",
    )  # fmt: skip
    command.add_argument(
        "--encoder", metavar="NAME",
        help="transformer only: bundled, or a checkpoint of the Hugging Face Hub (default: as "
        "baselines/transformer/config.toml says)",
    )  # fmt: skip
    command.add_argument(
        "--device", choices=DEVICES,
        help="transformer only: where to train; auto takes the GPU if there is one (default: auto)",
    )  # fmt: skip


def _add_evaluation(commands: Commands) -> None:
    command = _add(commands, "score", _score, "score a submission")
    command.add_argument("submission", type=Path, help="a folder, or a file of predictions")
    _add_split(command)
    _add_gold(command)
    _add_track(command)
    command.add_argument("--json", action="store_true", help="print all there is, for programs")

    command = _add(commands, "compare", _compare, "tell whether two submissions really differ")
    command.add_argument("first", type=Path, metavar="A", help="a submission, or its folder's name")
    command.add_argument("second", type=Path, metavar="B")
    _add_split(command)
    _add_gold(command)
    command.add_argument("--json", action="store_true", help="print all there is, for programs")

    command = _add(commands, "errors", _errors, "list a submission's mistakes by kind")
    command.add_argument("submission", type=Path, help="a submission, or its folder's name")
    _add_split(command)
    _add_gold(command)
    command.add_argument("--json", action="store_true", help="print all there is, for programs")


def _add_split(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--split", default="test", choices=("train", "validation", "test", "press")
    )


def _add_gold(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--gold", dest="source", metavar="SOURCE",
        help="what to score against: a folder made by `hapjong build`, or ORGANISATION/NAME on the "
        "Hugging Face Hub, with @REVISION where it is not to be the newest (default: the "
        "repository)",
    )  # fmt: skip


def _add_track(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--track", default="raw", choices=("raw", "gold_mentions"),
        help="what the system is given (default: raw, the text only)",
    )  # fmt: skip


def _add(commands: Commands, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _add_studio(commands: Commands) -> None:
    studio = commands.add_parser("studio", help="annotate in Label Studio")
    steps = studio.add_subparsers(title="steps", metavar="STEP", required=True)

    _add_server(steps)
    _add_labels(steps)
    _add_agreement(steps)


def _add_server(steps: Commands) -> None:
    _add(steps, "interface", _studio_interface, "write annotation/interface.xml from the scheme")

    step = _add(steps, "sheet", _studio_sheet, "print articles with their sentences numbered")
    step.add_argument("articles", nargs="+", metavar="ARTICLE_ID")

    step = _add(steps, "start", _studio_start, "run Label Studio on this machine until Ctrl-C")
    step.add_argument("--port", type=int, default=8080)
    step.add_argument("--open", action="store_true", help="open the browser at it")
    step.add_argument("--load", metavar="ROUND", help="load a round as soon as it is up")
    step.add_argument("--annotators", nargs="+", default=["me"], metavar="NAME")
    step.add_argument(
        "--database", metavar="URL",
        help="postgresql://USER@HOST:PORT/NAME (default: HAPJONG_DATABASE_URL, or else SQLite); "
        "the password comes from PGPASSWORD or ~/.pgpass",
    )  # fmt: skip

    step = _add(steps, "load", _studio_load, "make a round: one project for each annotator")
    _add_round(step)
    step.add_argument("--annotators", nargs="+", required=True, metavar="NAME")
    step.add_argument(
        "--articles", nargs="+", metavar="ARTICLE_ID", help="only these (default: all)"
    )
    step.add_argument(
        "--prelabel", type=Path, metavar="SUBMISSION",
        help="show a system's predictions: its mentions and article stance as labels to accept; "
        "a partnership, for which no evidence is predicted, as a note on the mention of one of "
        "its parties, or not at all where neither is predicted; no stance",
    )  # fmt: skip


def _add_labels(steps: Commands) -> None:
    step = _add(steps, "label", _studio_label, "store labels written in the text notation")
    step.add_argument("files", nargs="+", type=Path, metavar="FILE")
    step.add_argument("--annotator", required=True)
    target = step.add_mutually_exclusive_group(required=True)
    target.add_argument("--round", metavar="NAME", help="the round whose tasks are labelled")
    target.add_argument("--dry-run", action="store_true", help="check the files only")
    step.add_argument(
        "--adjudication", action="store_true", help="store them as the round's adjudication"
    )

    step = _add(steps, "export", _studio_export, "write a round into annotation/rounds/")
    _add_round(step)
    whose = step.add_mutually_exclusive_group(required=True)
    whose.add_argument("--annotators", nargs="+", metavar="NAME")
    whose.add_argument(
        "--adjudication", nargs="?", const="adjudicator", metavar="NAME",
        help="write what the adjudicator has settled as gold",
    )  # fmt: skip
    step.add_argument("--gold", action="store_true", help="write the one annotator's work as gold")
    step.add_argument(
        "--file", type=Path, metavar="EXPORT.json", help="a raw JSON export, in place of the server"
    )


def _add_agreement(steps: Commands) -> None:
    step = _add(steps, "adjudicate", _studio_adjudicate, "lay two annotators' work side by side")
    _add_round(step)
    step.add_argument("--annotators", nargs=2, required=True, metavar="NAME")
    step.add_argument("--adjudicator", default="adjudicator", metavar="NAME")
    step.add_argument(
        "--notation", type=Path, metavar="DIR",
        help="also write the two side by side in the text notation, a file an article",
    )  # fmt: skip

    step = _add(steps, "agreement", _studio_agreement, "compare the annotators of a round")
    _add_round(step)
    step.add_argument("--json", action="store_true", help="print all there is, for programs")
    step.add_argument("--out", type=Path, metavar="DIR", help="default: build/agreement/NAME")


def _add_round(step: argparse.ArgumentParser) -> None:
    step.add_argument("--round", required=True, metavar="NAME")


def _validate(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.validate import validate

    corpus, problems = validate(layout, arguments.files)
    for problem in problems:
        print(problem)
    _say_skipped(corpus)
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}")
        return PROBLEMS_FOUND
    print(f"{len(corpus.articles)} articles, {len(corpus.gold)} gold annotations: no problem")
    return DONE


def _say_skipped(corpus: Corpus) -> None:
    if missing := corpus.missing_text():
        print(
            f"skipped: the text of {len(missing)} press articles is not here, so what needs it "
            "was not checked (hapjong hydrate DIR)",
            file=sys.stderr,
        )


def _hydrate(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.press import hydrate, read_press

    documents = read_press(layout.press, layout.name(layout.press))
    for article_id in hydrate(documents, arguments.folder, layout.hydrated):
        print(layout.name(layout.hydrated / f"{article_id}.txt"))
    return DONE


def _audit(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.audit import audit
    from hapjong.corpus.audit_text import as_json, as_text

    report = audit(layout, arguments.documents)
    sys.stdout.write(as_json(report).decode() if arguments.json else as_text(report))
    return PROBLEMS_FOUND if report.failures else DONE


def _studio_interface(layout: Layout, arguments: Arguments) -> int:
    from hapjong.annotation.interface import render

    layout.interface.write_text(render())
    print(layout.name(layout.interface))
    return DONE


def _studio_sheet(layout: Layout, arguments: Arguments) -> int:
    from hapjong.annotation.notation import sheet

    sheets = [sheet(article) for article in _chosen(_lenient(layout), arguments.articles)]
    print("\n".join(sheets), end="")
    return DONE


def _chosen(corpus: Corpus, article_ids: list[str] | None) -> list[Article]:
    """The articles named, or all.  Raises ProblemsError with every name that is none."""
    from hapjong.problems import Problem, ProblemsError

    wanted = list(corpus.articles) if article_ids is None else article_ids
    if unknown := [key for key in wanted if key not in corpus.articles]:
        raise ProblemsError(Problem("", key, "no such article") for key in unknown)
    return [corpus.articles[key] for key in wanted]


def _studio_start(layout: Layout, arguments: Arguments) -> int:
    from hapjong.annotation.database import choose_database
    from hapjong.annotation.server import Server

    database = choose_database(arguments.database)
    server = Server(layout.studio, arguments.port, database=database)
    print(f"starting Label Studio at {server.url} (Ctrl-C ends it)", flush=True)
    _end_on_sigterm()
    try:
        with server:
            print(f"ready; who may sign in is in {layout.name(server.accounts.path)}", flush=True)
            address = server.url
            if arguments.load:
                projects = _load(layout, arguments.load, arguments.annotators)
                address += f"/projects/{projects[0]}"
            if arguments.open:
                import webbrowser

                webbrowser.open(address)
            return server.wait()
    except KeyboardInterrupt:
        return DONE


def _end_on_sigterm() -> None:
    """Let SIGTERM end us as Ctrl-C does: the server has a session of its own and would stay."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _studio_load(layout: Layout, arguments: Arguments) -> int:
    guessed = _guesses(layout, arguments.prelabel) if arguments.prelabel else None
    _load(layout, arguments.round, arguments.annotators, arguments.articles)
    if guessed:
        from hapjong.annotation.accounts import Accounts
        from hapjong.annotation.prelabels import prelabel

        connect = Accounts(layout.studio).connect
        for done in prelabel(connect, arguments.round, arguments.annotators, *guessed):
            print(
                f"{done.annotator}: {done.added} predictions of {guessed[0]} added, "
                f"{done.replaced} replaced, {done.present} were there; "
                f"{done.unshown} partnerships have no mention to be shown at"
            )
    return DONE


def _guesses(layout: Layout, path: Path) -> tuple[str, dict[str, Guess]]:
    """A submission as pre-labels: the system's name, and what it says of each article."""
    from hapjong.annotation.prelabels import Guess, GuessedFact
    from hapjong.evaluation.submission import check_spans, read_submission
    from hapjong.problems import ProblemsError
    from hapjong.schema import Track

    corpus = _lenient(layout)
    submission = read_submission(path, Track.RAW, corpus.version.number)
    if problems := check_spans(submission, corpus.articles):
        raise ProblemsError(problems)
    return submission.info.name, {
        article_id: Guess(
            mentions=tuple(((m.start, m.end), m.type) for m in said.mentions),
            facts=tuple(GuessedFact(f.head, f.tail, f.type, f.status) for f in said.partnerships),
            article_stance=said.article_stance,
        )
        for article_id, said in submission.predictions.items()
    }


def _load(
    layout: Layout, round_name: str, annotators: list[str], article_ids: list[str] | None = None
) -> list[int]:
    """Load a round; the ids of the annotators' projects."""
    from hapjong.annotation.accounts import Accounts
    from hapjong.annotation.rounds import load

    corpus = _lenient(layout)
    articles = _chosen(corpus, article_ids)
    interface = layout.interface.read_text()
    instructions = _instructions(layout, corpus)
    connect = Accounts(layout.studio).connect
    report = load(connect, round_name, annotators, articles, interface, instructions)
    for project in report.projects:
        print(f"{project.annotator}: {project.added} articles added, {project.present} were there")
    _say_skipped(corpus)
    return [project.project for project in report.projects]


def _instructions(layout: Layout, corpus: Corpus) -> str:
    from hapjong.annotation.instructions import render_instructions

    return render_instructions(layout.guidelines.read_text(), corpus.registry)


def _studio_label(layout: Layout, arguments: Arguments) -> int:
    from hapjong.annotation.notation import read_notation

    corpus = _lenient(layout)
    annotations = read_notation(arguments.files, corpus, arguments.annotator)
    if not arguments.dry_run:
        from hapjong.annotation.accounts import Accounts
        from hapjong.annotation.adjudicate import label_gold
        from hapjong.annotation.rounds import label

        connect = Accounts(layout.studio).connect
        store = label_gold if arguments.adjudication else label
        store(connect, arguments.round, arguments.annotator, annotations, corpus.articles)
    for annotation in annotations:
        print(
            f"{annotation.article_id}: {len(annotation.mentions)} mentions, "
            f"{len(annotation.partnerships)} partnerships, {len(annotation.stances)} stances"
        )
    return DONE


def _studio_export(layout: Layout, arguments: Arguments) -> int:
    from msgspec.structs import replace

    from hapjong.annotation.accounts import Accounts
    from hapjong.annotation.adjudicate import export_gold
    from hapjong.annotation.rounds import export, read_export, write_annotations
    from hapjong.problems import Problem, ProblemsError

    for option in ("gold", "file"):
        if getattr(arguments, option) and len(arguments.annotators or [""]) != 1:
            raise ProblemsError([Problem("", f"--{option}", "it is the work of one annotator")])
    corpus = _lenient(layout)
    articles, registry = corpus.articles.values(), corpus.registry
    connect = Accounts(layout.studio).connect
    if adjudicator := _adjudicator(arguments, connect):
        gold = export_gold(connect, arguments.round, adjudicator, articles, registry)
        written = write_annotations(layout.gold, gold)
        print(f"{layout.name(layout.gold)}: {len(written)} annotations")
        return DONE
    for annotator in arguments.annotators:
        if arguments.file:
            annotations = read_export(arguments.file, annotator, articles, registry)
        else:
            client = connect(annotator)
            annotations = export(client, arguments.round, annotator, articles, registry)
        folder = layout.rounds / arguments.round / annotator
        if arguments.gold:
            folder = layout.gold
            annotations = (replace(annotation, annotator="gold") for annotation in annotations)
        written = write_annotations(folder, annotations)
        print(f"{layout.name(folder)}: {len(written)} annotations")
    return DONE


def _adjudicator(arguments: Arguments, connect: Connect) -> str | None:
    """Whose adjudication is to be exported; None where annotators' own work is."""
    from hapjong.annotation.adjudicate import has_adjudicated

    if arguments.adjudication:
        return str(arguments.adjudication)
    if arguments.file or not arguments.gold:
        return None
    if has_adjudicated(connect, arguments.round, arguments.annotators[0]):
        return str(arguments.annotators[0])
    return None


def _studio_adjudicate(layout: Layout, arguments: Arguments) -> int:
    from hapjong.annotation.accounts import Accounts
    from hapjong.annotation.adjudicate import adjudicate, read_round, write_notation

    corpus = _lenient(layout)
    articles = corpus.articles.values()
    sides = read_round(corpus, arguments.round, arguments.annotators)
    done = adjudicate(
        Accounts(layout.studio).connect,
        arguments.round,
        arguments.adjudicator,
        sides,
        articles,
        layout.interface.read_text(),
        _instructions(layout, corpus),
    )
    if arguments.notation:
        written = write_notation(arguments.notation, sides, articles)
        print(f"{arguments.notation}: {len(written)} files of notation")
    print(
        f"{arguments.adjudicator}: {done.added} articles added, {done.present} were there; "
        f"in {done.differing} the annotators differ"
    )
    if done.skipped:
        print(f"skipped, not labelled by both or not hydrated: {', '.join(done.skipped)}")
    return DONE


def _studio_agreement(layout: Layout, arguments: Arguments) -> int:
    from hapjong.evaluation.agreement import agreement, read_round
    from hapjong.evaluation.agreement_page import as_json, as_text, keep_figures, write_page

    report = agreement(read_round(layout, arguments.round))
    folder = arguments.out or layout.build / "agreement" / arguments.round
    written = keep_figures(report, layout.agreement(arguments.round)), write_page(report, folder)
    sys.stdout.write(as_json(report).decode() if arguments.json else as_text(report))
    # Where a program reads the output, the places of files must not stand in it.
    for path in written:
        print(layout.name(path), file=sys.stderr if arguments.json else sys.stdout)
    return DONE


def _lenient(layout: Layout) -> Corpus:
    """The corpus for labelling: its gold, which is only being made, may have problems."""
    from hapjong.corpus.dataset import inspect_corpus

    return inspect_corpus(layout)[0]


def _build(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.dataset import read_corpus

    with _extra("release"):
        from hapjong.release.build import build
    for config, splits in build(read_corpus(layout)).items():
        rows = ", ".join(f"{split} {rows}" for split, rows in splits.items())
        print(f"{layout.name(layout.hub)}/{config}: {rows}")
    return DONE


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Say what to install where an import within fails."""
    from hapjong.problems import UnusableError

    try:
        yield
    except ModuleNotFoundError as error:
        raise UnusableError(f"{error}: pip install 'hapjong[{name}]'") from error


def _push(layout: Layout, arguments: Arguments) -> int:
    with _extra("release"):
        from huggingface_hub import HfApi

        from hapjong.release.build import build
    from hapjong.release.push import as_text, check_access, check_source, make_plan, page, publish

    source, api = check_source(layout), HfApi()
    found = check_access(arguments.repository, api)
    build(source.corpus, page(arguments.repository, api))  # what is pushed is always of this commit
    plan = make_plan(source, arguments.repository, found, api)
    print(as_text(plan), end="", flush=True)
    if arguments.dry_run:
        print("dry run: nothing was changed on the Hub")
    elif not plan.published:
        print(publish(plan, api))
    return DONE


_OF_ONE_BASELINE = {"round": "annotator", "encoder": "transformer", "device": "transformer"}


def _baseline(layout: Layout, arguments: Arguments) -> int:
    from hapjong.problems import Problem, ProblemsError

    misplaced = [
        Problem("", f"--{option}", f"only {name} has this option")
        for option, name in _OF_ONE_BASELINE.items()
        if getattr(arguments, option) is not None and arguments.name != name
    ]
    if misplaced:
        raise ProblemsError(misplaced)
    if arguments.name == "annotator":
        return _baseline_annotator(layout, arguments)
    if arguments.name == "transformer":
        return _baseline_transformer(layout, arguments)
    from hapjong.baselines import dictionary, tfidf
    from hapjong.baselines.common import Baseline, run
    from hapjong.baselines.majority import Majority
    from hapjong.corpus.dataset import read_corpus
    from hapjong.schema import Track

    track = Track(arguments.track)
    name = arguments.name if track is Track.RAW else f"{arguments.name}-{track}"
    corpus = read_corpus(layout)
    config = layout.baselines / arguments.name / "config.toml"
    file = layout.name(config)
    if arguments.name == "majority":
        baseline: Baseline = Majority()
    elif arguments.name == "dictionary":
        known = dictionary.read_settings(config, file)
        baseline = dictionary.Dictionary(known, corpus.registry)
    else:
        baseline = tfidf.Tfidf(tfidf.read_settings(config, file))
    folder = arguments.out or layout.submissions / name
    run(baseline, name, corpus, track, folder)
    print(layout.name(folder))
    return DONE


def _baseline_transformer(layout: Layout, arguments: Arguments) -> int:
    from hapjong.baselines.transformer.settings import read_settings
    from hapjong.corpus.dataset import read_corpus
    from hapjong.problems import UnusableError
    from hapjong.schema import Track

    config = layout.baselines / arguments.name / "config.toml"
    settings = read_settings(config, layout.name(config))
    corpus = read_corpus(layout)
    try:
        from hapjong.baselines.transformer.baseline import run_seeds
    except ModuleNotFoundError as error:
        raise UnusableError(f"{error}: pip install 'hapjong[transformer]'") from error

    for folder in run_seeds(
        settings,
        corpus,
        Track(arguments.track),
        arguments.out or layout.submissions,
        encoder=arguments.encoder,
        device=arguments.device or "auto",
    ):
        print(layout.name(folder))
    return DONE


def _baseline_annotator(layout: Layout, arguments: Arguments) -> int:
    from hapjong.baselines.annotator import run
    from hapjong.corpus.dataset import read_corpus
    from hapjong.problems import Problem, ProblemsError

    problems = []
    if not arguments.round:
        problems.append(Problem("", "--round", "say whose work is scored: a round or more"))
    if arguments.track != "raw":
        problems.append(Problem("", "--track", "annotators were given the text only: raw"))
    if problems:
        raise ProblemsError(problems)
    for folder in run(arguments.round, read_corpus(layout), arguments.out or layout.submissions):
        print(layout.name(folder))
    return DONE


def _gold(layout: Layout, arguments: Arguments) -> Corpus:
    """The dataset that ``--gold`` names, or that of the repository."""
    from hapjong.corpus.dataset import read_corpus
    from hapjong.problems import UnusableError
    from hapjong.schema import Split

    if arguments.source is None:
        return read_corpus(layout)
    from hapjong.release.gold import read_gold

    try:
        return read_gold(arguments.source, Split(arguments.split), layout)
    except ModuleNotFoundError as error:
        raise UnusableError(f"{error}: pip install 'hapjong[release]'") from error


def _score(layout: Layout, arguments: Arguments) -> int:
    from hapjong.evaluation.leaderboard import cell, dump_report, press_note
    from hapjong.evaluation.scoring import score
    from hapjong.evaluation.submission import read_submission
    from hapjong.schema import Split, Track

    corpus = _gold(layout, arguments)
    submission = read_submission(
        arguments.submission, Track(arguments.track), corpus.version.number
    )
    report = score(submission, corpus, Split(arguments.split))
    if arguments.json:
        sys.stdout.write(dump_report(report).decode())
        return DONE
    print(f"{report.submission} on {report.split} ({report.articles} articles), {report.track}")
    for name, scored in report.scores.items():
        print(f"{name:26} {cell(scored):>22}   {scored.correct}/{scored.predicted}/{scored.gold}")
    print("score [95 % interval] in percent; correct/predicted/gold")
    if report.split is Split.TEST:
        print(press_note(submission, corpus))
    return DONE


def _compare(layout: Layout, arguments: Arguments) -> int:
    from hapjong.evaluation.compare import as_text, compare
    from hapjong.evaluation.leaderboard import dump_report
    from hapjong.evaluation.submission import read_submissions
    from hapjong.schema import Split

    corpus = _gold(layout, arguments)
    first, second = read_submissions((arguments.first, arguments.second), corpus)
    comparison = compare(first, second, corpus, Split(arguments.split))
    sys.stdout.write(dump_report(comparison).decode() if arguments.json else as_text(comparison))
    return DONE


def _errors(layout: Layout, arguments: Arguments) -> int:
    from hapjong.evaluation.errors import as_text, errors
    from hapjong.evaluation.leaderboard import dump_report
    from hapjong.evaluation.submission import read_submissions
    from hapjong.schema import Split

    corpus = _gold(layout, arguments)
    [submission] = read_submissions([arguments.submission], corpus)
    report = errors(submission, corpus, Split(arguments.split))
    sys.stdout.write(dump_report(report).decode() if arguments.json else as_text(report))
    return DONE


def _leaderboard(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.dataset import read_corpus
    from hapjong.evaluation.leaderboard import score_all, write_leaderboard
    from hapjong.evaluation.leaderboard_page import find_gaps, write_page
    from hapjong.schema import Split

    corpus = read_corpus(layout)
    reports = score_all(corpus, Split.TEST)
    print(write_leaderboard(corpus, reports), end="")
    gaps = find_gaps(corpus, reports, Split.TEST)
    print(layout.name(write_page(reports, gaps, layout.leaderboard_page)), file=sys.stderr)
    return DONE


def _documents(layout: Layout, arguments: Arguments) -> int:
    from hapjong.corpus.dataset import read_corpus
    from hapjong.release.documents import fresh_documents

    for path, content in fresh_documents(read_corpus(layout)).items():
        path.write_bytes(content)
        print(layout.name(path))
    return DONE


def _pictures(layout: Layout, arguments: Arguments) -> int:
    from hapjong.release.statistics import read_statistics

    with _extra("pictures"):
        from hapjong.release.pictures import write_pictures
    print(layout.name(write_pictures(read_statistics(layout), layout.pictures)))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
