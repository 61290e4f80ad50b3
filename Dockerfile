# The one image: web, and the one-shot `init` beside it. Built from the lock, run as nobody in particular.

FROM python:3.11-slim AS packages
RUN python -m venv --without-pip /opt/digi
COPY requirements.txt .
RUN pip --python /opt/digi/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
        -r requirements.txt \
    && find /opt/digi/lib/python3.11/site-packages/twisted /opt/digi/lib/python3.11/site-packages/autobahn \
        -depth -type d -name test -exec rm -r {} +

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /srv/digi digi \
    && install -d -o digi -g digi /srv/digi /data /secrets
COPY --from=packages /opt/digi /opt/digi
ENV PATH=/opt/digi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/digi
COPY --chown=digi:digi . .
ENV DIGI_DEBUG=0 \
    DIGI_STATIC_ROOT=/srv/digi/collected \
    DIGI_DATABASE_URL=sqlite:////data/digi.sqlite3 \
    DIGI_FILES=/data/files \
    DIGI_SECRET_KEY_FILE=/secrets/secret_key \
    DIGI_ENCRYPTION_KEYS_FILE=/secrets/encryption_keys
USER digi
RUN python scripts/compile_messages.py && python scripts/collect_static.py
VOLUME ["/data", "/secrets"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/docker/healthy.py"]
CMD ["python", "run_daphne.py"]
