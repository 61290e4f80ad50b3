"""Many people at once, from a CSV file: read, checked against what is there, and then admitted all or none."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Department, Role, User
from digi.accounts.services import departments, people, profiles
from digi.audit import services as audit
from digi.errors import Invalid, Sentence

COLUMNS = ("user_name", "email", "display_name", "department", "role")
ROWS_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which line of the file; the header is line 1."""

    line: int
    message: Sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One line in the spelling that will be stored. `is_new`: an account is made; else only the role is given."""

    line: int
    user_name: str
    email: str
    display_name: str
    department: str
    role: str
    is_new: bool


@dataclass(slots=True)
class Plan:
    """What an import would do; it does nothing while there are faults."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def newcomers(self) -> list[Row]:
        return [row for row in self.rows if row.is_new]


def preview(*, content: bytes) -> Plan:
    """Read and check the file, and change nothing."""
    plan = Plan()
    try:
        records = list(_records(content))
    except _Unreadable as error:
        plan.faults.append(error.fault)
        return plan

    known = _Known(records)
    for line, record in records:
        try:
            plan.rows.append(known.check(line, record))
        except ValidationError as error:
            plan.faults += [Fault(line, message) for message in error.messages]
    return plan


@transaction.atomic
def admit(*, content: bytes, by: audit.Actor = None) -> list[User]:
    """Make the accounts, their addresses vouched for and without passwords, and give the roles.

    All or nothing: raises `Invalid` with `faults`, a list of `[line, message]`. Returns the newcomers, who still
    wait for their invitations.
    """
    plan = preview(content=content)
    if plan.faults:
        faults = [[fault.line, str(fault.message)] for fault in plan.faults]
        raise Invalid(_("The file cannot be imported as it is."), code="bad_file", faults=faults)

    newcomers = [_make(row, by) for row in plan.newcomers]
    everybody = User.objects.in_bulk([row.user_name for row in plan.rows], field_name="username")
    places = Department.objects.in_bulk(field_name="slug")
    for row in plan.rows:
        if row.role:
            user, department = everybody[row.user_name], places[row.department]
            departments.grant(user=user, department=department, role=row.role, by=by)
    audit.record(action="people.imported", actor=by, details={"rows": len(plan.rows), "new": len(newcomers)})
    return newcomers


def _make(row: Row, by: audit.Actor) -> User:
    return people.create(username=row.user_name, email=row.email, verified=True, display_name=row.display_name, by=by)


class _Unreadable(Exception):
    def __init__(self, line: int, message: Sentence) -> None:
        self.fault = Fault(line, message)


def _records(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The file's lines by column, empty ones left out. Commas or semicolons part them; the encoding is UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, _("The file is not in UTF-8. Save it with this encoding.")) from error

    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if sorted(header) != sorted(COLUMNS):
            raise _Unreadable(
                1, format_lazy(_("The first line must name the columns {names}."), names=", ".join(COLUMNS))
            )

        line, count = reader.line_num + 1, 0
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count += 1
                if len(cells) != len(header):
                    raise _Unreadable(line, format_lazy(_("{count} columns are needed here."), count=len(header)))
                if count > ROWS_AT_MOST:
                    raise _Unreadable(line, format_lazy(_("At most {count} people at once."), count=ROWS_AT_MOST))
                yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(reader.line_num, _("A quotation mark is open or out of place.")) from error


class _Known:
    """What is in the database about the people of a file, read in a few queries, and what the file says twice."""

    def __init__(self, records: list[tuple[int, dict[str, str]]]) -> None:
        names = {_stored("username", record["user_name"]) for _line, record in records}
        addresses = {_stored("email", record["email"]) for _line, record in records}
        self.people = User.objects.in_bulk(sorted(filter(None, names)), field_name="username")
        owners = User.objects.filter(email__in=sorted(filter(None, addresses)))
        self.owners = dict(owners.values_list("email", "username"))
        self.places = set(Department.objects.values_list("slug", flat=True))
        self.seen: dict[str, Row] = {}

    def check(self, line: int, record: dict[str, str]) -> Row:
        """The line as a row. Raises ValidationError with everything that is wrong in it."""
        columns = {"username": "user_name", "email": "email", "display_name": "display_name"}
        values, faults = _cleaned(record, columns)
        name, email = values.get("username") or "", values.get("email") or ""
        present = self.people.get(name)
        before = self.seen.get(name)
        if email and self.owners.setdefault(email, name) != name:
            faults.append(_("This address belongs to another account."))
        if present is not None and (not present.is_active or (email and email != present.email)):
            faults.append(_("There is an account of this name with another address, or one that is closed."))
        if before is not None and email != before.email:
            faults.append(_("The same user name stands in an earlier line with another address."))
        if present is None and name and not record["email"]:
            faults.append(_("A new account needs an address, which the invitation goes to."))
        faults += self._role_faults(record)
        if faults:
            raise ValidationError([str(fault) for fault in faults])

        is_new = present is None and before is None
        row = Row(line, name, email, values["display_name"] or "", record["department"], record["role"], is_new)
        self.seen.setdefault(name, row)
        return row

    def _role_faults(self, record: dict[str, str]) -> list[Sentence]:
        department, role = record["department"], record["role"]
        if not department and not role:
            return []
        faults: list[Sentence] = []
        if department not in self.places:
            faults.append(format_lazy(_("There is no department with the short name “{name}”."), name=department))
        if role not in Role.values:
            roles = ", ".join(Role.values)
            faults.append(format_lazy(_("The role must be one of {roles}."), roles=roles))
        return faults


def _cleaned(record: dict[str, str], columns: dict[str, str]) -> tuple[dict[str, str | None], list[Sentence]]:
    values: dict[str, str | None] = {}
    faults: list[Sentence] = []
    for name, source in columns.items():
        try:
            values[name] = profiles.column(name).clean(record[source], None)
        except ValidationError as error:
            faults += [f"{source}: {message}" for message in error.messages]
    return values, faults


def _stored(name: str, text: str) -> str | None:
    value: str | None = profiles.column(name).get_prep_value(text)
    return value
