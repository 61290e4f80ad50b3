#!/bin/sh
# Takes a new image into use without a pause: after `docker compose build`, in the folder of docker-compose.yml.
# New servers come beside the old ones, which then end one after the other; their sockets come again by themselves.
# The old code runs beside the new tables for a while: read CHANGELOG.md before.
set -eu
old=$(docker compose ps --quiet web)
count=$(echo "$old" | wc -l)
docker compose run --rm --no-deps init
docker compose up --detach --no-deps --no-recreate --wait --scale web=$((2 * count)) web
for one in $old; do
    docker stop -t 30 "$one"
    docker rm "$one"
done
docker compose up --detach --no-deps --no-recreate --scale web="$count" web
docker compose up --detach --no-deps worker
