"""The forms in which offices send tables: encodings, separators, workbooks, headers. Each becomes a grid of text, or is refused."""
