"""Meetings: planned, moved, held with minutes, cancelled."""
