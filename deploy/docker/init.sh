#!/bin/sh
# Runs once before the others, at every `docker compose up`: secrets, tables, and a word on what is next.
set -eu
python -m digi.secrets /secrets
python manage.py migrate --verbosity 1
python manage.py shell --verbosity 0 --command "
from digi.accounts.models import User
if not User.objects.filter(is_superuser=True, is_active=True).exists():
    print('There is no administrator yet. Make the first one:')
    print('    docker compose exec web python manage.py createsuperuser')
"
