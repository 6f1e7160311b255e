#!/usr/bin/env bash
# install.sh: a running site on an empty Debian 12, or the next release of one. As root, from a clone of this repository
# at the commit that is to run; every step may be run again. docs/deploy.md tells the whole way.
#
#   SITE_HOST=diary.example.com        the name by which people come (required)
#   CONTACT=me@example.com             for Let's Encrypt and the privacy page; without it the certificate is self-signed
#   MODEL_STORE=s3://BUCKET/PREFIX     where models are published, with MODEL_VERSION=…; without them the shipped one reads
#   MODEL_SHA256=…                     of that version's manifest.json, which holds the digests of all its files
#   DATABASE_URL=… REDIS_URL=…         servers elsewhere; without them both are set up here
#   DESTDIR=/folder                    everything under this folder, and nothing else on the machine is touched: no packages,
#                                      users, services or certificates from elsewhere. For a look, and for the tests
#   VENV=/folder                       an environment with requirements/serve.txt, instead of a new one
set -euo pipefail
umask 022
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly source_folder root=${DESTDIR:-} host=${SITE_HOST:?is the name by which people come, as diary.example.com}
commit=$(git -C "$source_folder" rev-parse HEAD)
readonly commit releases=$root/opt/moduhyu/releases
readonly release=$releases/$commit
readonly env_file=$root/etc/moduhyu/env

say() { printf '%s\n' "==> $*"; }
fail() {
  printf '%s\n' "install.sh: $*" >&2
  exit 1
}
is_machine() { [[ -z $root ]]; }
manage() { RELEASE=$release DESTDIR=$root "$release/deploy/manage.sh" "$@"; }
random() { openssl rand -base64 "$1" | tr '+/' '-_' | tr -d '\n'; }

# place FILE TARGET [MODE]: a file of deploy/ under the root, with its paths there and the site's name in it.
place() {
  mkdir -p "$(dirname "$root$2")"
  sed -E -e "s#/(etc|opt|run|srv|var/(lib|backups|log/nginx))/moduhyu#$root&#g" -e "s#diary\.example\.com#$host#g" \
    "$release/deploy/$1" >"$root$2.new"
  chmod "${3:-644}" "$root$2.new"
  mv "$root$2.new" "$root$2"
}

check_arguments() {
  [[ $host =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || fail "SITE_HOST=$host is not a host's name in small letters"
  [[ -z ${MODEL_VERSION:-} || -n ${MODEL_STORE:-} ]] || fail "MODEL_VERSION needs MODEL_STORE"
  ! is_machine || ((EUID == 0)) || fail "only root can do this"
}

install_packages() {
  say "packages"
  local packages=(ca-certificates curl git nginx openssl postgresql-client python3-venv)
  [[ -n ${DATABASE_URL:-} ]] || packages+=(postgresql)
  [[ -n ${REDIS_URL:-} ]] || packages+=(redis-server)
  [[ -z ${CONTACT:-} ]] || packages+=(certbot)
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${packages[@]}" >/dev/null
}

make_account() {
  getent passwd moduhyu >/dev/null ||
    useradd --system --home-dir /var/lib/moduhyu --no-create-home --shell /usr/sbin/nologin --user-group moduhyu
}

make_folders() {
  mkdir -p "$root"/{etc/moduhyu/{nginx,tls},opt/moduhyu/releases,srv/moduhyu/{static,acme},var/log/nginx}
  local owner=()
  ! is_machine || owner=(-o moduhyu -g moduhyu)
  install -d -m 700 "${owner[@]}" "$root"/var/lib/moduhyu "$root"/var/backups/moduhyu
}

# Without .git: what runs can't be asked for its history.
unpack_release() {
  [[ ! -d $release ]] || return 0
  say "release $commit"
  rm -rf "$release.new"
  mkdir -p "$release.new"
  git -C "$source_folder" archive "$commit" | tar -x -C "$release.new"
  if [[ -n ${VENV:-} ]]; then
    ln -s "$VENV" "$release.new/.venv"
  else
    python3 -m venv "$release.new/.venv"
    "$release.new/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
      -c "$release.new/requirements/constraints.txt" -r "$release.new/requirements/serve.txt"
  fi
  # Nothing that serves may write here, so that Python could not keep what it compiles.
  "$release.new/.venv/bin/python" -m compileall -q -j 0 "$release.new"/{accounts,catalog,diary,ml,moduhyu}
  mv "$release.new" "$release"
}

# Peer authentication: PostgreSQL knows the user of the process, and there is no password that could leak.
set_up_postgresql() {
  say "PostgreSQL"
  local conf
  for conf in /etc/postgresql/*/main/conf.d; do
    place postgresql.conf "$conf/moduhyu.conf"
  done
  systemctl restart postgresql
  runuser -u postgres -- psql -qtAc "SELECT 1 FROM pg_roles WHERE rolname = 'moduhyu'" | grep -q 1 ||
    runuser -u postgres -- createuser moduhyu
  runuser -u postgres -- psql -qtAc "SELECT 1 FROM pg_database WHERE datname = 'moduhyu'" | grep -q 1 ||
    runuser -u postgres -- createdb --owner moduhyu --encoding UTF8 --template template0 --locale C.UTF-8 moduhyu
}

# set_up_redis PASSWORD
set_up_redis() {
  say "Redis"
  (umask 077 && { cat "$release/deploy/redis.conf" && printf 'requirepass %s\n' "$1"; } >/etc/redis/moduhyu.conf)
  chown redis: /etc/redis/moduhyu.conf
  grep -qx 'include /etc/redis/moduhyu.conf' /etc/redis/redis.conf ||
    printf '\ninclude /etc/redis/moduhyu.conf\n' >>/etc/redis/redis.conf
  systemctl restart redis-server
}

# The secrets are made here, once, and are nowhere else: keep ENCRYPTION_KEYS where the machine's end does not reach.
write_settings() {
  [[ ! -e $env_file ]] || return 0
  say "settings and secrets: $env_file"
  local password
  password=$(random 24)
  (
    umask 077
    cat >"$env_file.new" <<END
# For systemd and the command moduhyu; root alone reads it. The README's table of settings tells every variable. Values with
# anything but letters, digits and -_.:/%@=, go between single quotes.
SITE_URL=https://$host
ALLOWED_HOSTS=$host,127.0.0.1
HTTPS=true
BEHIND_PROXY=true
LOG_FORMAT=json
WEB_CONCURRENCY=2
PRIVACY_CONTACT=${CONTACT:-}
DATABASE_URL=${DATABASE_URL:-postgresql:////run/postgresql/moduhyu}
REDIS_URL=${REDIS_URL:-redis://:$password@127.0.0.1:6379/0}
CELERY_BROKER_URL=${REDIS_URL:-redis://:$password@127.0.0.1:6379/0}
SECRET_KEY=$(random 48)
ENCRYPTION_KEYS=$(random 32)
METRICS_TOKEN=$(random 24)
# smtp+tls://USER:PASSWORD@HOST:587; without a server, mails and the codes in them are printed into the journal.
EMAIL_URL=
# The model: fetched by moduhyu-model.service, changed by \`moduhyu model activate\`.
MODEL_STORE=${MODEL_STORE:-}
MODEL_VERSION=${MODEL_VERSION:-}
${AWS_DEFAULT_REGION:+AWS_DEFAULT_REGION=$AWS_DEFAULT_REGION}
${AWS_ENDPOINT_URL:+AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL}
END
  )
  if is_machine && [[ -z ${REDIS_URL:-} ]]; then set_up_redis "$password"; fi
  mv "$env_file.new" "$env_file"
}

# Owned by root: whoever gets into the site can't change the scripts that all visitors run. Files of older releases stay
# for the pages that are open while a new one comes.
collect_static() {
  say "static files"
  local scratch
  scratch=$(mktemp -d)
  (cd "$release" && env -i PATH="$PATH" LC_ALL=C.UTF-8 VAR_DIR="$scratch" STATIC_ROOT="$root/srv/moduhyu/static" \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0)
  rm -rf "$scratch"
}

# Activated once: afterwards the operator says which version reads, and a later release does not undo a rollback.
fetch_model() {
  [[ -n ${MODEL_VERSION:-} ]] || return 0
  say "model $MODEL_VERSION"
  manage model --verbosity 0 fetch "$MODEL_VERSION"
  if [[ -n ${MODEL_SHA256:-} ]]; then
    sha256sum --quiet --check <<<"$MODEL_SHA256  $root/var/lib/moduhyu/models/emotion/$MODEL_VERSION/manifest.json" ||
      fail "the manifest of $MODEL_VERSION is not the one that MODEL_SHA256 names; nothing was changed"
  fi
  [[ -e $root/var/lib/moduhyu/models/active.json ]] || manage model activate "$MODEL_VERSION"
}

place_files() {
  local file
  for file in "$release"/deploy/systemd/*.{service,socket,timer}; do
    place "systemd/${file##*/}" "/etc/systemd/system/${file##*/}"
  done
  place systemd/moduhyu-.service.d/sandbox.conf /etc/systemd/system/moduhyu-.service.d/sandbox.conf
  for file in tls.conf proxy.conf import.conf static_headers.conf; do
    place "nginx/$file" "/etc/moduhyu/nginx/$file"
  done
  for file in "$release"/deploy/nginx/errors/*; do
    place "nginx/errors/${file##*/}" "/etc/moduhyu/nginx/errors/${file##*/}"
  done
  place nginx/site.conf /etc/nginx/sites-available/moduhyu
  place manage.sh /usr/local/sbin/moduhyu 755
}

# nginx does not start without a certificate, and without nginx nobody gets one: the first is of our own making.
make_certificate() {
  [[ ! -e $root/etc/moduhyu/tls/fullchain.pem ]] || return 0
  (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout "$root/etc/moduhyu/tls/privkey.pem" \
    -out "$root/etc/moduhyu/tls/fullchain.pem" 2>/dev/null)
}

fetch_certificate() {
  [[ -n ${CONTACT:-} && ! -L /etc/moduhyu/tls/fullchain.pem ]] || return 0
  say "certificate"
  if ! certbot certonly --webroot -w /srv/moduhyu/acme -d "$host" --non-interactive --agree-tos -m "$CONTACT" \
    --deploy-hook "systemctl reload nginx"; then
    say "no certificate yet: point $host to this machine, open port 80, and run install.sh again"
    return
  fi
  ln -sf "/etc/letsencrypt/live/$host/fullchain.pem" "/etc/letsencrypt/live/$host/privkey.pem" /etc/moduhyu/tls/
  systemctl reload nginx
}

switch_release() {
  ln -sfn "releases/$commit" "$root/opt/moduhyu/current.new"
  mv -T "$root/opt/moduhyu/current.new" "$root/opt/moduhyu/current"
}

# Workers before web: a page of the new release may queue what only a new worker understands.
start_services() {
  say "services"
  ln -sf ../sites-available/moduhyu /etc/nginx/sites-enabled/moduhyu
  rm -f /etc/nginx/sites-enabled/default
  systemctl daemon-reload
  systemctl enable --quiet --now moduhyu-web.socket moduhyu-backup.timer moduhyu-model.timer
  systemctl enable --quiet moduhyu-{worker,beat,web}.service nginx
  systemctl restart moduhyu-worker moduhyu-beat
  systemctl restart moduhyu-web
  nginx -t -q
  systemctl reload-or-restart nginx
}

check_site() {
  curl --silent --show-error --fail --retry 10 --retry-connrefused --insecure --resolve "$host:443:127.0.0.1" \
    "https://$host/healthz" >/dev/null
  curl --silent --show-error --fail http://127.0.0.1:8081/readyz
}

# The one before stays, to go back to.
forget_old_releases() {
  find "$releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d' ' -f2- |
    while read -r old; do [[ $old == "$release" ]] || rm -rf "$old"; done
}

# What belongs to the machine stands in conditions of its own: behind && or ||, Bash would go on after a failed step.
check_arguments
if is_machine; then
  install_packages
  make_account
fi
make_folders
unpack_release
if is_machine && [[ -z ${DATABASE_URL:-} ]]; then set_up_postgresql; fi
write_settings
fetch_model
collect_static
say "database and catalogue"
manage prepare
place_files
make_certificate
switch_release
if is_machine; then
  start_services
  check_site
  fetch_certificate
fi
forget_old_releases
say "https://$host runs $commit"
