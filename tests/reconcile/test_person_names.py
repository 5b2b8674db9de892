"""When two ways of writing a name can be one person, and when not."""

import pytest

from ilc_canvas.reconcile.people.person_names import names_agree

ONE_PERSON = {
    "the same": ("Ada King", "King, Ada", "Ada King"),
    "letter case": ("Ada King", "King, Ada", "ADA KING"),
    "accents": ("José Núñez", "Núñez, José", "Jose Nunez"),
    "accents decomposed": ("José Núñez", "Núñez, José", "Jose\N{COMBINING ACUTE ACCENT} Nun\N{COMBINING TILDE}ez"),
    "letters of their own": ("Michał Wójcik", "Wójcik, Michał", "Michal Wojcik"),
    "family name first": ("Ada King", "King, Ada", "King, Ada"),
    "second family name missing": ("José García López", "García López, José", "Jose Garcia"),
    "second family name only": ("José García López", "García López, José", "José López"),
    "second family name added": ("José García", "García, José", "José García López"),
    "married, both names": ("Ann Smith", "Smith, Ann", "Ann Miller-Smith"),
    "second given name": ("Ann Smith", "Smith, Ann", "Mary Ann Smith"),
    "initial": ("Jonathan Park", "Park, Jonathan", "J. Park"),
    "short form": ("Robert Diaz", "Diaz, Robert", "Bob Diaz"),
    "beginning of the name": ("Alexandra Wu", "Wu, Alexandra", "Alex Wu"),
    "two letters": ("Cyril Thorn", "Thorn, Cyril", "Cy Thorn"),
    "two short forms": ("Bill Park", "Park, Bill", "Will Park"),
    "apostrophe": ("Sean O'Neil", "O'Neil, Sean", "Sean O’Neil"),
    "apostrophe left out": ("Sean O'Neil", "O'Neil, Sean", "Sean ONeil"),
    "hyphen": ("Ann-Marie Dubois", "Dubois, Ann-Marie", "Ann Marie Dubois"),
    "suffix": ("John Reed", "Reed, John", "John Reed, Jr."),
    "title": ("John Reed", "Reed, John", "Dr. John Reed, PhD"),
    "name of several words": ("Anna van der Berg", "van der Berg, Anna", "Anna Van der Berg"),
    "one word": ("王小明", "王小明", "王小明"),
    "no comma in the sortable name": ("Ada King", "Ada King", "Ada King"),
    "blanks": ("Ada King", "King, Ada", "  Ada   King "),
}
TWO_PEOPLE = {
    "another family name": ("Cy Thorn", "Thorn, Cy", "Cy Marble"),
    "another given name": ("Cy Thorn", "Thorn, Cy", "Ann Thorn"),
    "another initial": ("Cy Thorn", "Thorn, Cy", "D. Thorn"),
    "given name alone": ("Cy Thorn", "Thorn, Cy", "Cy"),
    "family name alone": ("Cy Thorn", "Thorn, Cy", "Thorn"),
    "nothing": ("Cy Thorn", "Thorn, Cy", ""),
    "not the beginning": ("Alma Reed", "Reed, Alma", "Ma Reed"),
    "given name that is a family name": ("James Thomas", "Thomas, James", "Thomas Wright"),
    "another word": ("王小明", "王小明", "王小红"),
    "short for somebody else": ("Edward Park", "Park, Edward", "Bob Park"),
}


@pytest.mark.parametrize(("name", "sortable", "other"), ONE_PERSON.values(), ids=ONE_PERSON)
def test_one_person_written_otherwise(name: str, sortable: str, other: str) -> None:
    """Accents, order, second names, short forms, titles and punctuation make no difference."""
    assert names_agree(name, sortable, other)


@pytest.mark.parametrize(("name", "sortable", "other"), TWO_PEOPLE.values(), ids=TWO_PEOPLE)
def test_two_people_told_apart(name: str, sortable: str, other: str) -> None:
    """Without a family name and a given name in common nobody is taken for the same person."""
    assert not names_agree(name, sortable, other)
