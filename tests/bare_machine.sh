#!/usr/bin/env bash
# Show that both commands work on a machine that never saw the project: a fresh Debian 12 in a folder, with python3, make,
# git and curl. It clones what is committed here, runs `make run` and `make test`, and ends and starts the product between.
#
#   tests/bare_machine.sh          all of it (needs root; about 15 minutes, most of it the tests)
#   tests/bare_machine.sh run      only make run, its end and its second start
#   tests/bare_machine.sh test     only make test
set -euo pipefail
what="${1:-all}"
project="$(cd "$(dirname "$0")/.." && pwd)"
base="${BARE_BASE:-/tmp/aisales-bare-base}"

say() { printf '\n### %s\n' "$*"; }
[ "$(id -u)" -eq 0 ] || { echo "bare_machine: run me as root; I make a Debian in a folder" >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }

if [ ! -e "$base/ready" ]; then
    say "Making a fresh Debian 12 (70 s, kept in $base)"
    # The machine's own mirror, wherever that is.
    mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Codename: bookworm' | sort -u | head -n 1)"
    rm -rf "$base"
    mkdir -p "$base"
    debootstrap --variant=minbase --include=python3,make,git,ca-certificates,curl bookworm "$base/root" "$mirror" \
        >"$base/log" 2>&1 || { tail -n 5 "$base/log" >&2; exit 1; }
    touch "$base/ready"
fi

machine="$(mktemp -d /tmp/aisales-bare-XXXXXX)"
trap 'rm -rf --one-file-system "$machine"' EXIT
cp -a "$base/root/." "$machine/"
# What a machine of this network has before anybody installs anything on it.
for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf /etc/npmrc /root/.npmrc; do
    [ ! -e "$file" ] || install -D -m 644 "$(readlink -f "$file")" "$machine$file"
done
git -C "$project" -c safe.directory="$project" bundle create -q "$machine/project.bundle" HEAD
cp "$project/tests/bare_machine_inside.sh" "$machine/inside.sh"
port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"

# Process and mount names of its own: what is still there at the end was left behind by the product, and goes with us.
unshare --mount --pid --fork --kill-child bash -c '
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount -t sysfs sys "$1/sys"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        bash /inside.sh "$2" "$3"' bash "$machine" "$port" "$what"
say "The bare machine is content"
