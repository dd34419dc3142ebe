#!/bin/sh
# Puts nacomp into the menus and file managers of this user (or of all users, with --system), and takes it out
# again with --remove. Everything is a plain copy below the XDG data folder; nothing else is touched. Packages, whose
# system brings its caches up to date by itself, use --files-only.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
remove=false
caches=true
for word in "$@"; do
    case $word in
        --system) data=${PREFIX:-/usr/local}/share ;;
        --remove) remove=true ;;
        --files-only) caches=false ;;
        *) echo "usage: install.sh [--system] [--remove] [--files-only]" >&2; exit 2 ;;
    esac
done

# place SOURCE TARGET: one file below the data folder
place() {
    if $remove; then
        rm -f "$data/$2"
    else
        mkdir -p "$(dirname "$data/$2")"
        cp "$here/$1" "$data/$2"
    fi
}

place nacomp.desktop applications/nacomp.desktop
place nacomp.metainfo.xml metainfo/org.pypi.nacomp.metainfo.xml
place nacomp-mime.xml mime/packages/nacomp.xml
place ../icons/nacomp.svg icons/hicolor/scalable/apps/nacomp.svg
place ../icons/application-x-nacomp.svg icons/hicolor/scalable/mimetypes/application-x-nacomp.svg
place nacomp-servicemenu.desktop kio/servicemenus/nacomp-compress.desktop
place nacomp-extract-servicemenu.desktop kio/servicemenus/nacomp-extract.desktop
place nacomp.nemo_action nemo/actions/nacomp.nemo_action
place nautilus-compress "nautilus/scripts/Compress with nacomp"
if ! $remove; then  # Dolphin and Nautilus run only what is marked as a program
    chmod +x "$data/kio/servicemenus/nacomp-compress.desktop" "$data/kio/servicemenus/nacomp-extract.desktop"
    chmod +x "$data/nautilus/scripts/Compress with nacomp"
fi

$caches || exit 0

# The desktop's caches; each of these tools may be missing, and the desktop then finds the files by itself later.
if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime"; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database "$data/applications"; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t -f "$data/icons/hicolor" || true; fi
