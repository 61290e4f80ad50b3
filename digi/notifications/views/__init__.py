"""The pages of notifications: the inbox, what reaches a person and how, and the end of a mail."""
