"""The API of topics, applications and theses."""
