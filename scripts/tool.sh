#!/usr/bin/env bash
# tool.sh MODULE [ARGUMENT…]: runs what needs all that the suite needs: benchmarks, long rounds of tests, pictures.
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
exec "$venv_python" -m "$@"
