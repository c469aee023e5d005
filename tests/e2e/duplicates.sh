# Copies are listed, put aside as one step, and come back; on this machine and, but for moving files, on a cluster
# (cluster_suite.sh).
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
mkdir photos/more && cp photos/banana.png photos/more/banana-again.png && cp photos/pear.png photos/more/
touch -d '2020-01-01' photos/banana.png photos/pear.png
count=$(find photos -name '*.png' | wc -l)

expect_exit 2 vitrine duplicates
expect_in "$NO_LIBRARY" err
expect_exit 0 here index photos
publish

expect_exit 0 vitrine duplicates --kind exact --json
expect_equal "$(json out "len(j['groups'])")" 2 "two pictures have copies"
expect_equal "$(json out "sorted(g['keep']['path'].split('photos/')[1] for g in j['groups'])")" "['banana.png', 'pear.png']" \
  "the older file is kept"
expect_equal "$(json out "sorted(o['kind'] for g in j['groups'] for o in g['others'])")" "['exact', 'exact']" "same bytes"
expect_exit 0 vitrine duplicates --kind exact photos/more/banana-again.png --json
expect_equal "$(json out "len(j['groups'])")" 1 "only groups that touch the file"
expect_exit 0 vitrine duplicates --kind exact -0
expect_equal "$(tr '\0' '\n' <out | grep -c more/)" 2 "paths of the copies"
expect_exit 2 vitrine duplicates --kind nonsense

# The sure ones are found by a query.
expect_exit 0 vitrine search --json is:duplicate
expect_equal "$(json out "sorted(h['path'].rsplit('/', 1)[1] for h in j['hits'] if h['path'].rsplit('/', 1)[1].startswith(('banana', 'pear')))")" \
  "['banana.png', 'pear.png']" "pictures with several files"
total=$(json out 'j["total"]')
expect_exit 0 vitrine search --json -n 1 "type:png -is:duplicate"
expect_equal "$(json out 'j["total"]')" "$((count - 2 - total))" "all others"

if on_cluster; then
  expect_exit 2 vitrine duplicates --kind exact --quarantine aside
  expect_in "not put aside" err
  [[ ! -e aside ]] || fail "a folder was made"
else
  # A folder that is indexed is refused; nothing has moved.
  expect_exit 2 vitrine duplicates --kind exact --quarantine photos/aside
  expect_in "outside" err
  expect_equal "$(find photos -name '*.png' | wc -l)" "$count" "nothing moved"

  expect_exit 0 vitrine duplicates --kind exact --quarantine aside
  expect_equal "$(ls aside | sort | tr '\n' ' ')" "banana-again.png pear.png " "the copies lie there"
  expect_equal "$(find photos -name '*.png' | wc -l)" "$((count - 2))" "and no longer here"
  expect_exit 1 vitrine duplicates --kind exact
  expect_exit 0 here index photos

  expect_exit 0 vitrine undo
  expect_equal "$(find photos -name '*.png' | wc -l)" "$count" "all are back"
  cmp photos/banana.png photos/more/banana-again.png || fail "a copy came back changed"
  expect_exit 0 vitrine duplicates --kind exact --json
  expect_equal "$(json out "len(j['groups'])")" 2 "and are copies again"
fi

expect_exit 0 vitrine duplicates --json --tag copies/doubtful
expect_equal "$(json out "'action' in j")" True "what was done is told"
expect_exit 0 vitrine duplicates --json
total=$(json out "len({o['id'] for g in j['groups'] for o in g['others'] if o['id'] != g['keep']['id']})")
expect_exit 0 vitrine duplicates --tag copies/all
if [[ $total -gt 0 ]]; then
  expect_exit 0 vitrine search --json tag:copies/all
  expect_equal "$(json out 'j["total"]')" "$total" "all but the kept pictures are tagged"
fi
