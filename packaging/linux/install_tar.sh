#!/bin/sh
# Puts this folder's application below ~/.local, or below $PREFIX, for the menus, file managers and the command line of this
# user, and takes it out again with --remove. It also runs from here, as bin/nacomp and bin/nacomp-gui, without this script.
# Nothing else is touched: what was put is listed in lib/nacomp/installed, and only that is removed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-$HOME/.local}
list=$prefix/lib/nacomp/installed

refresh() {
    # The desktop's caches; each of these tools may be missing, and the desktop then finds the files by itself later.
    if command -v update-mime-database >/dev/null; then update-mime-database "$prefix/share/mime" || true; fi
    if command -v update-desktop-database >/dev/null; then update-desktop-database "$prefix/share/applications" || true; fi
    if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t -f "$prefix/share/icons/hicolor" || true; fi
}

# name_in_full: a desktop's session may have begun before bin was on the PATH, or never look there
name_in_full() {
    program=$(printf %s "$prefix/bin/nacomp-gui" | sed 's/[&|\\]/\\&/g')
    for file in applications/nacomp.desktop kio/servicemenus/nacomp-compress.desktop kio/servicemenus/nacomp-extract.desktop \
        nemo/actions/nacomp.nemo_action; do
        sed -i "s|^Exec=nacomp-gui |Exec=\"$program\" |" "$prefix/share/$file"
    done
    sed -i "s|^exec nacomp-gui |exec '$program' |" "$prefix/share/nautilus/scripts/Compress with nacomp"
}

# remove: what an earlier call put there, and the folder that is ours alone
remove() {
    test -f "$list" || return 0
    while read -r file; do rm -f "$prefix/$file"; done <"$list"
    rm -rf "$prefix/lib/nacomp"
}

case ${1:-} in
    --remove) remove && refresh ;;
    "")
        for program in nacomp nacomp-gui; do  # pip's, perhaps
            if test ! -f "$list" && test -e "$prefix/bin/$program"; then
                echo "$prefix/bin/$program is there already, and not from here" >&2
                exit 1
            fi
        done
        remove
        mkdir -p "$prefix/lib/nacomp"
        (cd "$here" && find bin share ! -type d) >"$list"
        (cd "$here" && tar -cf - bin lib share) | (cd "$prefix" && tar -xf -)
        name_in_full
        refresh
        case :$PATH: in
            *":$prefix/bin:"*) ;;
            *) echo "$prefix/bin is not on your PATH: add it to call nacomp by its name" ;;
        esac
        ;;
    *) echo "usage: install.sh [--remove]" >&2; exit 2 ;;
esac
