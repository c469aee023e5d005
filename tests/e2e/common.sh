# Sourced by every end-to-end script: a fresh folder, the program, and words to check with.
#
# VITRINE is the program under test and comes from ctest. Each script runs in a folder of its own that goes away.
set -euo pipefail
: "${VITRINE:?run through ctest}"
: "${SOURCE:?run through ctest}"
SHARED="$SOURCE/../shared/data"
STAMPS=/usr/share/tuxpaint/stamps
WORK=$(mktemp -d)
trap 'chmod -R u+rwx "$WORK" 2>/dev/null || true; rm -rf "$WORK"' EXIT
cd "$WORK"
export VITRINE_LIBRARY="$WORK/library" XDG_CACHE_HOME="$WORK/cache" HOME="$WORK" LC_ALL=C.UTF-8
unset NO_COLOR

fail() { echo "FAILED: $*" >&2; exit 1; }

# ctest turns this into a skip.
skip() { echo "SKIPPED: $*"; exit 77; }

# expect_exit 3 command...: runs it, keeps its streams in $WORK/out and $WORK/err.
expect_exit() {
  local wanted=$1 got=0
  shift
  "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
  [[ $got -eq $wanted ]] || { cat "$WORK/err" >&2; head -c 600 "$WORK/out" >&2; fail "exit $got, not $wanted: $*"; }
}

expect_in() { grep -qF -- "$1" "$2" || { cat "$2" >&2; fail "\"$1\" is not in $2"; }; }
expect_not_in() { ! grep -qF -- "$1" "$2" || { cat "$2" >&2; fail "\"$1\" is in $2"; }; }
expect_equal() { [[ "$1" == "$2" ]] || fail "\"$1\" is not \"$2\" ($3)"; }

# start_cluster: a real cluster of three nodes (tools/test-cluster) until the script ends. Sets CLUSTER, the tool, and
# REMOTE, a library there that is called as the script; `inside` runs commands beside the nodes.
start_cluster() {
  [[ -f $SOURCE/.deps/opensearch/stamp ]] || skip "no test cluster is installed; make test-cluster installs one and runs this"
  [[ $(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo) -ge 5000 ]] || skip "a test cluster needs 5 GiB of free memory"
  CLUSTER="$SOURCE/tools/test-cluster"
  trap '"$CLUSTER" down; rm -rf "$WORK"' EXIT
  "$CLUSTER" up
  export REMOTE=opensearch://127.0.0.1:9201/$(basename "$0" .sh) LOCAL=$VITRINE_LIBRARY
  export VITRINE_CLUSTER_NODES=http://127.0.0.1:9201,http://127.0.0.1:9202,http://127.0.0.1:9203
}
inside() { "$SOURCE/tools/test-cluster" exec "$@"; }

# Where the library lies that a script asks: on this machine, or (SUITE=cluster, set by cluster_suite.sh) on a cluster.
#   vitrine ARGS...   asks the library under test, wherever it lies
#   here ARGS...      the library on this machine, for what a cluster does not do
#   publish           what was done `here` is what `vitrine` asks from now on
on_cluster() { [[ ${SUITE:-local} == cluster ]]; }
here() { "$VITRINE" "$@"; }
if on_cluster; then
  REMOTE=opensearch://127.0.0.1:9201/$(basename "$0" .sh)
  NO_LIBRARY="vitrine library copy"
  vitrine() { inside "$VITRINE" --library "$REMOTE" "$@"; }
  publish() { inside "$VITRINE" -q library copy "$VITRINE_LIBRARY" "$REMOTE"; }
else
  NO_LIBRARY="vitrine index"
  vitrine() { here "$@"; }
  publish() { :; }
fi

# json FILE EXPRESSION: a Python expression over the object `j` on the file's last line.
json() { tail -n 1 "$1" | python3 -c 'import json,sys; j=json.load(sys.stdin); print(eval(sys.argv[1]))' "$2"; }

# A folder of photographs: animals, flowers and fruit of the Tux Paint stamps.
make_photos() {
  [[ -d $STAMPS/animals ]] || skip "the package tuxpaint-stamps-default is not here"
  mkdir -p "$1"
  cp "$STAMPS"/animals/birds/*.png "$STAMPS"/plants/flowers/*.png "$STAMPS"/food/fruit/*.png "$1"
  find "$STAMPS/animals/mammals" -name '*.png' -not -path '*cartoon*' -exec cp -t "$1" {} +
}
