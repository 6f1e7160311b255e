# Installs Debian packages as root or through sudo, or says what is missing. Sourced, never run.
# shellcheck shell=bash

# apt_install PACKAGE…
apt_install() {
  local as_root=() log command="apt-get install --no-install-recommends $*"
  command -v apt-get >/dev/null ||
    fail "다음이 필요해요 (Debian 패키지 이름): $*" "These are needed (names as in Debian): $*"
  if ((EUID != 0)); then
    # Without a terminal sudo could only hang at its question for a password.
    if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }; then
      fail "관리자 권한이 없어 설치하지 못했어요. 빠진 패키지: $*" \
        "Missing, and only root can install them:" "sudo $command"
    fi
    as_root=(sudo)
  fi
  say "시스템 패키지를 설치해요: $*" "Installing system packages"
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get -qq update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 10 "$log" >&2
    fail "시스템 패키지를 설치하지 못했어요. 인터넷 연결을 확인해 주세요." \
      "The system packages could not be installed. Check the network, then try again:" "$command"
  fi
  rm -f "$log"
}
