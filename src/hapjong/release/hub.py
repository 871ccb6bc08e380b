"""What the Hugging Face Hub, or the way to it, refuses: said in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hapjong.problems import UnusableError

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Raise UnusableError for what goes wrong inside; ``doing`` says what was tried."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        yield
    except LocalTokenNotFoundError as error:
        raise UnusableError("no token: set HF_TOKEN, or run `hf auth login`") from error
    except HfHubHTTPError as error:
        raise UnusableError(f"{doing}: {_refusal(error)}") from error
    # What httpx, the operating system, hf_xet and the check of the card's header raise.
    except (httpx2.HTTPError, OSError, RuntimeError, ValueError) as error:
        cause = error.__cause__  # an upload by LFS hides the Hub's answer in it
        said = str(error) or type(error).__name__
        reason = f" {_refusal(cause)}" if isinstance(cause, HfHubHTTPError) else ""
        raise UnusableError(f"{doing}: {said}{reason}") from error


def _refusal(error: HfHubHTTPError) -> str:
    status = error.response.status_code
    known = {
        401: "the Hub does not know the token (from HF_TOKEN, or else `hf auth login`)",
        403: "the token does not allow it",
        412: "somebody else has pushed meanwhile; look at it, then push again",
    }
    return known.get(status) or f"the Hub answers {status} {error.server_message or ''}".strip()
