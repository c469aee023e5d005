# Indexers that share the work of one library on a real cluster: three at once, one of them killed; then every picture is
# there, none twice, none embedded twice but what the dead one had in hand, and searches answer as those of a library on
# this machine do. Skips as cluster.sh does.
source "$(dirname "$0")/common.sh"
start_cluster
# Each indexer is a machine of its own: another folder for what it keeps.
machine() { inside env XDG_DATA_HOME="$WORK/machine$1" "$VITRINE" --threads 1 --library $REMOTE "${@:2}"; }
ask() { inside curl -sS -H 'Content-Type: application/json' "http://127.0.0.1:9201/$1" "${@:2}"; }

there() { ask vitrine-library-cluster_index/_refresh -XPOST >/dev/null; ask vitrine-library-cluster_index/_count | python3 -c 'import json,sys; print(json.load(sys.stdin)["count"])'; }
here() { "$VITRINE" search --json -n 1 type:png | python3 -c 'import json,sys; print(json.load(sys.stdin)["total"])'; }

make_photos photos
mkdir photos/more
cp photos/*bird*.png photos/more/ 2>/dev/null || cp photos/pear.png photos/more/
echo "not a picture" >photos/broken.jpg
expect_exit 3 "$VITRINE" -q index photos
pictures=$(here)

# Three at once; one is killed with its helper when it has begun to embed.
expect_exit 2 machine 1 search pear
for i in 1 2; do machine $i index --json photos >report$i 2>said$i & pids[i]=$!; done
setsid "$CLUSTER" exec env XDG_DATA_HOME="$WORK/machine3" "$VITRINE" --threads 1 --library $REMOTE index --jsonl photos >report3 2>said3 &
killed=$!
for _ in $(seq 300); do [[ -s report3 ]] && break; sleep 0.1; done
[[ -s report3 ]] || fail "the third indexer recorded nothing"
kill -9 -- -$killed
for i in 1 2; do
  code=0
  wait ${pids[i]} || code=$?
  [[ $code -eq 3 ]] || fail "indexer $i ended with $code, not 3 (one file is no picture): $(<said$i)"
done

# All of them, each once; the bad file is named by both.
[[ $(there) -eq $pictures ]] || fail "not all pictures are there once"
python3 - report1 report2 report3 $pictures <<'PY' || fail "the work was not shared"
import json, sys
reports = [json.loads(open(name).read().splitlines()[-1]) for name in sys.argv[1:3]]
dead = sum('"indexed"' in line for line in open(sys.argv[3]))
pictures = int(sys.argv[4])
embedded = [report["indexed"] for report in reports]
print("embedded", embedded, "and by the killed one", dead, "of", pictures)
for report in reports:
    assert report["failed"] == 1 and report["failures"][0]["path"].endswith("broken.jpg"), report
    assert report["indexed"] + report["reused"] == report["seen"] - 1, report
assert all(embedded), embedded
# Those of the dead one that it had sent were not embedded again: at most its last bunch was.
assert pictures - dead <= sum(embedded) <= pictures, (embedded, dead)
PY
grep -q "taken over from" said1 said2 || fail "nobody said that it took over: $(cat said1 said2)"

# Again, by all: nothing to do. By a machine that has never been there: nothing is embedded.
for i in 1 4; do
  expect_exit 3 machine $i index --json photos
  json out '(j["indexed"], j["removed"], j["failed"])' | grep -qx "(0, 0, 1)" || fail "a second run did something: $(<out)"
done

# What is moved and copied costs no inference; what is gone goes.
mv photos/pear.png photos/more/moved.png
cp photos/more/moved.png photos/copied.png
apple=$(ls photos/apple*.png | head -n 1)
rm "$apple" photos/broken.jpg
machine 4 -q index --json photos >changed || fail "indexing what changed failed"
json changed '(j["indexed"], j["failed"])' | grep -qx "(0, 0)" || fail "a picture that moved was embedded again: $(<changed)"
json changed 'j["removed"] >= 2' | grep -q True || fail "what is gone was not removed: $(<changed)"
"$VITRINE" -q index photos

expect_equal "$(there)" "$(here)" "pictures after the changes"

# A file that becomes another picture and then, times and all, the first again: what was done before is work again.
flower=$(ls photos/*flower*.png photos/*rose*.png 2>/dev/null | head -n 1)
cp -p "$flower" first.png
cp photos/copied.png "$flower"
machine 1 -q index photos
expect_equal "$(there)" "$(($(here) - 1))" "pictures when one file has become a copy of another"
cp -p first.png "$flower"
machine 2 -q index photos
expect_equal "$(there)" "$(here)" "pictures when it is as it was"

# A root within another that is empty now is an unplugged drive too.
machine 1 -q index photos/more
mv photos/more kept && mkdir photos/more
machine 1 index photos 2>said
expect_in "more\" holds no pictures now" said
expect_equal "$(there)" "$(here)" "pictures while an inner root is not there"
rmdir photos/more && mv kept photos/more

# A root that is not there is an unplugged drive.
mv photos unplugged
expect_exit 0 machine 1 index photos
expect_in "kept" err
mv unplugged photos

# The same answers as here, in order, with scores; ids are others.
ask_both() { "$VITRINE" search --json "$@" >here.json || true; machine 2 search --json "$@" >there.json || true; }
for query in "a ripe pear" "a bird on a branch" "type:png flower" '"moved"' "folder:more bird" "size:>100kb red"; do
  ask_both -n 12 "$query"
  python3 - "$query" <<'PY' || fail "another answer to $query"
import json, sys
def hits(name):
    return [(hit["path"], round(hit["score"], 5)) for hit in json.load(open(name))["hits"]]
here, there = hits("here.json"), hits("there.json")
assert here == there, (sys.argv[1], here[:3], there[:3])
PY
done

# A copy onto it would remove what they found: it refuses. A copy of it is a library like any other.
expect_exit 2 inside "$VITRINE" library copy "$VITRINE_LIBRARY" $REMOTE
expect_in "index straight into" err
inside "$VITRINE" -q library copy --json $REMOTE back >restored
json restored "j['pictures'] == j['written'] > 50" | grep -q True || fail "a copy back lacks pictures: $(<restored)"
machine 1 doctor >out
expect_in "green" out
