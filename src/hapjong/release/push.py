"""``hapjong push``: the Hub repository as one commit and a tag ``v<version>`` on it.

Everything is checked before anything is written, and the tag comes last: while it is missing,
the version is not published, and the versions before it are as they were.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.validate import validate
from hapjong.problems import Problem, ProblemsError, UnusableError
from hapjong.release.hub import explained

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import DatasetInfo, RepoFile

KIND = "dataset"
HUBS_OWN = ".gitattributes"  # made by the Hub in every repository; says what lies in LFS


class Source(NamedTuple):
    """What is to be published: a dataset without a problem, at a commit."""

    corpus: Corpus
    commit: str

    @property
    def tag(self) -> str:
        return f"v{self.corpus.version.number}"


class Plan(NamedTuple):
    """What a push will do.  ``head`` is the commit it builds on; none makes the repository."""

    repository: str
    source: Source
    head: str | None
    published: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def check_source(layout: Layout) -> Source:
    """The dataset as it may be published.

    Raises ProblemsError with everything that speaks against it: files that are not committed,
    problems of the dataset, press articles whose gold was not checked for want of their text, and
    a changelog whose newest version of the data is another or has no date.
    """
    commit, problems = _check_committed(layout.root)
    corpus, faults = validate(layout, [])
    problems += faults
    for article_id in corpus.missing_text():
        fault = "the text is not here, so its gold is not checked (hapjong hydrate DIR)"
        problems.append(Problem(article_id, "", fault))
    problems += _check_changelog(layout, corpus.version.number)
    if problems:
        raise ProblemsError(problems)
    return Source(corpus, commit)


def _check_committed(root: Path) -> tuple[str, list[Problem]]:
    try:
        listed = _git(root, "-c", "core.quotePath=false", "status", "--porcelain")
        commit = _git(root, "rev-parse", "HEAD").strip()
    except FileNotFoundError as error:
        raise UnusableError("git is not installed: what is pushed has to be a commit") from error
    except subprocess.CalledProcessError as error:
        return "", [Problem(str(root), "", f"no commit to push: {error.stderr.strip()}")]
    return commit, [Problem(line[3:], "", "not committed") for line in listed.splitlines()]


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _check_changelog(layout: Layout, version: str) -> Iterator[Problem]:
    path = layout.root / "CHANGELOG.md"
    file, text = layout.name(path), path.read_text() if path.is_file() else ""
    heading = re.search(r"^## Data (\S+) – (.+)$", text, re.MULTILINE)
    if not heading:
        yield Problem(file, "", "no heading '## Data VERSION – DATE'")
        return
    place = f"line {text.count(chr(10), 0, heading.start()) + 1}"
    if heading[1] != version:
        fault = f"the newest data are {heading[1]}, {layout.name(layout.data_version)} says"
        yield Problem(file, place, f"{fault} {version}")
    try:
        datetime.date.fromisoformat(heading[2].strip())
    except ValueError:
        yield Problem(file, place, f"a date (2025-01-31) is expected, not {heading[2]!r}")


def check_access(repository: str, api: HfApi) -> DatasetInfo | None:
    """The repository as it is, or None where it is yet to be made; writes nothing.

    Raises UnusableError where there is no network or no token, where the token cannot write
    there, and where the name is of a repository of another type.
    """
    from huggingface_hub.errors import RepositoryNotFoundError

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ProblemsError([Problem("", repr(repository), "ORGANISATION/NAME is expected")])
    with explained(f"asking {api.endpoint} about {repository}"):
        _check_may_write(repository, api)
        try:
            return api.dataset_info(repository)
        except RepositoryNotFoundError:
            _check_name_is_free(repository, api)
            return None


def page(repository: str, api: HfApi) -> str:
    """The address of the dataset's page."""
    return f"{api.endpoint}/datasets/{repository}"


def make_plan(source: Source, repository: str, info: DatasetInfo | None, api: HfApi) -> Plan:
    """Compare the build with what `check_access` found; writes nothing.

    Raises UnusableError where the repository holds something else, and ProblemsError where the
    version is published with other content.
    """
    if info is None:
        files = _local_files(source.corpus.layout.hub)
        return Plan(repository, source, None, False, tuple(files), (), ())
    _check_is_ours(info, source.corpus.layout.hub)
    with explained(f"asking {api.endpoint} about {repository}"):
        refs = api.list_repo_refs(repository, repo_type=KIND)
        published = source.tag in {ref.name for ref in refs.tags}
        there = _remote_files(repository, source.tag if published else info.sha, api)
    plan = _compare(source, repository, info.sha, published, there)
    if differing := [*plan.added, *plan.changed, *plan.removed] if published else []:
        fault = f"{source.tag} is published with another content: raise dataset/VERSION"
        raise ProblemsError(Problem(repository, file, fault) for file in differing)
    return plan


def _check_may_write(repository: str, api: HfApi) -> None:
    user = api.whoami()
    names = [user["name"], *(organisation["name"] for organisation in user.get("orgs", ()))]
    if repository.split("/")[0] not in names:
        theirs = f"the token is of {user['name']}, who can write to: {', '.join(names)}"
        raise UnusableError(f"{repository} is not yours: {theirs}")
    if user.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise UnusableError("the token can only read: make one with the role 'write'")


def _check_name_is_free(repository: str, api: HfApi) -> None:
    for kind in ("model", "space"):
        if api.repo_exists(repository, repo_type=kind):
            raise UnusableError(f"{repository} is a {kind}: give the dataset another name")


def _check_is_ours(info: DatasetInfo, hub: Path) -> None:
    """A push replaces all files, so a repository with other things in it is never written to."""
    from huggingface_hub import DatasetCard

    ours = DatasetCard.load(hub / "README.md").data.to_dict().get("pretty_name")
    theirs = info.card_data.get("pretty_name") if info.card_data else None
    empty = {file.rfilename for file in info.siblings or ()} <= {HUBS_OWN, "README.md"}
    if theirs != ours and not (empty and theirs is None):
        fault = f"holds {theirs or 'files'} without the name {ours!r} in its card"
        raise UnusableError(f"{info.id} {fault}: all of it would be replaced")


def _remote_files(repository: str, revision: str | None, api: HfApi) -> dict[str, RepoFile]:
    from huggingface_hub.hf_api import RepoFile

    tree = api.list_repo_tree(repository, recursive=True, revision=revision, repo_type=KIND)
    return {file.path: file for file in tree if isinstance(file, RepoFile)}


def _local_files(hub: Path) -> dict[str, Path]:
    return {
        path.relative_to(hub).as_posix(): path for path in sorted(hub.rglob("*")) if path.is_file()
    }


def _compare(
    source: Source,
    repository: str,
    head: str | None,
    published: bool,
    there: Mapping[str, RepoFile],
) -> Plan:
    here = _local_files(source.corpus.layout.hub)
    added = tuple(file for file in here if file not in there)
    changed = tuple(
        file for file, path in here.items() if file in there and not _same(path, there[file])
    )
    removed = tuple(file for file in sorted(there) if file not in here and file != HUBS_OWN)
    return Plan(repository, source, head, published, added, changed, removed)


def _same(path: Path, remote: RepoFile) -> bool:
    content = path.read_bytes()
    if remote.lfs:
        return hashlib.sha256(content).hexdigest() == remote.lfs.sha256
    blob = b"blob %d\0" % len(content) + content
    return (
        hashlib.sha1(blob, usedforsecurity=False).hexdigest() == remote.blob_id
    )  # as git names it


def publish(plan: Plan, api: HfApi) -> str:
    """Do what is planned; the address of the version.  Writes nothing where it is published.

    Raises UnusableError where it breaks off; another push then goes on from there.
    """
    tag = plan.source.tag
    if not plan.published:
        with explained(f"uploading {plan.repository}, {tag} is not published"):
            commit = _commit(plan, api)
        with explained(f"tagging {plan.repository}: the files are there, {tag} is not"):
            api.create_tag(plan.repository, tag=tag, revision=commit, repo_type=KIND)
    return f"{page(plan.repository, api)}/tree/{tag}"


def _commit(plan: Plan, api: HfApi) -> str | None:
    """Not by ``upload_folder``: with Xet it makes several commits of one folder."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    head = plan.head
    if head is None:
        api.create_repo(plan.repository, repo_type=KIND)
        head = api.dataset_info(plan.repository).sha
    hub, source = plan.source.corpus.layout.hub, plan.source
    additions = [CommitOperationAdd(file, hub / file) for file in (*plan.added, *plan.changed)]
    # Where an earlier push broke off before the tag nothing is left to commit, and this gives head.
    done = api.create_commit(
        plan.repository,
        [*(CommitOperationDelete(file) for file in plan.removed), *additions],
        commit_message=f"Data {source.corpus.version.number}",
        commit_description=f"Made by hapjong push from commit {source.commit}.",
        parent_commit=head,  # refused by the Hub where somebody else has pushed meanwhile
        repo_type=KIND,
    )
    return done.oid


def as_text(plan: Plan) -> str:
    """What the push will do, for the terminal."""
    version, tag = plan.source.corpus.version, plan.source.tag
    if plan.published:
        return f"{plan.repository}: {tag} is published with this content, nothing to do\n"
    here = _local_files(plan.source.corpus.layout.hub)
    new = ", a new public repository" if plan.head is None else ""
    lines = [f"{plan.repository}{new}: data {version} of commit {plan.source.commit[:10]} as {tag}"]
    for sign, files in (("+", plan.added), ("~", plan.changed)):
        lines += [f"  {sign} {file} ({here[file].stat().st_size:,} bytes)" for file in files]
    lines += [f"  - {file}" for file in plan.removed]
    lines.append(f"  {len(here) - len(plan.added) - len(plan.changed)} files stay as they are")
    return "\n".join(lines) + "\n"
