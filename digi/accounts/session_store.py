"""Where sessions are kept: Django's table, written to once where Django writes twice."""

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import constant_time_compare, get_random_string


class SessionStore(db.SessionStore):
    """A session that begins with a sign-in is inserted at the end of the request, when all of it is known.

    Django inserts it empty at once and updates it at the end; on SQLite everybody's messages wait behind each write.
    """

    _unwritten = False

    def cycle_key(self) -> None:
        """Go on under another key; a session without one is only given it.

        Django wants another one also where a former secret key has proved whose session it is. Then it keeps its own:
        pages ask for several things at once, of which all but the first would find it gone, and lose their cookie.
        """
        if not self.session_key:
            self._session_key = self._get_new_session_key()
            self._unwritten = self.modified = True
        elif self._is_proved_by_a_former_secret():
            self.modified = True
        else:
            super().cycle_key()

    def save(self, must_create: bool = False) -> None:
        super().save(must_create=must_create or self._unwritten)
        self._unwritten = False

    def _is_proved_by_a_former_secret(self) -> bool:
        proof = str(self.get(HASH_SESSION_KEY, ""))
        user = get_user_model().objects.filter(pk=self.get(SESSION_KEY)).first() if proof else None
        if user is None or constant_time_compare(proof, user.get_session_auth_hash()):
            return False
        return any(constant_time_compare(proof, former) for former in user.get_session_auth_fallback_hash())

    def _get_new_session_key(self) -> str:
        """165 random bits need not be looked up; the insert would refuse what is there."""
        return get_random_string(32, VALID_KEY_CHARS)
