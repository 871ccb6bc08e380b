"""One real Label Studio server for all tests, and articles to put into it."""

from __future__ import annotations

import datetime
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from hapjong.annotation.accounts import Accounts
from hapjong.annotation.server import Server
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    ArticleHeader,
    Genre,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Split,
    Stance,
    Status,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = """가나전자, 다라소프트와 손잡다 ({number})
가나전자가 다라소프트와 번역 모델을 함께 개발하기로 했다고 3일 밝혔다. 😀  두 칸 뒤도 같다.
다라소프트가 이번 협력을 반겼다.
"""


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def server(
    require: Callable[[str], None],
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    require("label_studio")
    with Server(tmp_path_factory.mktemp("studio"), free_port()) as running:
        yield running


@pytest.fixture
def accounts(server: Server) -> Accounts:
    return server.accounts


def make_article(number: int, split: Split = Split.TRAIN, text: str = TEXT) -> Article:
    text = text.format(number=number).rstrip("\n")
    event = "2024-01-gana-dara"
    return Article(
        article_id=f"{event}-{number}",
        header=ArticleHeader(date=datetime.date(2024, 1, 3), event=event, genre=Genre.NEWS),
        split=split,
        length=len(text),
        text=text,
    )


@pytest.fixture(scope="session")
def articles() -> list[Article]:
    return [make_article(number) for number in range(1, 5)]


@pytest.fixture(scope="session")
def annotate() -> Callable[[Article, str], Annotation]:
    """What a careful annotator makes of one of the articles."""

    def make(article: Article, annotator: str) -> Annotation:
        text = article.text or ""
        body = text.index("\n")

        def place(surface: str) -> dict[str, Any]:
            start = text.index(surface, body)
            return {"start": start, "end": start + len(surface), "surface": surface}

        org = MentionType.ORG
        return Annotation(
            scheme=SCHEME,
            article_id=article.article_id,
            annotator=annotator,
            mentions=(
                Mention(id="m1", type=org, entity="gana", **place("가나전자")),
                Mention(id="m2", type=org, entity="dara-soft", **place("다라소프트")),
                Mention(id="m3", type=MentionType.DATE, **place("3일")),
            ),
            partnerships=(
                Partnership(
                    id="p1",
                    type=PartnershipType.COOPERATION,
                    status=Status.AGREED,
                    parties=(
                        Party(role=Role.PARTY, mention="m1"),
                        Party(role=Role.PARTY, mention="m2"),
                    ),
                    **place("개발하기로 했다"),
                ),
            ),
            stances=(
                Stance(
                    id="s1", polarity=Polarity.FAVOR, holder="m2", target="p1", **place("반겼다")
                ),
            ),
            article_stance=Polarity.FAVOR,
        )

    return make


@pytest.fixture
def sign_in(server: Server, page: Page) -> Callable[[str], None]:
    """Sign an annotator in on the page, as a person does."""

    def fill_in(name: str) -> None:
        account = server.accounts.read().annotators[name]
        page.goto(f"{server.url}/user/login/")
        page.fill("input[name=email]", account.email)
        page.fill("input[name=password]", account.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url)

    return fill_in
