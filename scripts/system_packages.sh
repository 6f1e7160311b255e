# The Debian packages that the test suite needs; what is there already costs nothing. Sourced, never run.
# shellcheck shell=bash

has_file() { compgen -G "$1" >/dev/null; }

missing_system_packages() {
  has_file '/usr/lib/postgresql/*/bin/initdb' || echo postgresql
  has_file /usr/bin/redis-server || echo redis-server
  has_file /usr/bin/chromium || echo chromium
  # The same browser without windows: a page takes a third of the processor time.
  has_file /usr/bin/chromium-headless-shell || echo chromium-headless-shell
  # Without a Korean font the browser draws boxes, and a screenshot proves nothing.
  has_file '/usr/share/fonts/*/nanum/*' || has_file '/usr/share/fonts/*/noto/NotoSansCJK*' || echo fonts-nanum
  has_file /usr/sbin/nginx || echo nginx
  has_file /usr/bin/systemd-analyze || echo systemd
  has_file /usr/bin/openssl || echo openssl
  has_file /usr/bin/git || echo git
  has_file /usr/bin/java || echo default-jre-headless # KoNLPy runs on it
}

install_system_packages() {
  local missing
  mapfile -t missing < <(missing_system_packages)
  ((${#missing[@]} == 0)) || apt_install "${missing[@]}"
}
