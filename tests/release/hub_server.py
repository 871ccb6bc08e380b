"""A Hugging Face Hub on loopback, for the real ``huggingface_hub`` and ``datasets``.

It speaks as much of the protocol as a release needs: repositories, commits, tags, and files as
content of a commit, by LFS or by Xet.  It checks tokens, and can be told to break down.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from hub_xet import XetStore

WHEN = "2026-01-01T00:00:00.000Z"
OWNER, OWNERS_TOKEN = "someone", "hf_token_of_someone"


class RefusedError(Exception):
    """An answer other than 200; ``code`` is the Hub's own word for it."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        self.status, self.message, self.code = status, message, code
        super().__init__(message)


class File(NamedTuple):
    content: bytes
    lfs: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def oid(self) -> str:
        """The id of the git blob; of a file in LFS that is its pointer."""
        size, blob = len(self.content), self.content
        if self.lfs:
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\n"
            blob = f"{pointer}size {size}\n".encode()
        return hashlib.sha1(b"blob %d\0" % len(blob) + blob).hexdigest()  # noqa: S324 - git's


Tree = dict[str, File]


class Commit(NamedTuple):
    tree: Tree
    parent: str | None
    title: str
    description: str


class Repository:
    """Commits by id, and names (``refs/heads/main``, ``refs/tags/v1``) of them."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        self.commits: dict[str, Commit] = {}
        self.refs: dict[str, str] = {}
        # As on the Hub, where a new repository is not empty.
        self.commit(
            Commit({".gitattributes": File(b"*.parquet lfs\n", False)}, None, "initial", "")
        )

    def commit(self, commit: Commit) -> str:
        files = [(path, file.oid) for path, file in sorted(commit.tree.items())]
        said = json.dumps([files, *commit[1:]]).encode()
        sha = self.refs["refs/heads/main"] = hashlib.sha1(said).hexdigest()  # noqa: S324
        self.commits[sha] = commit
        return sha

    def resolve(self, revision: str) -> str:
        for name in (revision, f"refs/heads/{revision}", f"refs/tags/{revision}"):
            if name in self.refs:
                return self.refs[name]
        if revision in self.commits:
            return revision
        raise RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")

    def tree(self, revision: str) -> Tree:
        return self.commits[self.resolve(revision)].tree


class User(NamedTuple):
    name: str
    organisations: tuple[str, ...] = ()
    may_write: bool = True


class Hub:
    """The server; ``with Hub() as hub`` runs it at ``hub.url``."""

    def __init__(self) -> None:
        self.users = {OWNERS_TOKEN: User(OWNER)}
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.uploaded: dict[str, bytes] = {}
        self.xet, self.xet_hashes = XetStore(), dict[str, str]()
        self.requests: list[str] = []
        self.breaks_at = ""  # a pattern of requests; "" is none
        self.breaks_with: int | None = None  # a status; none drops the connection
        hub = self

        class Bound(_Handler):
            server_of = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.lock = threading.RLock()

    def __enter__(self) -> Hub:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, name: str, kind: str = "dataset") -> Repository:
        return self.repositories.setdefault((kind, name), Repository(kind, name))

    def dataset(self, name: str) -> Repository:
        return self.repositories["dataset", name]


Route = tuple[re.Pattern[str], Callable[..., None]]
ROUTES: list[Route] = []
KIND, NAME, REVISION = r"/api/(dataset|model|space)s", r"([\w.-]+/[\w.-]+)", r"([^/]+)"


def route(pattern: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def add(answer: Callable[..., None]) -> Callable[..., None]:
        ROUTES.append((re.compile(pattern), answer))
        return answer

    return add


class _Handler(BaseHTTPRequestHandler):
    server_of: Hub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def answer(self) -> None:
        self.hub, parts = self.server_of, urlsplit(self.path)
        self.body = self._read_body()
        self.query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        request = f"{self.command} {parts.path}"
        with self.hub.lock:
            self.hub.requests.append(request)
            try:
                if self.hub.breaks_at and re.search(self.hub.breaks_at, request):
                    self._break_down()
                else:
                    self._dispatch(request)
            except RefusedError as refused:
                headers = {"X-Error-Message": refused.message, "X-Error-Code": refused.code}
                said = {key: value for key, value in headers.items() if value}
                self.reply({"error": refused.message}, refused.status, **said)

    do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815 - the names of http.server

    def _break_down(self) -> None:
        if self.hub.breaks_with:
            raise RefusedError(self.hub.breaks_with, "broken for a test")
        self.close_connection = True

    def _dispatch(self, request: str) -> None:
        for pattern, answer in ROUTES:
            if match := pattern.fullmatch(request):
                return answer(self, *(unquote(group or "") for group in match.groups()))
        raise RefusedError(404, f"no route {request}")

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def reply(self, content: Any, status: int = 200, **headers: str) -> None:
        binary = isinstance(content, bytes)
        body = content if binary else json.dumps(content).encode()
        self.send_response(status)
        self.send_header(
            "Content-Type", "application/octet-stream" if binary else "application/json"
        )
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_range(self, content: bytes, headers: dict[str, str]) -> None:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not match or not any(match.groups()):
            return self.reply(content, **headers)
        size = len(content)
        start = int(match[1]) if match[1] else max(0, size - int(match[2]))
        end = min(int(match[2]) + 1, size) if match[1] and match[2] else size
        if start >= size:
            raise RefusedError(416, "past the end of the file")
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return self.reply(content[start:end], 206, **headers)

    # Who asks, and for what

    def user(self) -> User:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.hub.users:
            raise RefusedError(401, "Invalid username or password.")
        return self.hub.users[token]

    def check_may_write(self, name: str) -> None:
        user = self.user()
        if not user.may_write or name.split("/")[0] not in (user.name, *user.organisations):
            raise RefusedError(403, f"You don't have the rights to write to {name}.")

    def repository(self, kind: str, name: str) -> Repository:
        if found := self.hub.repositories.get((kind, name)):
            return found
        raise RefusedError(404, "Repository not found", "RepoNotFound")

    # Repositories

    @route(r"GET /api/whoami-v2")
    def whoami(self) -> None:
        user = self.user()
        organisations = [{"name": name, "roleInOrg": "write"} for name in user.organisations]
        token = {"displayName": "test", "role": "write" if user.may_write else "read"}
        auth = {"type": "access_token", "accessToken": token}
        self.reply({"type": "user", "name": user.name, "orgs": organisations, "auth": auth})

    @route(r"POST /api/repos/create")
    def create(self) -> None:
        asked = json.loads(self.body)
        kind = asked.get("type") or "model"
        name = f"{asked.get('organization') or self.user().name}/{asked['name']}"
        self.check_may_write(name)
        if (kind, name) in self.hub.repositories:
            raise RefusedError(409, "You already created this repo")
        self.hub.create(name, kind)
        self.reply({"url": f"{self.hub.url}/{kind}s/{name}", "name": name, "id": name})

    @route(rf"GET {KIND}/{NAME}(?:/revision/{REVISION})?")
    def info(self, kind: str, name: str, revision: str) -> None:
        repository = self.repository(kind, name)
        sha = repository.resolve(revision or "main")
        tree = repository.commits[sha].tree
        self.reply(
            {"_id": name, "id": name, "author": name.split("/")[0], "sha": sha, "private": False,
             "gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": [],
             "createdAt": WHEN, "lastModified": WHEN, "cardData": _card_data(tree),
             "siblings": [{"rfilename": path} for path in sorted(tree)]}
        )  # fmt: skip

    @route(rf"GET {KIND}/{NAME}/refs")
    def refs(self, kind: str, name: str) -> None:
        groups: dict[str, list[dict[str, str]]] = {"heads": [], "tags": []}
        for ref, sha in self.repository(kind, name).refs.items():
            _, group, short = ref.split("/", 2)
            groups[group].append({"name": short, "ref": ref, "targetCommit": sha})
        self.reply({"branches": groups["heads"], "tags": groups["tags"], "converts": []})

    @route(rf"GET {KIND}/{NAME}/tree/{REVISION}(/.*)?")
    def tree(self, kind: str, name: str, revision: str, folder: str) -> None:
        tree = self.repository(kind, name).tree(revision)
        recursive = self.query.get("recursive", "").lower() in ("true", "1")
        entries = self._entries(tree, folder.strip("/"), recursive)
        if folder.strip("/") and not entries:
            raise RefusedError(404, f"{folder} does not exist", "EntryNotFound")
        self.reply(entries)

    @route(rf"POST {KIND}/{NAME}/paths-info/{REVISION}")
    def paths_info(self, kind: str, name: str, revision: str) -> None:
        tree = self.repository(kind, name).tree(revision)
        typed = "json" in self.headers.get("Content-Type", "")
        asked = json.loads(self.body) if typed else parse_qs(self.body.decode())
        found = []
        for path in asked["paths"]:
            if path in tree:
                found.append(self._entry(path, tree[path]))
            elif any(other.startswith(f"{path}/") for other in tree):
                found.append(_folder(path))
        self.reply(found)

    @route(rf"POST {KIND}/{NAME}/tag/{REVISION}")
    def tag(self, kind: str, name: str, revision: str) -> None:
        self.check_may_write(name)
        repository, ref = self.repository(kind, name), f"refs/tags/{json.loads(self.body)['tag']}"
        if ref in repository.refs:
            raise RefusedError(409, f"Tag {ref} already exists")
        repository.refs[ref] = repository.resolve(revision)
        self.reply({})

    def _entries(self, tree: Tree, folder: str, recursive: bool) -> list[dict[str, Any]]:
        base = f"{folder}/" if folder else ""
        files, folders = [], set()
        for path, file in sorted(tree.items()):
            if path.startswith(base):
                steps = path[len(base) :].split("/")
                depth = len(steps) if recursive else min(len(steps), 2)
                folders |= {base + "/".join(steps[:end]) for end in range(1, depth)}
                if recursive or len(steps) == 1:
                    files.append(self._entry(path, file))
        return [*map(_folder, sorted(folders)), *files]

    def _entry(self, path: str, file: File) -> dict[str, Any]:
        size = len(file.content)
        entry: dict[str, Any] = {"type": "file", "oid": file.oid, "size": size, "path": path}
        if file.lfs:
            entry["lfs"] = {"oid": file.sha256, "size": size, "pointerSize": 134}
            if file.sha256 in self.hub.xet_hashes:
                entry["xetHash"] = self.hub.xet_hashes[file.sha256]
        return entry

    # Upload

    @route(r"POST /api/validate-yaml")
    def validate_yaml(self) -> None:
        self.reply({"errors": [], "warnings": []})

    @route(rf"POST {KIND}/{NAME}/preupload/{REVISION}")
    def preupload(self, kind: str, name: str, revision: str) -> None:
        self.check_may_write(name)
        tree = self.repository(kind, name).tree(revision)
        files = [
            {"path": path, "uploadMode": "lfs" if path.endswith(".parquet") else "regular",
             "shouldIgnore": False, "oid": tree[path].oid if path in tree else None}
            for path in (file["path"] for file in json.loads(self.body)["files"])
        ]  # fmt: skip
        self.reply({"files": files})

    @route(rf"POST {KIND}/{NAME}/commit/main")
    def commit(self, kind: str, name: str) -> None:
        self.check_may_write(name)
        repository = self.repository(kind, name)
        parent = repository.resolve("main")
        tree = dict(repository.commits[parent].tree)
        header: dict[str, str] = {}
        for line in self.body.splitlines():
            step = json.loads(line)
            key, value = step["key"], step["value"]
            if key == "header":
                header = value
            elif key == "file":
                tree[value["path"]] = File(base64.b64decode(value["content"]), lfs=False)
            elif key == "lfsFile":
                if value["oid"] not in self.hub.uploaded:
                    raise RefusedError(400, f"{value['oid']} was not uploaded")
                tree[value["path"]] = File(self.hub.uploaded[value["oid"]], lfs=True)
            elif key == "deletedFile":
                del tree[value["path"]]
            else:
                raise RefusedError(400, f"a commit with {key} is not known here")
        if header.get("parentCommit") not in (None, parent):
            raise RefusedError(412, "A commit has happened since. Please refresh and try again.")
        sha = repository.commit(
            Commit(tree, parent, header["summary"], header.get("description", ""))
        )
        url = f"{self.hub.url}/{kind}s/{name}/commit/{sha}"
        self.reply({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})

    @route(rf"POST /datasets/{NAME}\.git/info/lfs/objects/batch")
    def lfs_batch(self, name: str) -> None:
        self.check_may_write(name)
        objects = []
        for asked in json.loads(self.body)["objects"]:
            known = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in self.hub.uploaded:
                upload = {"href": f"{self.hub.url}/lfs/{asked['oid']}", "header": {}}
                known["actions"] = {"upload": upload}
            objects.append(known)
        self.reply({"transfer": "basic", "objects": objects})

    @route(r"PUT /lfs/([0-9a-f]{64})")
    def lfs_put(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise RefusedError(400, "the content has another SHA-256")
        self.hub.uploaded[oid] = self.body
        self.reply({})

    # Download

    @route(rf"(?:GET|HEAD) /(dataset)s/{NAME}/resolve/{REVISION}/(.+)")
    def download(self, kind: str, name: str, revision: str, path: str) -> None:
        repository = self.repository(kind, name)
        sha = repository.resolve(revision)
        if path not in repository.commits[sha].tree:
            raise RefusedError(404, "Entry not found", "EntryNotFound")
        file = repository.commits[sha].tree[path]
        etag = f'"{file.sha256 if file.lfs else file.oid}"'
        headers = {"X-Repo-Commit": sha, "ETag": etag, "Accept-Ranges": "bytes"}
        if file.lfs:
            headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(len(file.content))}
        if xet_hash := self.hub.xet_hashes.get(file.sha256):
            refresh = f"{self.hub.url}/api/{kind}s/{name}/xet-read-token/{sha}"
            headers |= {"X-Xet-Hash": xet_hash, "X-Xet-Refresh-Route": refresh}
            headers["Link"] = f'<{refresh}>; rel="xet-auth"'
        self.reply_range(file.content, headers)

    # Xet

    @route(rf"GET {KIND}/{NAME}/xet-(read|write)-token/{REVISION}")
    def xet_token(self, kind: str, name: str, purpose: str, revision: str) -> None:
        if purpose == "write":
            self.check_may_write(name)
        url, expires = f"{self.hub.url}/cas", int(time.time()) + 3600
        headers = {
            "X-Xet-Cas-Url": url,
            "X-Xet-Access-Token": "xet",
            "X-Xet-Token-Expiration": str(expires),
        }
        self.reply({"casUrl": url, "exp": expires, "accessToken": "xet"}, **headers)

    @route(r"POST /cas/v1/xorbs/default/([0-9a-f]{64})")
    def xorb_put(self, xorb: str) -> None:
        inserted = xorb not in self.hub.xet.xorbs
        self.hub.xet.xorbs[xorb] = self.body
        self.reply({"was_inserted": inserted})

    @route(r"GET /cas/xorb/([0-9a-f]{64})")
    def xorb_get(self, xorb: str) -> None:
        self.reply_range(self.hub.xet.xorbs[xorb], {})

    @route(r"POST /cas/v2/shards")
    def shard(self) -> None:
        for sha256, (xet_hash, content) in self.hub.xet.add_shard(self.body).items():
            self.hub.uploaded[sha256] = content
            self.hub.xet_hashes[sha256] = xet_hash
        self.reply(b'{"type":"result","result":1}\n')

    @route(r"GET /cas/v2/reconstructions/([0-9a-f]{64})")
    def reconstruction(self, file: str) -> None:
        if file not in self.hub.xet.files:
            raise RefusedError(404, "no such file")
        asked, address = self.headers.get("Range", ""), f"{self.hub.url}/cas/xorb"
        self.reply(self.hub.xet.reconstruction(file, asked, address))


def _folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "oid": "0" * 40, "size": 0, "path": path}


def _card_data(tree: Tree) -> dict[str, Any]:
    card = tree["README.md"].content.decode() if "README.md" in tree else ""
    match = re.match(r"---\n(.*?)\n---", card, re.DOTALL)
    return yaml.safe_load(match[1]) if match else {}
