# Tags from the first suggestion to the last undo, on photographs of single things; on this machine and on a cluster
# (cluster_suite.sh).
source "$(dirname "$0")/common.sh"
make_photos photos

printf 'elephant\nbanana\nsunflower\npenguin = penguins\nstop_sign\nLion\n' >words.txt
expect_exit 2 vitrine tags list
expect_in "$NO_LIBRARY" err
expect_exit 0 here index -q photos
publish

# A vocabulary of plain names is a classifier: one line a file, names as written, likeliest first.
expect_exit 0 vitrine tags suggest --vocabulary words.txt --jsonl
expect_equal "$(wc -l <out)" "$(find photos -type f | wc -l)" "one line a file"
python3 - "$WORK/out" <<'EOF'
import json, sys
lines = {line["path"].rsplit("/", 1)[1]: line["tags"] for line in map(json.loads, open(sys.argv[1]))}
for tags in lines.values():
    assert len(tags) == 6 and [t["tag"] for t in tags] != [], tags
    probabilities = [t["probability"] for t in tags]
    assert probabilities == sorted(probabilities, reverse=True) and 0 <= probabilities[-1] <= probabilities[0] <= 1
    assert {t["tag"] for t in tags} == {"elephant", "banana", "sunflower", "penguin", "stop_sign", "Lion"}
assert lines["banana.png"][0]["tag"] == "banana", lines["banana.png"]
EOF
expect_exit 0 vitrine tags suggest --vocabulary words.txt --jsonl -n 2 photos/banana.png
expect_equal "$(json out 'len(j["tags"]), j["tags"][0]["tag"]')" "(2, 'banana')" "two tags of one picture"

# A copy elsewhere is judged too, and one that cannot be read is named.
mkdir elsewhere && cp photos/banana.png elsewhere/fruit.png && printf 'no picture' >elsewhere/broken.jpg
expect_exit 3 vitrine tags suggest --vocabulary words.txt --jsonl elsewhere
expect_equal "$(json out 'j["tags"][0]["tag"], "id" in j')" "('banana', False)" "a file outside the library"
expect_in "broken.jpg" err

# What is wrong with a vocabulary is said by line.
printf 'dog\nDog\n\001\ncat\n' >bad.txt
expect_exit 0 vitrine tags suggest --vocabulary bad.txt --jsonl photos/banana.png
expect_in "line 2" err
expect_in "line 3" err
printf '# nothing\n' >empty.txt
expect_exit 2 vitrine tags suggest --vocabulary empty.txt
expect_in "no term" err
expect_exit 2 vitrine tags suggest --vocabulary no-such-file.txt
expect_exit 2 vitrine tags suggest --vocabulary words.txt photos/no-such.png

# Suggestions are remembered, accepted and rejected; each step can be taken back.
expect_exit 0 vitrine tags suggest --vocabulary words.txt --save --above 0.02
expect_exit 0 vitrine tags list --json
suggested=$(json out '{t["tag"]: t["suggested"] for t in j["tags"]}["banana"]')
[[ $suggested -ge 1 ]] || fail "no banana is suggested"
expect_exit 0 vitrine tags accept banana photos/banana.png
expect_exit 0 vitrine tags reject banana
expect_exit 0 vitrine tags list --json
expect_equal "$(json out '[(t["accepted"], t["suggested"]) for t in j["tags"] if t["tag"] == "banana"]')" "[(1, 0)]" "decided"
expect_exit 0 vitrine undo
expect_exit 0 vitrine tags list --json
expect_equal "$(json out '[(t["accepted"], t["rejected"]) for t in j["tags"] if t["tag"] == "banana"]')" "[(1, 0)]" "undone"

# Suggesting again asks no model and decides nothing anew.
expect_exit 0 vitrine tags suggest --vocabulary words.txt --save --above 0.02
expect_exit 0 vitrine tags list --json
expect_equal "$(json out '[t["accepted"] for t in j["tags"] if t["tag"] == "banana"]')" "[1]" "accepted stays"

# Taught by example.
yes=(photos/*owl*.png); no=(photos/banana.png photos/lemon.png)
expect_exit 0 vitrine tags teach "night birds" --yes "${yes[0]}" --no "${no[@]}" --json
expect_equal "$(json out '(j["accepted"], j["rejected"]) == (1, 2) and j["suggested"] >= 0')" True "taught"
expect_exit 0 vitrine tags list --json
expect_equal "$(json out '[(t["accepted"], t["rejected"]) for t in j["tags"] if t["tag"] == "night birds"]')" "[(1, 2)]" "kept"
expect_exit 2 vitrine tags teach other --no photos/banana.png
expect_in "--yes" err
expect_exit 2 vitrine tags teach other --yes elsewhere/fruit.png
expect_in "indexed" err

# Added, renamed, merged, deleted; odd names are names or are refused in words.
expect_exit 0 vitrine tags add "fruit/yellow" photos/banana.png photos/lemon.png
expect_exit 0 vitrine tags add "AC\\/DC | שלום" photos/lemon.png
expect_exit 2 vitrine tags add $'two\nlines' photos/lemon.png
expect_in "control character" err
expect_exit 2 vitrine tags add "a//b" photos/lemon.png
expect_exit 0 vitrine tags rename fruit/yellow sour
expect_exit 0 vitrine tags rename banana sour
expect_exit 0 vitrine tags list
expect_in "$(printf 'sour\t2')" out
expect_not_in "banana" out
expect_in "שלום" out
expect_exit 0 vitrine tags remove sour photos/banana.png
expect_exit 0 vitrine tags delete sour
expect_exit 0 vitrine tags list
expect_not_in "sour" out
expect_exit 2 vitrine tags delete no-such-tag
expect_exit 0 vitrine undo
expect_exit 0 vitrine tags list
expect_in "$(printf 'sour\t1')" out
