"""The socket of a thesis."""

from thesis.consumers.workspace import ThesisConsumer

__all__ = ["ThesisConsumer"]
