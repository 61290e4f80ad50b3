"""Theses in the admin."""

from thesis.admin import documents, process

__all__ = ["documents", "process"]
