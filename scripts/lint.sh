#!/usr/bin/env bash
# make lint: style, format and types.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/messages.sh
source scripts/messages.sh
# shellcheck source=scripts/apt.sh
source scripts/apt.sh
# shellcheck source=scripts/python_packages.sh
source scripts/python_packages.sh

install_python_packages test
"$venv_python" -m ruff check --quiet .
"$venv_python" -m ruff format --check --quiet .
"$venv_python" -m mypy
