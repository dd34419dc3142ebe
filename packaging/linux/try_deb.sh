#!/bin/sh
# Installs a package of ours into an empty system below a temporary folder, runs it there, and removes it again.
# dpkg wants root for that; others call it under fakeroot. Dependencies are the running system's.
set -eu

package=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
system=$(mktemp -d)
trap 'rm -rf "$system"' EXIT
mkdir -p "$system/var/lib/dpkg/updates" "$system/var/lib/dpkg/info" "$system/var/log"
touch "$system/var/lib/dpkg/status" "$system/var/lib/dpkg/available"

# in_system ARGUMENTS: dpkg on that system
in_system() {
    dpkg --root="$system" --force-depends --force-not-root --log=/dev/null "$@" >/dev/null 2>"$system/said" || {
        cat "$system/said" >&2
        exit 1
    }
}

in_system --install "$package"
test "$(dpkg --root="$system" -f "$package" Package)" = nacomp
for file in bin/nacomp bin/nacomp-gui share/applications/nacomp.desktop share/mime/packages/nacomp.xml \
    share/icons/hicolor/256x256/apps/nacomp.png share/man/man1/nacomp.1.gz share/bash-completion/completions/nacomp; do
    test -e "$system/usr/$file" || { echo "$file is missing" >&2; exit 1; }
done
python3 "$here/../smoke.py" "$system/usr/bin"
in_system --purge nacomp
left=$(find "$system" -path '*nacomp*' ! -path "$system/var/*" | head)
test -z "$left" || { echo "left behind: $left" >&2; exit 1; }
echo "installed, run and removed: $(basename "$package")"
