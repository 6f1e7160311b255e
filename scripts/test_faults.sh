#!/usr/bin/env bash
# make test-faults [ROUNDS=50] [SEED=7]: kill every part of a real site while diaries are written; see docs/faults.md.
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
exec "$venv_python" -m tests.faults.rounds --rounds "${ROUNDS:-50}" ${SEED:+--seed "$SEED"}
