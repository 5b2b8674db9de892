"""The kinds of thing that a course holds beside its people, one file for each."""
