"""Where sessions are kept: Django's table, written to once where Django writes twice."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string


class SessionStore(db.SessionStore):
    """A session that begins with a sign-in is inserted at the end of the request, when all of it is known.

    Django inserts it empty at once and updates it at the end; on SQLite everybody's messages wait behind each write.
    """

    _unwritten = False

    def cycle_key(self) -> None:
        """Go on under another key; a session without one is only given it."""
        if self.session_key:
            super().cycle_key()
            return
        self._session_key = self._get_new_session_key()
        self._unwritten = self.modified = True

    def save(self, must_create: bool = False) -> None:
        super().save(must_create=must_create or self._unwritten)
        self._unwritten = False

    def _get_new_session_key(self) -> str:
        """165 random bits need not be looked up; the insert would refuse what is there."""
        return get_random_string(32, VALID_KEY_CHARS)
