"""What theses hold about a person. What was handed in, and what others have worked on with them, must be kept."""

from digi.accounts.holdings import register
from thesis.services.holdings.applying import applying
from thesis.services.holdings.documents import documents
from thesis.services.holdings.parts import parts
from thesis.services.holdings.work import words, work


def register_own() -> None:
    """In this order they are shown, and forgotten."""
    register(*parts(), *applying(), *words(), *work(), *documents())
