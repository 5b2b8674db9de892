"""What courses are furnished with, by the settings."""

from pathlib import Path

from ilc_canvas.courses.content_source import ContentSource
from ilc_canvas.files import installed_path
from ilc_canvas.reconcile.errors import TemplateError
from ilc_canvas.settings import Settings


def content_source(settings: Settings) -> ContentSource:
    """The texts of the installation, or those of the office; nothing if courses get no content."""
    folder = settings.courses.templates or installed_path("courses")
    return ContentSource.read(Path(folder) if settings.courses.content else None, settings.policy, settings.office.values)


def templates_folder(settings: Settings, named: Path | None = None) -> Path:
    """Where the texts of the courses are: the folder that was named, that of the settings, or that of the program. TemplateError if it is
    not there.
    """
    folder = named or (Path(settings.courses.templates) if settings.courses.templates else installed_path("courses"))
    if not folder.is_dir():
        raise TemplateError(f"There is no folder {folder} with the texts of the courses. Nothing was done.")
    return folder
