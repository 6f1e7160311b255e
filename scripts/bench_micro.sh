#!/usr/bin/env bash
# make bench-micro [MINUTES=5]: the whole site and PostgreSQL in 1 GiB on one core, and the original's stack likewise.
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
exec "$venv_python" -m benchmarks.micro --minutes "${MINUTES:-5}"
