# The one image: web, worker, and the one-shot services beside them. Built from a lock with hashes, run as nobody in
# particular. Two builds of one commit on one base are the same image.

ARG BASE=python:3.11-slim-bookworm

# What SQL Server's drivers are linked to. What apt and dpkg wrote down of it is put back as it was: it names the hour.
FROM ${BASE} AS base
ARG SOURCE_DATE_EPOCH=1767225600
RUN mkdir /tmp/was && cp -a --parents /var/log /var/cache /var/lib/apt/lists /tmp/was && touch /tmp/before \
    && apt-get -q update && apt-get -qy install --no-install-recommends libodbc2 libgssapi-krb5-2 \
    && echo 'digi:x:10001:10001::/srv/digi:/usr/sbin/nologin' >> /etc/passwd && echo 'digi:x:10001:' >> /etc/group \
    && find /var/log /var/cache /var/lib/apt/lists -type f -exec sh -c 'test -e "/tmp/was$1" || rm "$1"' - {} \; \
    && cp -a /tmp/was/var / \
    && find / -xdev -newer /tmp/before -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} + \
    && rm -r /tmp/was /tmp/before && touch --date "@$SOURCE_DATE_EPOCH" /tmp

FROM base AS packages
ARG SOURCE_DATE_EPOCH=1767225600
RUN apt-get -q update && apt-get -qy install --no-install-recommends binutils
WORKDIR /build
COPY requirements-image.txt deploy/docker/image/slim.sh ./
RUN python -m venv --without-pip /opt/digi \
    && pip --python /opt/digi/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --no-compile \
        --require-hashes -r requirements-image.txt \
    && sh slim.sh /opt/digi/lib/python3.11/site-packages

FROM packages AS application
ENV PATH=/opt/digi/bin:$PATH PYTHONDONTWRITEBYTECODE=1 DIGI_STATIC_ROOT=/srv/digi/collected
WORKDIR /srv/digi
COPY . .
RUN python scripts/compile_messages.py && python scripts/collect_static.py -i redoc -i rest_framework \
    && PYTHONHASHSEED=0 python deploy/docker/image/compile.py && sh deploy/docker/image/finish.sh "$SOURCE_DATE_EPOCH"

FROM base
COPY --from=application /opt /opt
COPY --from=application /out /
ENV PATH=/opt/digi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DIGI_DEBUG=0 \
    DIGI_STATIC_ROOT=/srv/digi/collected \
    DIGI_DATABASE_URL=sqlite:////data/digi.sqlite3 \
    DIGI_FILES=/data/files \
    DIGI_SPOOL=/data/spool \
    DIGI_SECRET_KEY_FILE=/secrets/secret_key \
    DIGI_ENCRYPTION_KEYS_FILE=/secrets/encryption_keys
WORKDIR /srv/digi
USER 10001:10001
VOLUME ["/data", "/secrets"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "deploy/docker/healthy.py"]
CMD ["python", "run_daphne.py"]
