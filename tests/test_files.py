"""Where settings and secrets are read from."""

from pathlib import Path

import pytest

from ilc_canvas.files import config_file, secret_in
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import read_settings

HOSTILE = 'url = "https://other.example.org"\naccount = "1"\n[guard]\nremovals_per_run = 5000\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with settings that nobody has named."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "ilc.toml").write_text(HOSTILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ILC_CANVAS_CONFIG", raising=False)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_settings_of_the_folder_are_not_used() -> None:
    """A config/ilc.toml in the working directory decides neither address nor account nor guard: it is named, and nothing is done."""
    with pytest.raises(
        SettingsError, match=r"config/ilc\.toml in this folder differs .* Nothing was done\. .*ILC_CANVAS_CONFIG=config/ilc\.toml"
    ):
        read_settings()


def test_named_settings_are_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is used if ILC_CANVAS_CONFIG names it."""
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(folder / "config" / "ilc.toml"))
    assert read_settings().url == "https://other.example.org"


def test_same_settings_are_no_question(folder: Path) -> None:
    """A copy that says the same as the installation's, as in a checkout, is no question; nor is a folder without one."""
    here = folder / "config" / "ilc.toml"
    here.unlink()
    installed = config_file()
    here.write_bytes(installed.read_bytes())
    assert config_file() == installed
    assert installed != here


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80token"])
def test_secret_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """A secret's file that holds no text is a sentence with its name, without its content."""
    (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SettingsError, match=r"ILC_CANVAS_TOKEN_FILE: .*token holds no text in UTF-8\. Nothing was done\."):
        secret_in("token")
