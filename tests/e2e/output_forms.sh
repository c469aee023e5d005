# The contract of the command line: forms of output, exit codes, words for mistakes.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
cp photos/banana.png "$(printf 'photos/new\nline.png')"
"$VITRINE" -q index photos

# Machine-readable forms.
expect_exit 0 "$VITRINE" search --json -n 3 an apple
expect_equal "$(json out '(j["schema"], len(j["hits"]), j["query"], j["total"] > 10)')" "(1, 3, 'an apple', True)" "search --json"
expect_equal "$(json out 'all(0 <= h["relevance"] <= 1 and h["why"] and h["path"].startswith("/") for h in j["hits"])')" True "each hit is whole"
expect_equal "$(json out '[h["score"] for h in j["hits"]] == sorted((h["score"] for h in j["hits"]), reverse=True)')" True "best first"

# -0 survives any name; --format fills its fields; elsewhere than on a terminal there is no colour.
expect_exit 0 "$VITRINE" search -0 -n 40 a banana
expect_equal "$(tr -cd '\0' <out | wc -c)" "$(tr '\0' '\1' <out | tr -cd '\1' | wc -c)" "NUL after each path"
tr '\0' '\1' <out | grep -q "$(printf 'photos/banana.png')" || fail "banana.png is among the paths"
expect_exit 0 "$VITRINE" search --format '{name}\t{score}' -n 2 a banana
expect_equal "$(awk -F'\t' 'NF != 2' out | wc -l)" 0 "two fields a line"
expect_exit 0 "$VITRINE" search a banana
! grep -q $'\x1b' out || fail "escape sequences in a pipe"
expect_exit 0 "$VITRINE" --color always search -p -n 1 a banana
grep -q $'\x1b' out || fail "--color always --preview draws"

# Many queries: one answer a line, in order; an empty line keeps its place.
printf 'a banana\n\nan apple\n' >queries
expect_exit 0 "$VITRINE" search --queries queries --jsonl -n 2
expect_equal "$(python3 -c 'import json; print([(j["query"], len(j["hits"])) for j in map(json.loads, open("out"))])')" \
  "[('a banana', 2), ('', 0), ('an apple', 2)]" "--queries keeps the order"
expect_exit 0 bash -c '"$VITRINE" search --queries - --jsonl <queries'
expect_equal "$(wc -l <out)" 3 "--queries from standard input"

# Mistakes: exit 2, the thing and the next step.
expect_exit 2 "$VITRINE" serch dogs
expect_in "did you mean: vitrine search" err
expect_exit 2 "$VITRINE" search
expect_exit 2 "$VITRINE" search --json --jsonl dog
expect_exit 2 "$VITRINE" search -n 0 dog
expect_exit 2 "$VITRINE" search --format '{sore}' dog
expect_in "{score}" err
expect_exit 2 "$VITRINE" search --queries nowhere.txt
expect_in "nowhere.txt" err
expect_exit 2 "$VITRINE" index no-such-folder
expect_in "no-such-folder" err
expect_exit 2 "$VITRINE" similar no-such-file.jpg
expect_exit 2 "$VITRINE" index
expect_exit 2 "$VITRINE"
expect_exit 7 "$VITRINE" --model no-such-model search dog
expect_in "no-such-model" err

# Help has examples for every command; the version is one line.
for command in index search similar doctor; do
  expect_exit 0 "$VITRINE" $command --help
  [[ $(grep -c "^  vitrine" out) -ge 2 ]] || fail "$command --help has two examples"
done
expect_exit 0 "$VITRINE" --version
expect_equal "$(wc -l <out)" 1 "--version"

# A reader that goes away is no error.
"$VITRINE" search -n 100 --json a banana | head -c 1 >/dev/null
