#!/bin/sh
# try_bare_root.sh FILE... : starts our .deb, .tar.xz or .AppImage in a Debian that has nothing but its base system and the
# libraries which a window asks of the system (drivers, display server): command line there and back, then the window.
# Wants root, debootstrap and Debian's package index. BARE_ROOT=folder: keep the system there, and use it again.
set -eu

windows=libegl1,libgl1,libxkbcommon0,libdbus-1-3,libfontconfig1,libglib2.0-0
root=${BARE_ROOT:-$(mktemp -d)}
# leave: take away what was mounted, and then the system, unless it is to be kept
leave() {
    umount "$root/proc" 2>/dev/null || true
    test -n "${BARE_ROOT:-}" || rm -rf --one-file-system "$root"
}
trap leave EXIT
test -x "$root/bin/sh" || debootstrap --variant=minbase --include="$windows" bookworm "$root" >"$root.log" 2>&1 || {
    tail "$root.log" >&2
    exit 1
}
rm -f "$root.log"
mount -t proc proc "$root/proc"

cat >"$root/try.sh" <<'END'
set -eu
file=$1
export HOME=/tmp/home QT_QPA_PLATFORM=offscreen LANG=C.UTF-8
mkdir -p "$HOME" /tmp/try/bin
cd /tmp/try
bin=/tmp/try/bin
case $file in
    *.deb) dpkg --install --force-depends "$file" >/dev/null; bin=/usr/bin ;;
    *.tar) tar -xf "$file" --strip-components=1 ;;
    *) ln -s "$file" bin/nacomp; ln -s "$file" bin/nacomp-gui ;;
esac
head -c 6000 /usr/share/common-licenses/GPL-3 >text
"$bin/nacomp" --version
"$bin/nacomp" compress text -o text.nac
"$bin/nacomp" decompress text.nac -o back
cmp text back
"$bin/nacomp-gui" --show-and-close
case $file in *.deb) dpkg --purge nacomp >/dev/null ;; esac
END

for file in "$@"; do
    name=$(basename "$file" .xz)
    case $file in
        *.xz) xz -dc "$file" >"$root/$name" ;;  # the base system has tar, but not xz
        *) cp "$file" "$root/" ;;
    esac
    chroot "$root" /bin/sh /try.sh "/$name"
    rm -rf "${root:?}/$name" "$root/tmp/try" "$root/tmp/home"
    echo "started in a bare root: $(basename "$file")"
done
