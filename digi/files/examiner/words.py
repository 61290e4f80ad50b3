"""Text as a database takes it."""


def storable(text: str) -> str:
    """Without NUL and lone surrogates, which come from broken fonts and which no database stores."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
