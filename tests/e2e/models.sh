# Two models in one library: filled beside each other, swapped while searches go on, cached, removed.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
count=$(ls photos | wc -l)
"$VITRINE" -q index photos
cp -r "$SOURCE/tests/golden/tiny_pack" tiny
dim() { json out "[m['dimension'] for m in j['models'] if m['answers']]"; }

# The starter answers from the beginning; nothing else was seen by any model.
expect_exit 0 "$VITRINE" model list --json
expect_equal "$(json out "[(m['id'], m['pictures']) for m in j['models'] if m['answers']]")" "[('starter', $count)]" "the starter"
expect_exit 0 "$VITRINE" model list
expect_in "* starter" out

# Bad packs are refused, by name, and nothing is left of them; unknown names are told what there is.
cp -r tiny damaged && printf 'X' | dd of=damaged/image.onnx bs=1 seek=200 conv=notrunc status=none
expect_exit 7 "$VITRINE" model add damaged
expect_in "image.onnx" err
expect_exit 7 "$VITRINE" model add photos
expect_exit 7 "$VITRINE" model use no-such-model
expect_in "starter" err
expect_exit 2 "$VITRINE" model add "$(dirname "$VITRINE")/../share/vitrine/models/starter"
expect_in "here already" err
expect_equal "$(ls library/models 2>/dev/null)" "" "nothing was added"
# Towers of two spaces: the self-test finds that out.
cp -r tiny swapped && sed -i 's/"min_cosine": 0.999/"min_cosine": 0.9999/; s/"a red car"/"the blue sea, white"/' swapped/pack.json
expect_exit 7 "$VITRINE" model add swapped
expect_equal "$(ls library/models 2>/dev/null)" "" "nothing was added"

expect_exit 0 "$VITRINE" model add tiny
expect_in "tiny-1.0.0" err
expect_exit 2 "$VITRINE" model add tiny
expect_equal "$(ls library/models)" "tiny-1.0.0" "the pack in the library"
expect_exit 0 "$VITRINE" model list --json
expect_equal "$(dim)" "[384]" "adding is not using"

# Searches from the command line and through the server never fail while models are swapped to and fro.
cat >searcher.py <<'PY'
import sys, threading
from server_client import Server, check
vitrine, library, stop_file, count = sys.argv[1:5]
import os
server = Server(vitrine, library)
asked = 0
while not os.path.exists(stop_file):
    for query in ("red", "a+yellow+fruit", ""):
        answer = server.get(f"/api/v1/pictures?q={query}")
        check(answer.status == 200, query, answer.status, answer.body)
        check(len(answer.json()["ids"]) == int(count), query, len(answer.json()["ids"]))
        asked += 1
check(server.stop() == 143, "the server did not end as it should")
print(asked)
PY
PYTHONPATH="$SOURCE/tests/e2e" python3 searcher.py "$VITRINE" library "$WORK/over" "$count" >asked 2>searcher.err & searcher=$!
(while [[ ! -e $WORK/over ]]; do "$VITRINE" search -0 -n 3 red >/dev/null 2>>cli.err || echo "exit $?" >>cli.failed; done) & looper=$!
for round in 1 2 3; do
  expect_exit 0 "$VITRINE" model use tiny --json
  expect_equal "$(json out "j['answers'], j['embedded'], j['before']")" "(True, $([[ $round -eq 1 ]] && echo "$count" || echo 0), 'starter')" "round $round: to"
  expect_exit 0 "$VITRINE" model use starter --json
  expect_equal "$(json out "j['answers'], j['embedded']")" "(True, 0)" "round $round: back costs no inference"
  expect_exit 0 "$VITRINE" model use starter --with tiny --json
  expect_equal "$(json out "j['answers'], j['with'], j['embedded']")" "(True, 'tiny-1.0.0', 0)" "round $round: both"
  expect_exit 0 "$VITRINE" model list --json
  expect_equal "$(dim)" "[384, 8]" "round $round: both answer"
  expect_exit 0 "$VITRINE" model use tiny --with starter --json
  expect_equal "$(json out "j['before'], j['before_with']")" "('starter', 'tiny-1.0.0')" "round $round: the other way round"
  expect_exit 0 "$VITRINE" model use starter
done
touch over
wait $looper
wait $searcher || { cat searcher.err >&2; fail "a search through the server failed"; }
[[ ! -e cli.failed ]] || { cat cli.failed cli.err >&2; fail "a search from the command line failed"; }
[[ $(cat asked) -gt 0 ]] || fail "the server was asked"

# Both at once: one list, and each hit says which model found it where. One command may ask for that by itself.
"$VITRINE" -q model use starter --with tiny
expect_exit 0 "$VITRINE" model list
expect_in "* starter" out
expect_in "+ tiny-1.0.0" out
expect_exit 0 "$VITRINE" search --json -n 1000 red
expect_equal "$(json out "len(j['hits']), len({h['id'] for h in j['hits']})")" "($count, $count)" "every picture once"
expect_equal "$(json out "all('with starter' in h['why'][-1] and 'with tiny' in h['why'][-1] for h in j['hits'])")" True "who found it"
expect_exit 0 "$VITRINE" similar --json -n 3 photos/banana.png
expect_equal "$(json out "'banana.png' in str([h['path'] for h in j['hits']])")" False "itself is left out"
expect_exit 0 "$VITRINE" search --explain -n 1 red
expect_in "model tiny 1.0.0" err
expect_exit 2 "$VITRINE" model remove tiny
expect_exit 2 "$VITRINE" model use tiny --with tiny
expect_exit 0 "$VITRINE" doctor
expect_in "mixed" out
"$VITRINE" -q model use starter
expect_exit 0 "$VITRINE" --model starter+tiny search --json -n 1 red
expect_in "with tiny 1.0.0" out
expect_exit 0 "$VITRINE" search --json -n 1 red
expect_not_in "with tiny 1.0.0" out

# The library remembers its model; --model is for one command. New pictures get vectors of the one in use.
"$VITRINE" -q model use tiny
expect_exit 0 "$VITRINE" library stats --json
expect_equal "$(json out "j['dimension']")" 8 "every command uses it"
expect_exit 0 "$VITRINE" --model starter library stats --json
expect_equal "$(json out "j['dimension']")" 384 "but for one that says otherwise"
cp photos/banana.png photos/new.png && printf 'x' >>photos/new.png
"$VITRINE" -q index photos
expect_exit 0 "$VITRINE" model list --json
expect_equal "$(json out "{m['id']: m['pictures'] for m in j['models']} == {'starter': $count, 'tiny-1.0.0': $((count + 1))}")" True "the gap of the other"

# A fill that is stopped, or killed, goes on from there; the old model answers meanwhile.
mkdir many && for i in $(seq 400); do { cat photos/banana.png; echo "$i"; } >"many/$i.png"; done
"$VITRINE" -q index many
"$VITRINE" -q model use starter --json >out & filler=$!
for _ in $(seq 400); do
  sleep 0.05
  left=$(sqlite3 -readonly library/catalog.sqlite "SELECT count(*) FROM embedding WHERE space = 1" 2>/dev/null || echo 0)
  [[ $left -gt $((count + 1)) ]] && break
done
kill -9 $filler 2>/dev/null || true
wait $filler 2>/dev/null || true
expect_exit 0 "$VITRINE" model list --json
if [[ $(dim) == "[8]" ]]; then
  done_before=$(json out "[m['pictures'] for m in j['models'] if m['id'] == 'starter'][0]")
  expect_exit 0 "$VITRINE" search red
  expect_exit 0 "$VITRINE" model use starter --json
  expect_equal "$(json out "j['embedded']")" "$((401 + count - done_before))" "what was left"
fi
expect_exit 0 "$VITRINE" model list --json
expect_equal "$(dim)" "[384]" "complete, and swapped"

# A picture that cannot be had holds the swap unless it is to be now.
mv photos/new.png elsewhere.png
"$VITRINE" -q model remove tiny && "$VITRINE" -q model add tiny
expect_exit 3 "$VITRINE" model use tiny
expect_in "new.png" err
expect_in "--now" err
expect_exit 3 "$VITRINE" model use tiny --now --json
expect_equal "$(json out "j['answers'], j['left_out'], j['embedded']")" "(True, 1, 0)" "now"
mv elsewhere.png photos/new.png
expect_exit 0 "$VITRINE" model use tiny --json
expect_equal "$(json out "j['embedded']")" 1 "what was missing"

# The model in use is not removed; another is, with its vectors and files.
expect_exit 2 "$VITRINE" model remove tiny
expect_in "answers searches" err
space=$("$VITRINE" model list --json | python3 -c 'import json,sys; print([m["space"] for m in json.load(sys.stdin)["models"] if m["answers"]][0])')
"$VITRINE" -q model use starter
expect_exit 0 "$VITRINE" model remove tiny --json
expect_equal "$(json out "j['vectors'], j['pack_removed']")" "($((count + 401)), True)" "removed"
[[ ! -e library/vectors/$space && ! -e library/models/tiny-1.0.0 ]] || fail "files of the removed model are left"
expect_exit 0 "$VITRINE" search red

# A damaged pack in use says so; another model gets the library going again.
"$VITRINE" -q model add tiny && "$VITRINE" -q model use tiny
printf 'X' | dd of=library/models/tiny-1.0.0/text.onnx bs=1 seek=400 conv=notrunc status=none
expect_exit 7 "$VITRINE" search red
expect_in "text.onnx" err
expect_exit 0 "$VITRINE" model use starter
expect_exit 0 "$VITRINE" search red
expect_exit 7 "$VITRINE" model use tiny
expect_exit 0 "$VITRINE" search red

# Measured on this machine.
expect_exit 0 "$VITRINE" model bench starter --json
expect_equal "$(json out "j['pictures_per_second'] > 0 and j['texts_per_second'] > 0 and j['picture_cosine'] > 0.99")" True "bench"
