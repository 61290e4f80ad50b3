"""People and what belongs to them in the admin: for looking; what is written goes through the services."""

from digi.accounts.admin import belongings, departments, people

__all__ = ["belongings", "departments", "people"]
