"""Topics, applications and theses for tests, made by the services that people use."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from digi.accounts.models import User
from digi.files.models import DOCUMENT
from digi.files.services import storage
from thesis import days
from thesis.models import (
    Application,
    Document,
    DocumentVersion,
    MemberRole,
    Programme,
    Reading,
    Thesis,
    ThesisMember,
    Topic,
)
from thesis.services import applications, theses, topics
from thesis.services.members import bring_in
from thesis.states import State


@dataclass
class Institute:
    programme: Programme
    student: User
    supervisor: User
    examiner: User
    coordinator: User

    def topic(self, *, title: str = "Stalled viewers", is_open: bool = True, **values: Any) -> Topic:
        topic = topics.create(programme=self.programme, by=self.supervisor, title=title, **values)
        return topics.move(topic=topic, to="open", by=self.supervisor) if is_open else topic

    def application(self, topic: Topic | None = None, *, by: User | None = None) -> Application:
        topic = topic or self.topic()
        return applications.apply_for_topic(topic=topic, by=by or self.student, kind="master", motivation="I want to.")

    def offered(self, topic: Topic | None = None, *, by: User | None = None) -> Application:
        return applications.offer(application=self.application(topic, by=by), by=self.supervisor)

    def thesis(self, *, state: str = State.DRAFT, title: str = "Bounded lag", **fields: Any) -> Thesis:
        """A thesis with its three people, put into a state without asking the rules."""
        thesis = theses.create(programme=self.programme, title=title, kind="master", by=self.coordinator)
        people = [
            (self.student, MemberRole.STUDENT),
            (self.supervisor, MemberRole.SUPERVISOR),
            (self.examiner, MemberRole.EXAMINER),
        ]
        bring_in(thesis=thesis, people=people, by=self.coordinator)
        put(thesis, state=state, **fields)
        return thesis


def put(row: Any, /, **fields: Any) -> Any:
    """Set columns behind the services' backs."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def dated(thesis: Thesis, *, due: int = 30) -> Thesis:
    """Start today, due in so many days."""
    today = days.today()
    return put(thesis, start_on=today - timedelta(days=60), due_on=today + timedelta(days=due))


def leave(thesis: Thesis, user: User) -> None:
    """Make the person a former member."""
    ThesisMember.objects.filter(thesis=thesis, user=user).update(left_at=timezone.now())


def upload(thesis: Thesis, kind: str, content: bytes = b"%PDF-1.7") -> DocumentVersion:
    """A version as if the thesis's student had uploaded it."""
    student = thesis.members.filter(role=MemberRole.STUDENT).first().user
    document, _ = Document.objects.get_or_create(thesis=thesis, kind=kind)
    told = {"name": f"{kind}.pdf", "media_type": "application/pdf"}
    file = storage.store(owner=student, purpose=DOCUMENT, content=content, **told)
    values = told | {"size": file.size, "sha256": file.sha256, "uploaded_by": student}
    number = document.versions.count() + 1
    version = DocumentVersion.objects.create(document=document, n=number, file=file, **values)
    Reading.objects.create(version=version)
    return version


def address(world: Any, path: str) -> str:
    """The path with the public ids of the world's rows."""
    rows = {name: row.uuid for name, row in vars(world).items() if hasattr(row, "uuid")}
    return path.format(**rows)
