#!/bin/sh
# Takes a new image into use without a pause: after `docker compose build`, in the folder of docker-compose.yml.
# New servers come beside the old ones, which then end one after the other; their sockets come again by themselves.
# The old code runs beside the new tables for a while: read CHANGELOG.md before.
set -eu
old=$(docker compose ps --quiet web)
if [ -z "$old" ]; then
    echo "No server runs: docker compose up --detach" >&2
    exit 1
fi
count=$(echo "$old" | wc -l)
docker compose run --rm --no-deps init
if ! docker compose up --detach --no-deps --no-recreate --wait --scale web=$((2 * count)) web; then
    docker compose ps --all --quiet web | grep -vxF "$old" | xargs -r docker rm --force
    echo "The new servers did not become healthy and were removed; the old ones serve on." >&2
    exit 1
fi
for one in $old; do
    docker stop -t 30 "$one"
    docker rm "$one"
done
docker compose up --detach --no-deps --no-recreate --scale web="$count" web
docker compose up --detach --no-deps worker
