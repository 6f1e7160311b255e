# Fills .venv with what requirements/NAME.txt lists, once; afterwards it only compares a stamp. Sourced, never run.
# shellcheck shell=bash

readonly venv_python=.venv/bin/python
# Present while packages are being written: a run that was cut off leaves it, and the next run starts .venv anew.
readonly unfinished=.venv/.unfinished
readonly install_log=${VAR_DIR:-var}/log/install.log

# is_recent PYTHON: whether it runs and is 3.11 or newer.
is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# has_venv PYTHON: whether it can make virtual environments; Debian has that in a package of its own.
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# find_python: sets $python to the first interpreter that is recent enough; $PYTHON goes before all others.
find_python() {
  local candidate found=''
  # Debian's own is built with profile-guided optimisation; compiled plainly, as pyenv does by default, Python is slower.
  if [[ -z ${PYTHON:-} ]] && is_recent /usr/bin/python3 && has_venv /usr/bin/python3; then
    python=/usr/bin/python3
    return
  fi
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    command -v "$candidate" >/dev/null || continue
    if is_recent "$candidate"; then
      python=$candidate
      return
    fi
    found=${found:-$("$candidate" --version 2>&1 | tail -n 1) ($(command -v "$candidate"))}
  done
  fail "파이썬 3.11 이상이 필요해요. 찾은 것: ${found:-없음}" \
    "Python 3.11 or newer is needed. Found: ${found:-none}"
}

# requirements_key serve|test: changes with the interpreter and with every file that decides what is installed.
requirements_key() {
  local files=(requirements/constraints.txt requirements/serve.txt)
  [[ $1 == serve ]] || files+=(requirements/{catalog,linear,train,test}.txt)
  { readlink -f "$venv_python" && cat "${files[@]}"; } | sha256sum
}

is_installed() {
  [[ -x $venv_python && -f .venv/.$1.stamp && ! -e $unfinished ]] && [[ $(<".venv/.$1.stamp") == "$(requirements_key "$1")" ]]
}

# make_venv: a new .venv, unless the one that is there can be kept.
make_venv() {
  if [[ ! -e $unfinished ]] && is_recent "$venv_python" && "$venv_python" -m pip --version >/dev/null 2>&1; then
    return
  fi
  find_python
  if ! has_venv "$python"; then
    ((EUID == 0)) || fail "파이썬 가상 환경 모듈이 없어요. 아래처럼 설치한 뒤 다시 실행해 주세요." \
      "Python's venv module is missing. Install it, then try again:" "sudo apt-get install python3-venv"
    apt_install python3-venv
  fi
  rm -rf .venv
  mkdir .venv
  : >"$unfinished"
  "$python" -m venv .venv >"$install_log" 2>&1 || {
    tail -n 5 "$install_log" >&2
    fail "가상 환경(.venv)을 만들지 못했어요." "The virtual environment (.venv) could not be made."
  }
}

explain_pip_failure() {
  if grep -qi 'no space left' "$install_log"; then
    fail "디스크에 자리가 없어 패키지를 설치하지 못했어요. 자리를 비우고 다시 실행해 주세요." \
      "The disk is full: make room (400 MB for the site, 5 GB for the tests), then try again."
  elif grep -qE 'NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|\(from versions: none\)' "$install_log"; then
    fail "패키지를 내려받지 못했어요. 인터넷 연결을 확인하고 다시 실행해 주세요." \
      "The packages could not be downloaded. Check the network, then try again. (details: $install_log)"
  fi
  tail -n 8 "$install_log" >&2
  fail "패키지를 설치하지 못했어요." "The packages could not be installed. (details: $install_log)"
}

# install_python_packages serve|test: leaves .venv with exactly the pinned packages of that name.
install_python_packages() {
  is_installed "$1" && return
  [[ -w . ]] || fail "이 폴더에 쓸 수 없어요: $PWD" "This folder cannot be written to: $PWD"
  mkdir -p "${install_log%/*}"
  make_venv
  say "파이썬 패키지를 설치해요. 처음 한 번만 그래요: 사이트는 1분, 검사는 5분쯤 걸려요." \
    "Installing Python packages, once: about a minute for the site, five for the tests"
  : >"$unfinished"
  if ! "$venv_python" -m pip install --disable-pip-version-check --no-input --retries 2 \
    -c requirements/constraints.txt -r "requirements/$1.txt" >"$install_log" 2>&1; then
    # Until this line pip has only downloaded: what was installed before still stands.
    grep -q '^Installing collected packages' "$install_log" || rm -f "$unfinished"
    explain_pip_failure
  fi
  requirements_key serve >.venv/.serve.stamp
  [[ $1 == serve ]] || requirements_key "$1" >".venv/.$1.stamp"
  rm -f "$unfinished"
}
