"""Django's SQLite backend, whose writers queue instead of starving each other."""
