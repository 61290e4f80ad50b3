"""Programmes, topics and applications, theses with their people, and the work on them; one noun a file."""

from thesis.models.applications import Application, ApplicationStep, InterviewSlot, Rejection
from thesis.models.discussion import ChangeRequest, Comment, RequestState, Thread, ThreadVisibility
from thesis.models.documents import Document, DocumentKind, DocumentVersion, Reading, ReadingState, Receipt
from thesis.models.happenings import Circle, Happening, Ledger
from thesis.models.history import Step, Transition
from thesis.models.marks import Assessment, Mark
from thesis.models.people import Invitation, MemberRole, ThesisMember
from thesis.models.plan import Extension, ExtensionState, Meeting, MeetingState, Milestone, Task
from thesis.models.programmes import Kind, LatePolicy, Programme
from thesis.models.theses import Thesis, Visibility
from thesis.models.topics import Topic, TopicState, TopicSubscription

__all__ = [
    "Application",
    "ApplicationStep",
    "Assessment",
    "ChangeRequest",
    "Circle",
    "Comment",
    "Document",
    "DocumentKind",
    "DocumentVersion",
    "Extension",
    "ExtensionState",
    "Happening",
    "InterviewSlot",
    "Invitation",
    "Kind",
    "LatePolicy",
    "Ledger",
    "Mark",
    "Meeting",
    "MeetingState",
    "MemberRole",
    "Milestone",
    "Programme",
    "Reading",
    "ReadingState",
    "Receipt",
    "Rejection",
    "RequestState",
    "Step",
    "Task",
    "Thesis",
    "ThesisMember",
    "Thread",
    "ThreadVisibility",
    "Topic",
    "TopicState",
    "TopicSubscription",
    "Transition",
    "Visibility",
]
