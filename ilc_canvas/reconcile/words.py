"""A small word that every sentence needs."""


def count(number: int, one: str, many: str = "") -> str:
    """1 person, 2 people, 1,455 changes"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
