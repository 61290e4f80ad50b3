#!/bin/sh
# Makes sure that the programs a target runs are there: `scripts/need.sh redis-server chromium node`.
# Installs them with apt where that is possible without asking, and otherwise says what to type.
set -u

missing=""
for program in "$@"; do
    case $program in
        chromium)
            command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        nginx) # lies where only root looks
            command -v nginx || [ -x /usr/sbin/nginx ] ;;
        node)
            command -v node && node -e 'process.exit(parseInt(process.versions.node) < 18)' ;;
        postgres) # Debian keeps it out of the path
            command -v postgres || ls /usr/lib/postgresql/*/bin/postgres ;;
        *)
            command -v "$program" ;;
    esac >/dev/null 2>&1 && continue
    case $program in
        cc) missing="$missing gcc libc6-dev" ;;
        node) missing="$missing nodejs" ;;
        postgres) missing="$missing postgresql" ;;
        xgettext) missing="$missing gettext" ;;
        *) missing="$missing $program" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
if ! command -v apt-get >/dev/null || ! $as_root true 2>/dev/null; then
    echo "These programs are missing:$missing." >&2
    echo "On Debian and Ubuntu: sudo apt-get install$missing (node must be 18 or newer)" >&2
    exit 1
fi

echo "Installing$missing with apt."
export DEBIAN_FRONTEND=noninteractive
apt="$as_root apt-get -q -o DPkg::Lock::Timeout=300"
$apt update >/dev/null && $apt install -y --no-install-recommends $missing >/dev/null || {
    echo "apt-get could not install:$missing. Try it by hand: sudo apt-get install$missing" >&2
    exit 1
}
