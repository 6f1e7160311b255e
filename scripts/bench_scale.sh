#!/usr/bin/env bash
# make bench-scale [SCALE=1] [ROUNDS=200]: what a million people ask for, beside a thousand; see docs/scale.md.
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
exec "$venv_python" -m benchmarks.scale --scale "${SCALE:-1}" --rounds "${ROUNDS:-200}"
