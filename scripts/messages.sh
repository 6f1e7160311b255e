# What the commands say: Korean first, English after it. Sourced, never run.
# shellcheck shell=bash

if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
  accent=$'\e[38;5;73m' faint=$'\e[2m' alarm=$'\e[38;5;167m' plain=$'\e[0m'
else
  accent='' faint='' alarm='' plain=''
fi

# say KOREAN ENGLISH: one line of progress.
say() { printf '%s▸%s %s %s%s%s\n' "$accent" "$plain" "$1" "$faint" "$2" "$plain"; }

# fail KOREAN ENGLISH [COMMAND…]: the reason, what to type, and exit status 1.
fail() {
  printf '\n%s✗ %s%s\n  %s\n' "$alarm" "$1" "$plain" "$2" >&2
  shift 2
  local command
  for command in "$@"; do printf '\n      %s\n' "$command" >&2; done
  printf '\n' >&2
  exit 1
}
