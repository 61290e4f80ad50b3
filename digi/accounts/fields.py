"""Columns that hold lower case only, so that every database compares names alike."""

from typing import Any

from django.db import models


class LowerCharField(models.CharField):  # type: ignore[type-arg]
    """Text kept in lower case; look-ups are lowered too."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value


class LowerEmailField(models.EmailField):  # type: ignore[type-arg]
    """An address kept in lower case; an empty one is NULL, so that uniqueness spares people without one."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() or None if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value
