#!/usr/bin/env bash
# make test: installs what the suite needs, lints, then runs the whole suite, and once more on PostgreSQL what uses the database.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/messages.sh
source scripts/messages.sh
# shellcheck source=scripts/apt.sh
source scripts/apt.sh
# shellcheck source=scripts/system_packages.sh
source scripts/system_packages.sh
# shellcheck source=scripts/python_packages.sh
source scripts/python_packages.sh

install_system_packages
install_python_packages test
suite=("$venv_python" -m pytest -n 2)
if (($# > 0)); then # of the suite, only what is named
  exec "${suite[@]}" "$@"
fi
scripts/lint.sh
"${suite[@]}"
"${suite[@]}" --database=postgresql
