# The same library on this machine and on a real cluster of three nodes: the same hits, scores, reasons and exit codes; a
# copy that goes on where it stopped; a node that is killed costs no search. Needs tools/test-cluster to be installed
# (make test-cluster does that); skipped elsewhere.
source "$(dirname "$0")/common.sh"
start_cluster

make_photos photos
"$VITRINE" -q index photos
"$VITRINE" -q tags add animals/bird photos/*bird*.png photos/*duck*.png 2>/dev/null || "$VITRINE" -q tags add animals/bird photos/pear.png
"$VITRINE" -q note --rating 4 photos/pear.png --caption "A ripe pear"
expect_exit 2 inside "$VITRINE" --library $REMOTE search pear
expect_in "no library" err

inside "$VITRINE" -q library copy --json "$LOCAL" $REMOTE >first
json first 'j["written"] == j["pictures"] > 50 and not j["stopped"]' | grep -q True || fail "not all pictures were sent: $(<first)"
inside "$VITRINE" -q library copy --json "$LOCAL" $REMOTE >again
json again 'j["written"] == 0 and j["removed"] == 0' | grep -q True || fail "a copy that was there was sent again: $(<again)"

# What has changed is sent, what is gone goes.
"$VITRINE" -q note --rating 5 photos/pear.png
rm photos/apple*.png
"$VITRINE" -q index photos
inside "$VITRINE" -q library copy --json "$LOCAL" $REMOTE >changed
json changed 'j["written"] >= 1 and j["removed"] >= 1' | grep -q True || fail "the changes did not arrive: $(<changed)"

inside python3 "$SOURCE/tests/e2e/cluster_parity.py" "$VITRINE" "$LOCAL" $REMOTE photos
inside "$VITRINE" --library $REMOTE doctor >out
expect_in "green" out
expect_in "3 of one version" out
expect_in "the largest holds" out

# Back into a folder: the vectors bit for bit, the same answers; doing it again changes nothing.
inside "$VITRINE" -q library copy --json $REMOTE back >restored
json restored 'j["written"] == j["pictures"] > 50' | grep -q True || fail "not all came back: $(<restored)"
inside "$VITRINE" -q library copy --json $REMOTE back >restored
json restored 'j["written"] == 0 and j["pictures"] > 50' | grep -q True || fail "it came twice: $(<restored)"
"$VITRINE" -q export vectors --npy here.npy --ids here.txt
"$VITRINE" -q --library back export vectors --npy back.npy --ids back.txt
python3 - <<'PY' || fail "vectors changed on the way"
import pathlib
def rows(name):
    data = pathlib.Path(name + ".npy").read_bytes()
    ids = pathlib.Path(name + ".txt").read_text().splitlines()
    size = (len(data) - 128) // len(ids)
    return {line: data[128 + i * size:128 + (i + 1) * size] for i, line in enumerate(ids)}
here, back = rows("here"), rows("back")
assert here == back and len(here) > 50
PY
for query in "a ripe pear" "tag:bird" "rating:5" '"ripe pear"'; do
  "$VITRINE" search "$query" >here.hits || true
  "$VITRINE" --library back search "$query" >back.hits || true
  cmp here.hits back.hits || fail "another answer to $query"
done
"$VITRINE" -q --library back index --json photos >reindexed
json reindexed 'j["indexed"]' | grep -qx 0 || fail "pictures that came back were embedded again: $(<reindexed)"

# Over an index that an older Vitrine made: searches say that it is one, the next copy brings it up to date.
inside python3 - <<'PY'
import json, urllib.request
def ask(method, path, body=None):
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    request = urllib.request.Request("http://127.0.0.1:9201/" + path, data, {"Content-Type": "application/json"}, method=method)
    return json.load(urllib.request.urlopen(request))
index, = ask("GET", "_alias/vitrine-library-cluster")
mappings = ask("GET", index)[index]["mappings"]
mappings["_meta"]["vitrine"]["format"] = 1
hits = ask("GET", index + "/_search?size=1000")["hits"]["hits"]
new = ["colors", "palette", "order_folder", "order_name", "shown"]
for name in new:
    del mappings["properties"][name]
lines = ""
for hit in hits:
    document = {name: value for name, value in hit["_source"].items() if name not in new} | {"sent": "0" * 16}
    lines += json.dumps({"index": {"_id": hit["_id"]}}) + "\n" + json.dumps(document) + "\n"
ask("DELETE", "_index_template/vitrine-pictures-v1")
ask("DELETE", index)
ask("PUT", index, {"settings": {"index": {"knn": True}}, "mappings": mappings, "aliases": {"vitrine-library-cluster": {}}})
assert not ask("POST", index + "/_bulk?refresh=true", lines)["errors"]
PY
expect_exit 9 inside "$VITRINE" --library $REMOTE search pear
expect_in "by an older Vitrine" err
inside "$VITRINE" -q library copy --json "$LOCAL" $REMOTE >newer
json newer 'j["written"] == j["pictures"] > 50' | grep -q True || fail "an older index was not brought up to date: $(<newer)"
inside "$VITRINE" --library $REMOTE search "color:red" >out || fail "an index that was brought up to date does not answer"

# A node that is killed under way: no search fails. The one that is asked first, to make it hard.
inside python3 "$SOURCE/tests/e2e/cluster_parity.py" "$VITRINE" "$LOCAL" $REMOTE photos --rounds 6 &
parity=$!
sleep 3
"$CLUSTER" kill 1
wait $parity || fail "a search failed while a node was killed"
"$CLUSTER" start 1
inside "$VITRINE" -q library copy --json "$LOCAL" $REMOTE >after
json after 'j["written"] == 0' | grep -q True || fail "acknowledged pictures were lost: $(<after)"
