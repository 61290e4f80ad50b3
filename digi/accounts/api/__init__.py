"""The API of people, one noun a file."""
