"""What `manage.py doctor` looks at: each part has a file here, which says what is wrong and what mends it."""
