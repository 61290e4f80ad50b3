"""What stands between the right password and being signed in."""

from typing import Any

from allauth.account.stages import EmailVerificationStage


class ProvenAddress(EmailVerificationStage):
    """The address must be proved, except where an administrator made the account without any."""

    def handle(self) -> tuple[Any, bool]:
        if self.login.user is not None and not self.login.user.email:
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer
