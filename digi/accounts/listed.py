"""allauth's list of sessions, as Digi installs it."""

from allauth.account.signals import user_logged_in
from allauth.usersessions.apps import UserSessionsConfig


class SessionsConfig(UserSessionsConfig):
    """Without what allauth does at each sign-in: three queries for every session the person has left behind.

    `digi.accounts.services.sessions.enlist` asks for all of them at once.
    """

    def ready(self) -> None:
        super().ready()
        from allauth.usersessions.signals import on_user_logged_in  # it needs the models

        user_logged_in.disconnect(on_user_logged_in)
