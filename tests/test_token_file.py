"""A token that is replaced in its file while a program runs."""

from pathlib import Path

import pytest

from ilc_canvas.bootstrap import client
from ilc_canvas.reconcile.errors import TokenError
from ilc_canvas.settings import read_settings
from tests.sandbox.process import TOKEN, start_sandbox


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "token"
    path.write_text("former\n")
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(path))
    return path


def test_replaced_token_is_read_again(file: Path) -> None:
    """What stands in the file counts at each call, with the settings that were read before."""
    settings = read_settings()
    assert settings.newest_token == "former"
    file.write_text("new\n")
    assert settings.newest_token == "new"


@pytest.mark.usefixtures("file")
def test_token_that_is_set_stays() -> None:
    """A token that was given otherwise is not replaced by the file."""
    assert read_settings(token="given").newest_token == "given"


def test_refused_token_ends_with_the_new_one(file: Path) -> None:
    """A client that was made with a refused token, and settings that were read then, work as soon as the file holds the new one."""
    with start_sandbox() as sandbox:
        settings = read_settings(url=sandbox.url)
        with pytest.raises(TokenError):
            client(settings, "2021-22").tenant()
        refused = client(settings, "2021-22")
        file.write_text(f"{TOKEN}\n")
        assert refused.tenant().root_account_id == 1
        assert client(settings, "2021-22").tenant().root_account_id == 1
