#!/usr/bin/env bash
# make bench-stack [REQUESTS=100]: the original's stack beside ours, with all that its models need.
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
exec "$venv_python" -m benchmarks.stack ${REQUESTS:+--requests "$REQUESTS"}
