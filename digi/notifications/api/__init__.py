"""The API of notifications: `notifications/`, `notification-preferences/`, `watches/` and `mutes/`."""
