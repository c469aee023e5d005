# One box: words, facts, exclusions, notes and saved searches, each taken back and put back; on this machine and on a
# cluster (cluster_suite.sh).
source "$(dirname "$0")/common.sh"
make_photos photos
expect_exit 2 vitrine undo
expect_in "$NO_LIBRARY" err
expect_exit 0 here index -q photos
publish

# Facts are exact, and combine.
expect_exit 0 vitrine search --json 'type:png name:banana'
expect_equal "$(json out 'j["total"], len(j["hits"])')" "(1, 1)" "one picture of that name"
expect_exit 1 vitrine search 'type:png -type:png'
expect_exit 1 vitrine search 'iso:>800'
expect_exit 0 vitrine search --json -n 1 'banana OR type:tiff'
expect_in "banana" out

# What makes no sense is named by its column, with what to write instead.
expect_exit 2 vitrine search 'yellow colr:red'
expect_in "column 8" err
expect_in "color:" err
expect_exit 2 vitrine search 'date:2021-13'
expect_in "column 6" err
expect_exit 2 vitrine search dog -snow
expect_in "'dog -snow'" err
expect_exit 2 vitrine search 'board:nowhere'
expect_in "board" err

# A note is found by what it says, and gone when it is taken back.
expect_exit 0 vitrine note photos/banana.png --rating 5 --caption "Breakfast in Sibiu"
expect_exit 0 vitrine search --json 'rating:>=4'
expect_in "banana" out
expect_exit 0 vitrine search --json '"breakfast in sibiu"'
expect_equal "$(json out 'j["total"]')" "1" "the words of a caption"
expect_exit 2 vitrine note photos/banana.png --rating 6
expect_exit 2 vitrine note photos/banana.png
expect_exit 0 vitrine undo
expect_exit 1 vitrine search 'rating:>=4'
expect_exit 0 vitrine redo
expect_exit 0 vitrine search 'rating:>=4'
expect_exit 1 vitrine redo
expect_in "nothing to redo" err

# Searches under a name.
expect_exit 0 vitrine saved fruit 'banana rating:5'
expect_exit 0 vitrine search --json --saved fruit
expect_in "banana" out
expect_exit 2 vitrine search --saved fruits
expect_exit 2 vitrine saved broken 'date:never'
expect_in "column 6" err
expect_exit 0 vitrine saved --drop fruit
expect_exit 0 vitrine undo
expect_exit 0 vitrine saved --json
expect_equal "$(json out 'j["searches"][0]["name"]')" "fruit" "a dropped search that came back"
expect_exit 0 vitrine history --json
expect_equal "$(json out '[c["undone"] for c in j["changes"]]')" "[True, False, False]" "the journal, newest first"

# The plan is words for people, and every hit says why.
expect_exit 0 vitrine search --explain -n 2 'type:png banana -car'
expect_in "filter" err
expect_exit 0 vitrine search --json -n 1 banana
expect_equal "$(json out 'len(j["hits"][0]["why"]) > 0 and 0 <= j["hits"][0]["relevance"] <= 1')" "True" "why and relevance"

# A line that is too long is refused in a line, and the others are answered.
{ python3 -c "print('dog ' * 300000)"; echo banana; } >long.txt
expect_exit 0 vitrine search --queries long.txt --jsonl -n 1
expect_equal "$(wc -l <out)" "2" "an answer for each line"
expect_in "64 KiB" err
[[ $(wc -c <err) -lt 1000 ]] || fail "a message repeats a query of a megabyte"
