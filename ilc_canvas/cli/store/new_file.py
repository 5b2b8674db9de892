"""A file that a command writes for somebody: never over another one, never through a link, and for its owner alone."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from ilc_canvas.reconcile.errors import IlcError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """A new file for a spreadsheet, starting with the mark by which Excel recognizes UTF-8. IlcError if the path exists."""
    with whole_file(path) as file:
        table = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        yield table
        table.flush()
        table.detach()


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, which gets its name when it is whole: until then, and after a kill, it has another, which the next command that writes it
    removes. IlcError if the path exists, be it as a link.
    """
    if os.path.lexists(path):
        raise _there(path)
    partial = path.with_name(f"{path.name}.ilc-partial")
    number = _begun(partial)
    try:
        with open(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _named(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _begun(partial: Path) -> int:
    """The new file, locked; what a killed command has left under its name is removed. IlcError if somebody is writing it."""
    try:
        former = os.open(partial, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        former = -1  # absent, or a link, which is removed and not followed
    try:
        if former >= 0:
            fcntl.flock(former, fcntl.LOCK_EX | fcntl.LOCK_NB)
        partial.unlink(missing_ok=True)
        number = os.open(partial, _NEW, 0o600)
    except BlockingIOError as error:
        raise IlcError(f"{partial} is being written by another command. Nothing was done. Wait until it has ended.") from error
    finally:
        if former >= 0:
            os.close(former)
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return number


def _named(partial: Path, path: Path) -> None:
    """Its own name, unless somebody has taken that meanwhile."""
    try:
        os.link(partial, path)
    except FileExistsError as error:
        raise _there(path) from error
    except OSError:  # a file system without hard links
        partial.rename(path)


def _there(path: Path) -> IlcError:
    return IlcError(f"{path} already exists and was left as it is. Nothing was done. Name another file.")


def new_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all of these files into one folder (made if needed), or none of them. IlcError if one exists or the folder is a link."""
    with _opened(folder) as place:
        there = sorted(name for name in files if _is_there(name, place))
        if there:
            raise IlcError(f"{folder / there[0]} already exists and was left as it is. Nothing was written. Name another folder.")
        written: list[str] = []
        try:
            for name, data in files.items():
                with open(os.open(name, _NEW, 0o600, dir_fd=place), "wb") as file:
                    written.append(name)
                    file.write(data)
        except OSError as error:
            for name in written:
                with suppress(OSError):
                    os.unlink(name, dir_fd=place)
            raise IlcError(f"{folder} cannot be written to: {error.strerror}. What had been started there was removed.") from error


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """The folder itself, so that nobody puts another in its place meanwhile."""
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        why = "is a link or not a folder" if folder.is_symlink() or folder.exists() else f"cannot be made: {error.strerror}"
        raise IlcError(f"{folder} {why}. Nothing was written. Name another folder.") from error
    try:
        yield place
    finally:
        os.close(place)


def _is_there(name: str, place: int) -> bool:
    try:
        os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def refuse_existing(paths: Iterable[Path]) -> None:
    """IlcError if one of these exists, even as a link."""
    there = sorted(path for path in paths if os.path.lexists(path))
    if there:
        raise IlcError(f"{there[0]} already exists and was left as it is. Nothing was written. Name another file.")


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write all of these new files, readable only by their owner. IlcError if a path exists, even as a link; none is written then."""
    try:
        with ExitStack() as stack:
            opened = [(stack.enter_context(whole_file(path)), data) for path, data in files.items()]
            for file, data in opened:
                file.write(data)
    except OSError as error:
        raise IlcError(f"{error.filename or 'The file'} cannot be written: {error.strerror}. What had been started was removed.") from error
