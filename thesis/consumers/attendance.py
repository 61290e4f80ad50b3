"""Who has a thesis open in this process."""

from digi.realtime.attendance import Book
from thesis.services import presence

attendance = Book(presence.marks)
