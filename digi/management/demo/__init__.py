"""The people and talks of the demo data."""
