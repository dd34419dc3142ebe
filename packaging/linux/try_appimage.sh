#!/bin/sh
# Runs our AppImage mounted, where this machine lets it, and from a temporary folder: window, command line, exit codes; nothing
# may be left behind.
set -eu

image=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/tmp"
ln -s "$image" "$work/bin/nacomp"
ln -s "$image" "$work/bin/nacomp-gui"
ln -s "$image" "$work/any-name"
export TMPDIR="$work/tmp"

# try_it: everything that is asked of it, however it runs
try_it() {
    python3 "$here/../smoke.py" "$work/bin"
    "$work/any-name" --version | grep -q '^nacomp, ' || { echo "a link of another name is no command line" >&2; exit 1; }
    code=0
    "$work/bin/nacomp" info "$work/missing.nac" 2>/dev/null || code=$?
    test "$code" = 5 || { echo "exit code $code instead of 5" >&2; exit 1; }
    sleep 1
    left=$(find "$TMPDIR" -maxdepth 1 -name ".*_nacomp*")
    test -z "$left" || { echo "left behind: $left" >&2; exit 1; }
}

try_it
APPIMAGE_EXTRACT_AND_RUN=1 try_it
(cd "$work" && "$image" --appimage-extract && squashfs-root/AppRun --version >/dev/null)
echo "run mounted, unpacked and extracted: $(basename "$image")"
