"""Which people have a chat open in this process."""

from chat.services import presence
from digi.realtime.attendance import Book

attendance = Book(presence.marks)
