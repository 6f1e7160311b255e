#!/usr/bin/env bash
# backup.sh FOLDER: a new backup of the database there; of the older ones, the newest KEEP_BACKUPS (14) stay.
set -euo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly folder=$1 keep=${KEEP_BACKUPS:-14}

.venv/bin/python manage.py backup "$folder/$(date -u +%Y%m%dT%H%M%SZ).backup"
# Only after a new one is there and was read back. Names are times: sorted, the oldest come first.
mapfile -t backups < <(find "$folder" -maxdepth 1 -type f -name '*.backup' | sort)
for old in "${backups[@]:0:$((${#backups[@]} > keep ? ${#backups[@]} - keep : 0))}"; do
  rm -- "$old"
done
