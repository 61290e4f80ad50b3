"""Where allauth's ways and Digi's rules meet."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass


class TwoFactorAdapter(DefaultMFAAdapter):
    pass


class SessionsAdapter(DefaultUserSessionsAdapter):
    pass


class SocialAdapter(DefaultSocialAccountAdapter):
    pass
