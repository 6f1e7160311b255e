#!/usr/bin/env bash
# make bench-workers [ROUNDS=4] [ENTRIES=12]: two Celery workers beside one, with a model of BERT's size.
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
exec "$venv_python" -m benchmarks.workers --rounds "${ROUNDS:-4}" --entries "${ENTRIES:-12}"
