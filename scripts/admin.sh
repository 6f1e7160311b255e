#!/usr/bin/env bash
# make admin, make role: a command of manage.py about who may open /admin/, with packages and database up to date.
set -euo pipefail
umask 077 # what is made here holds diaries and secrets
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/messages.sh
source scripts/messages.sh
# shellcheck source=scripts/apt.sh
source scripts/apt.sh
# shellcheck source=scripts/python_packages.sh
source scripts/python_packages.sh

install_python_packages serve
"$venv_python" manage.py migrate --verbosity 0
exec "$venv_python" manage.py "$@"
