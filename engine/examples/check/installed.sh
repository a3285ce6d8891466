#!/bin/sh
# Installs libengine into an empty prefix, builds an example with nothing but pkg-config, against
# the shared and the static library, and runs it: installed.sh BUILD_DIR EXAMPLE.C CC [FLAG...]
# shellcheck disable=SC2046 # pkg-config prints flags, a word each
set -eu
build=$1
program=$2
cc=$3
shift 3

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --component engine --prefix "$prefix" >"$prefix/log" || {
    cat "$prefix/log"
    exit 1
}
pc=$(find "$prefix" -name libengine.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir libengine)

fail() {
    echo "FAILED: $*"
    exit 1
}

echo "only public headers"
for private in core context stack timer poller mailbox pool sanitizer must; do
    found=$(find "$prefix" -name "$private.h")
    [ -z "$found" ] || fail "$found is private"
done

echo "every header stands by itself, in plain C11"
(cd "$prefix/include" && find engine -name '*.h') | while read -r header; do
    printf '#include "%s"\nextern int not_empty;\n' "$header" |
        $cc -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags libengine) \
            -x c - || fail "$header"
done

echo "the shared library shows its interface alone"
shown=$(nm -D --defined-only "$libdir/libengine.so" | sed 's/.* //')
echo "$shown" | grep -qx task_spawn_at || fail "task_spawn_at is not exported"
if echo "$shown" | grep -E '^(poller|mailbox|pool|timer|stack|context)_'; then
    fail "private symbols are exported"
fi

echo "shared"
$cc "$@" "$program" -o "$prefix/shared" \
    $(pkg-config --cflags --libs libengine)
LD_LIBRARY_PATH=$libdir "$prefix/shared"
ldd_out=$(LD_LIBRARY_PATH=$libdir ldd "$prefix/shared")
echo "$ldd_out" | grep -q "$libdir/libengine.so" || fail "the shared library is not used"

echo "static"
rm "$libdir"/libengine.so*
$cc "$@" "$program" -o "$prefix/static" $(pkg-config --cflags --libs --static libengine)
"$prefix/static"
