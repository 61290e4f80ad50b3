"""allauth's refusals in the words of the house: what is so, and what one can do."""

from django.utils.translation import gettext_lazy as _

NOT_RIGHT = _("The name or the password is not right.")  # the same for unknown, wrong, closed and locked
_CODE = _("This code is not right. The app shows a new one every half minute.")

ACCOUNT = {
    "username_password_mismatch": NOT_RIGHT,
    "email_password_mismatch": NOT_RIGHT,
    "invalid_login": NOT_RIGHT,
    "too_many_login_attempts": NOT_RIGHT,
    "cannot_remove_primary_email": _("This is your main address. Make another one the main address, then remove it."),
    "duplicate_email": _("This address is already yours."),
    "email_taken": _("This address belongs to another account."),
    "enter_current_password": _("This is not your password until now."),
    "incorrect_code": _CODE,
    "incorrect_password": _("This is not your password."),
    "invalid_or_expired_key": _("This link no longer works."),
    "invalid_password_reset": _("This link no longer works."),
    "max_email_addresses": _("At most %d addresses can be yours."),
    "rate_limited": _("That was too often. Wait a minute or two."),
    "same_as_current": _("This is what it was before."),
    "unverified_primary_email": _("Confirm the address first, then make it the main one."),
    "username_blacklisted": _("This user name is kept back. Choose another one."),
    "username_taken": _("This user name is taken."),
}

TWO_FACTOR = {
    "add_email_blocked": _("With two-factor sign-in no further address can be added."),
    "cannot_delete_authenticator": _("Two-factor sign-in must stay on for this account."),
    "cannot_generate_recovery_codes": _("Set up an app or a key first; recovery codes are for when it is gone."),
    "incorrect_code": _CODE,
    "unverified_email": _("Confirm your e-mail address first, then set up two-factor sign-in."),
}
