#!/bin/sh
# Unpacks our tar file into a temporary folder, runs the application from there, installs it into an empty home, runs it
# there, and removes it again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir "$home/unpacked"
tar -xf "$1" -C "$home/unpacked" --strip-components=1
python3 "$here/../smoke.py" "$home/unpacked/bin"
HOME=$home sh "$home/unpacked/install.sh"
rm -rf "$home/unpacked/lib"
for file in applications/nacomp.desktop mime/packages/nacomp.xml icons/hicolor/256x256/apps/nacomp.png man/man1/nacomp.1.gz \
    bash-completion/completions/nacomp; do
    test -e "$home/.local/share/$file" || { echo "$file is missing" >&2; exit 1; }
done
python3 "$here/../smoke.py" "$home/.local/bin"
HOME=$home sh "$home/unpacked/install.sh" --remove
left=$(find "$home/.local" ! -type d ! -path '*/share/mime/*' ! -name mimeinfo.cache ! -name icon-theme.cache | head)
test -z "$left" || { echo "left behind: $left" >&2; exit 1; }
echo "unpacked, run, installed, run and removed: $(basename "$1")"
