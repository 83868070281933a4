#!/bin/sh
# Make .venv and install a lock file into it: sh tools/environment.sh requirements.lock
# Goodword itself isn't installed, since that would need a build backend from outside: a .pth file
# puts this folder on the path of .venv, and .venv/bin/goodword starts it.
set -eu

lock=$1
here=$(pwd)
venv=.venv

fail() {
    echo "$1" >&2
    exit 1
}

find_python() {
    for name in python3.11 python3.12 python3.13 python3.14 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no Python 3")
    fail "Goodword needs Python 3.11 or newer; this machine has $found. Install python3.11 or later and run make again."
}

# A .venv that doesn't start (its Python was upgraded away) is made anew.
if ! "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python can't make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
    echo "Making .venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

echo "Installing $lock (once, about half a minute)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"

packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$here" > "$packages/goodword.pth"
cat > "$venv/bin/goodword" <<EOF
#!/bin/sh
exec "$here/$venv/bin/python" -m goodword "\$@"
EOF
chmod +x "$venv/bin/goodword"
