#!/bin/sh
# Takes out of an image's site-packages what the server never reads: tests, other languages, other systems' drivers, and
# what debuggers read (60 MB). What lies in *.libs was rewritten by its packagers and is left as it is.
set -eu
cd "$1"
find . -depth -type d \( -name tests -o -name test -o -name testing \) -not -path './django/test' -exec rm -r {} +
find . -type f \( -name '*.po' -o -name '*.pyi' -o -name '*.pxd' \) -delete
find . -path '*/locale/*/LC_MESSAGES/*.mo' -not -path '*/locale/en/*' -not -path '*/locale/de/*' -delete
rm -rf drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc
rm -rf mssql_python_odbc/libs/linux/rhel mssql_python_odbc/libs/linux/suse mssql_python_odbc/libs/linux/alpine
find . -name '*.so' -not -path './*.libs/*' -not -path './mssql_python*' -exec strip --strip-unneeded {} +
