"""The chat of the Channels tutorial, with sign-in and a row saved for every message: what Digi is measured against."""
