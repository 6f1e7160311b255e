#!/usr/bin/env bash
# moduhyu COMMAND…: manage.py of the installed site, with its settings and as its user. For root.
# RELEASE=FOLDER takes another release than the current one; DESTDIR as for install.sh.
set -euo pipefail
umask 077
root=${DESTDIR:-}
set -a
# shellcheck source=/dev/null
source "$root/etc/moduhyu/env"
VAR_DIR=$root/var/lib/moduhyu HOME=$root/var/lib/moduhyu STATIC_ROOT=$root/srv/moduhyu/static PYTHONDONTWRITEBYTECODE=1
set +a
cd "${RELEASE:-$root/opt/moduhyu/current}"
as_site=()
[[ -n $root ]] || as_site=(runuser -u moduhyu --)
exec "${as_site[@]}" .venv/bin/python manage.py "$@"
