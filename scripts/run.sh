#!/usr/bin/env bash
# make run [HOST=…] [PORT=…]: whatever is missing is made, then the site is served until Ctrl+C.
set -euo pipefail
umask 077 # what is made here holds diaries and secrets
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/messages.sh
source scripts/messages.sh
# shellcheck source=scripts/apt.sh
source scripts/apt.sh
# shellcheck source=scripts/python_packages.sh
source scripts/python_packages.sh

export HOST=${HOST:-127.0.0.1} PORT=${PORT:-8000}
# Browsers refuse secure cookies over plain HTTP, and that is what is served here.
export HTTPS=${HTTPS:-false}
readonly var=${VAR_DIR:-var}

check_address() {
  local python=$venv_python answer
  is_recent "$python" || find_python
  answer=$("$python" -IS scripts/address.py "$HOST" "$PORT")
  case $answer in
    'ok '*) export ALLOWED_HOSTS=${ALLOWED_HOSTS:-${answer#ok }} ;;
    'taken '*)
      fail "포트 ${PORT}번은 이미 쓰이고 있어요. 다른 포트로 열어 주세요." \
        "Port $PORT is taken. Use another:" "make run PORT=${answer#taken }"
      ;;
    denied) fail "포트 ${PORT}번은 관리자만 열 수 있어요." "Only root may open port $PORT. Use another:" "make run PORT=8000" ;;
    not-a-port) fail "PORT는 1에서 65535까지의 숫자예요: '$PORT'" "PORT is a number from 1 to 65535, not '$PORT'." ;;
    *) fail "'$HOST'는 이 컴퓨터의 주소가 아니에요." "'$HOST' is not an address of this machine. Try:" "make run HOST=0.0.0.0" ;;
  esac
}

collect_static() {
  local key
  # The folder static/ here and in the apps; not what was collected from them.
  key=$({ cat .venv/.serve.stamp && find . -maxdepth 2 -path ./var -prune -o -path ./.venv -prune -o \
    -type d -name static -exec find {} -type f -printf '%p %s %T@\n' \; | sort; } | sha256sum)
  [[ -d $var/static && -f $var/static.stamp && $(<"$var/static.stamp") == "$key" ]] && return
  say "화면을 꾸미는 파일을 모아요." "Collecting static files"
  "$venv_python" manage.py collectstatic --noinput --verbosity 0
  printf '%s\n' "$key" >"$var/static.stamp"
}

check_address
install_python_packages serve
mkdir -p "$var"
collect_static
# It also brings the database up to date (manage.py prepare), without starting Django a second time for that.
exec "$venv_python" -m gunicorn --config scripts/gunicorn.conf.py moduhyu.wsgi:application
