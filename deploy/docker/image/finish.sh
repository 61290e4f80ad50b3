#!/bin/sh
# Lays out in /out what the image holds beside its packages, every file of the image as old as the first argument says.
set -eu
mkdir -p /out/srv /out/data /out/secrets /out/shared/database /out/shared/redis /out/shared/proxy
rm -rf scripts static deploy/docker/image locale/*/LC_MESSAGES/*.po
mkdir static # settings name it
find . -name '*.map*' -path './collected/*' -delete
python - <<'END' # collected in any order, and without what was just deleted
import json, pathlib
manifest = pathlib.Path("collected/staticfiles.json")
names = json.loads(manifest.read_text())
names["paths"] = {name: file for name, file in names["paths"].items() if (manifest.parent / file).exists()}
manifest.write_text(json.dumps(names, sort_keys=True))
END
chmod -R u=rwX,go=rX .
cp -a /srv/digi /out/srv/digi
chown 10001:10001 /out/data /out/secrets /out/shared/*
find /opt /out -exec touch --no-dereference --date "@$1" {} +
