#!/bin/sh
# Runs once before the servers, at every `docker compose up`: the database, its tables, and the first administrator, or a
# link at which to become it.
set -eu
[ -n "${DIGI_INIT_ALONE:-}" ] || DIGI_INIT_ALONE=1 exec flock /data/init.lock "$0" # one at a time
[ -z "${DIGI_DATABASE_URL_FILE:-}" ] || python deploy/docker/create_database.py
python manage.py migrate --verbosity 1
python manage.py first_administrator
