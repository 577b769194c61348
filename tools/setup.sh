#!/bin/sh
# Finds a Python that really runs and is new enough, then hands over to setup.py.
#
# Names on the PATH may be shims that fail or lead to another version, so every candidate is
# executed and asked. PYTHON=/path/to/python comes first when it is given.

cd "$(dirname "$0")/.." || exit 1
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV

# Answers 3: new enough and able to make virtual environments, 2: new enough only,
# 1: too old for the product, but able to install uv (which may then bring a newer one).
question='
import os, sys
version = sys.version_info[:2]
if not sys.executable or not os.path.exists(sys.executable) or version < (3, 8):
    sys.exit(1)
try:
    import ensurepip, venv
    able = True
except ImportError:
    able = False
print(3 if version >= (3, 12) and able else 2 if version >= (3, 12) else 1 if able else 0)
'

pyenv=${PYENV_ROOT:-$HOME/.pyenv}/versions
data=${XDG_DATA_HOME:-$HOME/.local/share}
best=0
python=

consider() {
    [ "$best" -lt 3 ] || return 0
    command -v "$1" >/dev/null 2>&1 || return 0
    answer=$("$1" -I -c "$question" 2>/dev/null) || return 0
    case $answer in [123]) ;; *) return 0 ;; esac
    [ "$answer" -gt "$best" ] || return 0
    best=$answer
    python=$1
}

[ -z "${PYTHON:-}" ] || consider "$PYTHON"
consider .boot/bin/python3
for version in 3.13 3.14 3.12; do
    for candidate in "/usr/bin/python$version" "/usr/local/bin/python$version" \
        "$pyenv/$version".*/bin/python3 "$data"/uv/python/cpython-"$version"*/bin/python3 \
        "$data"/mise/installs/python/"$version"*/bin/python3 \
        "$HOME"/.asdf/installs/python/"$version"*/bin/python3 "python$version"; do
        consider "$candidate"
    done
done
for candidate in python3 python /usr/bin/python3 /usr/local/bin/python3 "$pyenv"/*/bin/python3; do
    consider "$candidate"
done

if [ -z "$python" ]; then
    echo "Kundenkreis needs Python 3.12 or newer, and none of the Pythons here can be run." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) and try again." >&2
    exit 1
fi
exec "$python" -I tools/setup.py "$@"
