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
python3 - report1 report2 report3 $pictures $(ls photos/more | wc -l) <<'PY' || fail "the work was not shared"
import json, sys
reports = [json.loads(open(name).read().splitlines()[-1]) for name in sys.argv[1:3]]
dead = sum('"indexed"' in line for line in open(sys.argv[3]))
pictures, copies = map(int, sys.argv[4:6])
embedded = [report["indexed"] for report in reports]
print("embedded", embedded, "and by the killed one", dead, "of", pictures)
for report in reports:
    assert report["failed"] == 1 and report["failures"][0]["path"].endswith("broken.jpg"), report
    assert report["indexed"] + report["reused"] == report["seen"] - 1, report
assert all(embedded), embedded
# Those of the dead one that it had sent were not embedded again: at most its last bunch was. Of two copies that two met in the
# same seconds both may have been.
assert pictures - dead <= sum(embedded) <= pictures + copies, (embedded, dead)
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

# A sidecar that comes, and then changes, is merged with what people said on the cluster, whichever machine meets it.
sidecar() {
  cat >photos/copied.png.xmp <<XMP
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="$2">
<dc:subject><rdf:Bag><rdf:li>$1</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>
XMP
}
found() { machine 4 search --json -n 1 "$1" >found.json || true; json found.json 'j["total"]'; }
sidecar harvest 3
machine 1 index photos 2>said
expect_in "1 sidecar was read" said
expect_equal "$(found "tag:harvest rating:3")" 1 "a sidecar that came arrived"
machine 4 -q tags add mine photos/copied.png
machine 4 -q note --caption "ours" photos/copied.png
sidecar picked 5
machine 2 -q index photos
expect_equal "$(found "tag:picked tag:mine rating:5")" 1 "a sidecar that changed was merged"
expect_equal "$(found "tag:harvest")" 0 "a tag that went from the sidecar went"
machine 1 -q index --json photos >again
json again '(j["indexed"], j["failed"])' | grep -qx "(0, 0)" || fail "a merged sidecar did something more: $(<again)"
expect_equal "$(found "tag:picked tag:mine rating:5")" 1 "a merged sidecar stays"
rm photos/copied.png.xmp
machine 4 -q tags remove picked photos/copied.png
machine 4 -q tags remove mine photos/copied.png
machine 4 -q note --rating none --caption "" photos/copied.png

# Stopped by Ctrl-C it gives its work back: another machine goes on at once.
STOPPED=opensearch://127.0.0.1:9201/stopped
setsid "$CLUSTER" exec env XDG_DATA_HOME="$WORK/machine5" "$VITRINE" --threads 1 --library $STOPPED index --jsonl photos >report5 2>said5 &
stopped=$!
for _ in $(seq 300); do [[ -s report5 ]] && break; sleep 0.1; done
kill -INT -- -$stopped
code=0
wait $stopped || code=$?
expect_equal "$code" 130 "an indexer that was stopped: $(<said5)"
work() { ask "vitrine-work-$1/_refresh" -XPOST >/dev/null; ask "vitrine-work-$1/_count?q=state:$2" | python3 -c 'import json,sys; print(json.load(sys.stdin)["count"])'; }
expect_equal "$(work stopped claimed)" 0 "work that a stopped indexer has not given back"
[[ $(work stopped open) -gt 0 ]] || fail "it was stopped too late to show anything"
inside env XDG_DATA_HOME="$WORK/machine6" "$VITRINE" --library $STOPPED index photos 2>said6
expect_not_in "taken over" said6

# A full disk of the machine's own: said, its work is given back, and it goes on when there is room.
mkdir small
if [[ $(id -u) -eq 0 ]] && mount -t tmpfs -o size=1m tmpfs small 2>/dev/null; then
  trap '"$CLUSTER" down; umount "$WORK/small" || true; rm -rf "$WORK"' EXIT
  FULL=opensearch://127.0.0.1:9201/full
  expect_exit 6 inside env XDG_DATA_HOME="$WORK/small" "$VITRINE" --library $FULL index photos
  grep -qE "No space left|disk is full" err || fail "a full disk is not named: $(<err)"
  expect_equal "$(work full claimed)" 0 "work of a machine with a full disk"
  mount -o remount,size=64m small
  inside env XDG_DATA_HOME="$WORK/small" "$VITRINE" -q --library $FULL index photos
fi

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
