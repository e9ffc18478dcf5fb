# Sourced by run and test: a Python, the system libraries, a virtual environment with the locked packages.
# Says what it does, does it once, and costs a fraction of a second when nothing is to be done.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# soname or command : Debian package that brings it
screen_needs="libGL.so.1:libgl1 libEGL.so.1:libegl1 libglib-2.0.so.0:libglib2.0-0 libxkbcommon.so.0:libxkbcommon0
 libfontconfig.so.1:libfontconfig1 libdbus-1.so.3:libdbus-1-3 libxcb-cursor.so.0:libxcb-cursor0
 libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-shape.so.0:libxcb-shape0
 libxkbcommon-x11.so.0:libxkbcommon-x11-0"

say() { printf 'noc-console: %s\n' "$*" >&2; }

missing_packages() {  # missing_packages NEED...: names of the packages this machine lacks
    local known need
    known=$(/sbin/ldconfig -p 2>/dev/null || ldconfig -p)
    for need in "$@"; do
        case "${need%%:*}" in
            *.so.*) grep -qF "${need%%:*} " <<< "$known" || echo "${need##*:}" ;;
            *) command -v "${need%%:*}" > /dev/null || [ -x "/usr/sbin/${need%%:*}" ] || echo "${need##*:}" ;;
        esac
    done
}

find_python() {
    local name
    for name in python3 python3.11 python3.12 python3.13 python3.14; do
        command -v "$name" > /dev/null || continue
        "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2> /dev/null || continue
        "$name" -c 'import ensurepip, venv' 2> /dev/null || continue
        echo "$name"
        return
    done
}

install_system() {  # install_system PACKAGE...: by apt as root or with sudo, else the one line to run
    local line="apt-get install -y --no-install-recommends $*" as=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo > /dev/null && { sudo -n true 2> /dev/null || [ -t 0 ]; }; then
            as="sudo"
        else
            say "this machine lacks system packages and you are not root. Have this run once, then start again:"
            say "    apt-get update && $line"
            exit 1
        fi
    fi
    say "installing system packages: $*"
    $as apt-get update -qq < /dev/null
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as $line -qq < /dev/null > /dev/null
}

setup() {  # setup LOCK NEED...
    local lock=$1 python missing
    shift
    # shellcheck disable=SC2086
    missing=$(missing_packages "$@")
    python=$(find_python)
    [ -n "$python" ] || missing="python3 python3-venv $missing"
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_system $missing
    [ -n "$python" ] || python=$(find_python)
    [ -n "$python" ] || { say "needs Python 3.11 to 3.14 with venv; this system offers none of them"; exit 1; }
    install_locked "$python" "$lock"
}

install_locked() {  # install_locked PYTHON LOCK: a virtual environment that holds just what the lock names
    local stamp have
    stamp=$(cksum < "$2")
    have=$(cat ".venv/.stamp-$2" 2> /dev/null || true)
    [ "$stamp" != "$have" ] || return 0
    if [ ! -x .venv/bin/python ]; then
        say "making a virtual environment in .venv with $("$1" --version)"
        "$1" -m venv .venv
    fi
    say "installing the packages of $2 (a minute or two, once)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$2"
    .venv/bin/python - << 'PY'
import pathlib, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "noc_console_checkout.pth").write_text(str(pathlib.Path.cwd()) + "\n")
PY
    rm -f .venv/.stamp-*
    echo "$stamp" > ".venv/.stamp-$2"
}
