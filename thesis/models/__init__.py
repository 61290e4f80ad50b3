"""Programmes, topics and applications, theses with their people, and the work on them; one noun a file."""

from thesis.models.applications import Application, ApplicationDraft, ApplicationStep, InterviewSlot, Rejection
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
from thesis.models.views import Column, SavedView

__all__ = [
    "Application",
    "ApplicationDraft",
    "ApplicationStep",
    "Assessment",
    "ChangeRequest",
    "Circle",
    "Column",
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
    "SavedView",
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
