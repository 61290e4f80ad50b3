"""What the worker can do for theses: importing the services registers their tasks."""

from thesis.services.readings import read

__all__ = ["read"]
