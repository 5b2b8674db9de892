"""Small words that every sentence needs."""


def count(number: int, one: str, many: str = "") -> str:
    """1 person, 2 people"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
