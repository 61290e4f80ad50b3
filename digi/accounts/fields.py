"""Columns that keep names and addresses in one spelling, so that every database compares them alike."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import lookups

from digi.accounts import names

Column = TypeVar("Column", bound="models.CharField[Any, Any]")


class Spelled(lookups.Lookup):
    """Mixed into a comparison: what is looked for takes the column's spelling, whatever the database holds alike.

    SQLite would fold the case of ASCII alone, PostgreSQL that of all letters, SQL Server ligatures and widths besides.
    """

    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, str):
            return self.lhs.output_field.spelling(self.rhs) or ""
        return super().get_prep_lookup()


class Is(Spelled, lookups.Exact):
    lookup_name = "iexact"


class Holds(Spelled, lookups.Contains):
    lookup_name = "icontains"


class Begins(Spelled, lookups.StartsWith):
    lookup_name = "istartswith"


def _compared(field: type[Column]) -> type[Column]:
    for lookup in (Is, Holds, Begins):
        field.register_lookup(lookup)
    return field


class OneSpelling:
    """Mixed into a text field: whatever is assigned is stored, compared and read back as `spelling` writes it."""

    attname: str

    def spelling(self, text: str) -> str | None:
        raise NotImplementedError

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)  # type: ignore[misc]
        return self.spelling(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)  # type: ignore[misc]
        return self.spelling(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


@_compared
class UserNameField(OneSpelling, models.CharField):  # type: ignore[type-arg]
    """A user name: visible characters, lower case."""

    def spelling(self, text: str) -> str:
        return names.user_name(text)


class NameField(OneSpelling, models.CharField):  # type: ignore[type-arg]
    """A name as people write it, without invisible characters."""

    def spelling(self, text: str) -> str:
        return names.visible(text)


@_compared
class LowerEmailField(OneSpelling, models.EmailField):  # type: ignore[type-arg]
    """An address in lower case; an empty one is NULL, so that uniqueness spares people without one."""

    def spelling(self, text: str) -> str | None:
        return names.visible(text).lower() or None


@_compared
class SearchField(models.CharField):  # type: ignore[type-arg]
    """The folded text of other columns of the same row, kept by every save and bulk insert.

    A save with `update_fields` names this column beside those it is made from.
    """

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.sources = sources
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}

    def spelling(self, text: str) -> str:
        return names.folded(text)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        words = " ".join(str(getattr(model_instance, source) or "") for source in self.sources)
        value = self.spelling(words)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value
