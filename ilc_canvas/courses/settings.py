"""The settings about courses and the office that is named in them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ilc_canvas.courses.values.values import Office
from ilc_canvas.courses.values.words import shown

Sentence = Annotated[str, Field(max_length=600)]


class CourseSettings(BaseModel):
    """Whether courses get content, and where its texts are."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    content: bool = True
    """Whether courses get pages, discussions and modules."""
    templates: str = ""
    """The folder of the office's own texts; empty: those that come with the program."""


class OfficeSettings(BaseModel):
    """What the texts of the courses say about the office. No default states an amount or a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(min_length=1, max_length=200)] = "the program office"
    """What it is called within a sentence."""
    email: Annotated[str, Field(pattern=r"^([^\s@<>]+@[^\s@<>]+)?$", max_length=254)] = ""
    """Where people get help; empty: no address is shown."""
    mini_grant: Sentence = ""
    """What is said about mini-grants; empty: to ask the regional staff."""
    honorarium: Sentence = ""
    """The same about honoraria."""

    @property
    def values(self) -> Office:
        """As templates have them."""
        return Office(shown(self.name), shown(self.email), shown(self.mini_grant), shown(self.honorarium))
