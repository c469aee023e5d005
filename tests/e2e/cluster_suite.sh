# The suites of queries, tags, changes, copies and boards once more, of a library that lies on a real cluster: the same words, JSON and exit
# codes. Needs tools/test-cluster to be installed (make test-cluster does that); skipped elsewhere. Not asked of a cluster:
#
#   index                     reads pictures into a library on this machine, which is then copied
#   duplicates --quarantine   moves files that other machines know by their paths
export SUITE=cluster
source "$(dirname "$0")/common.sh"
start_cluster
for suite in query tags changes duplicates boards; do
  echo "suite $suite"
  got=0
  bash "$SOURCE/tests/e2e/$suite.sh" || got=$?
  [[ $got -ne 77 ]] || skip "suite $suite"
  [[ $got -eq 0 ]] || fail "the suite $suite on a cluster"
done

# Many at once: nobody's tag is lost, and the journal has a step for each.
make_photos photos
here -q index photos
publish
people=()
for person in {1..4}; do
  (for turn in 1 2; do vitrine -q tags add "people/$person/$turn" photos/pear.png photos/banana.png || exit 1; done) &
  people+=($!)
done
for person in "${people[@]}"; do wait "$person" || fail "a tag was refused while others were set"; done
vitrine tags list --json >out
expect_equal "$(json out 'sum(t["accepted"] for t in j["tags"] if t["tag"].startswith("people/"))')" 16 "tags of four people"
vitrine history --json >out
expect_equal "$(json out 'len(j["changes"])')" 8 "steps of four people"

# A step is found at once, by its tag, its rating and its words; and so is taking it back.
expect_exit 0 vitrine note --rating 4 --caption "Ripe at last" photos/pear.png
expect_exit 0 vitrine search --json "rating:4 tag:people/1/2"
expect_equal "$(json out 'j["total"]')" 1 "found by what was just said"
expect_exit 0 vitrine search --json '"ripe at last"'
expect_equal "$(json out 'j["total"]')" 1 "found by its caption"
expect_exit 0 vitrine undo
expect_exit 1 vitrine search "rating:4"

# Somebody who is killed when his change is decided and the pictures do not all say so: the next step brings it to its end.
for round in 1 2; do
  setsid "$CLUSTER" exec "$VITRINE" --library "$REMOTE" -q tags add killed photos &
  person=$!
  while kill -0 $person 2>/dev/null; do
    inside curl -s "http://127.0.0.1:9201/vitrine-journal-${REMOTE##*/}/_doc/head" | grep -q '"pending"' && break
  done
  kill -KILL -- -$person 2>/dev/null || echo "round $round: he was too quick"
  wait $person 2>/dev/null || true
  expect_exit 0 vitrine -q tags add after photos/pear.png
  expect_exit 0 vitrine tags list --json
  expect_equal "$(json out '[t["accepted"] for t in j["tags"] if t["tag"] == "killed"]')" "[$(find photos -type f | wc -l)]" "the whole change"
  expect_exit 0 vitrine -q undo
  expect_exit 0 vitrine -q undo
  expect_exit 0 vitrine tags list
  expect_not_in killed out
done

# Four people lay pictures on one board at once, and one is killed: every acknowledged step is there and can be taken back.
expect_exit 0 vitrine board new Together photos/pear.png
people=()
for person in {1..4}; do
  (for turn in {1..4}; do vitrine -q board add Together photos/banana.png || exit 1; done) &
  people+=($!)
done
for person in "${people[@]}"; do wait "$person" || fail "a picture was refused while others were laid"; done
setsid "$CLUSTER" exec "$VITRINE" --library "$REMOTE" -q board arrange Together &
person=$!
sleep 0.3
kill -KILL -- -$person 2>/dev/null || true
wait $person 2>/dev/null || true
expect_exit 0 vitrine board show Together --json
expect_equal "$(json out 'len(j["board"]["items"])')" 17 "pictures of four people"
for _ in {1..16}; do expect_exit 0 vitrine -q board undo Together; done

# Boards come along when a library is copied, with their steps, and later what is new.
expect_exit 0 here -q board new Kitchen photos/pear.png
expect_exit 0 here -q board add Kitchen photos/banana.png
publish
expect_exit 0 vitrine board undo Kitchen
expect_exit 0 inside "$VITRINE" library copy --json "$REMOTE" "$WORK/back"
expect_equal "$(json out 'j["boards"], j["boards_written"], j["notes"]')" "(2, 2, [])" "boards brought back"
expect_exit 0 env VITRINE_LIBRARY="$WORK/back" "$VITRINE" board redo Kitchen
expect_exit 0 here -q board add Kitchen photos/pear.png
expect_exit 0 inside "$VITRINE" library copy "$VITRINE_LIBRARY" "$REMOTE"
expect_in "changed on both sides" err
