# The vectors of a library: the choice of index, statistics, export and import, compaction.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
count=$(ls photos | wc -l)

# Before there is a library each command says what to do.
for command in "library index" "library stats" "library compact" "export vectors --npy x.npy"; do
  expect_exit 2 "$VITRINE" $command
  expect_in "vitrine index" err
done
[[ ! -e library && ! -e x.npy ]] || fail "asking made something"
"$VITRINE" -q index photos
answer() { "$VITRINE" "$@" search --format '{name} {score}' -n 5 a banana; }
good=$(answer)

# The choice of an index is remembered and changes no answer; what is not given stays.
expect_exit 0 "$VITRINE" library index --kind exact --memory 512M --recall 0.95 --json
expect_equal "$(json out 'j["schema"], j["kind"], j["policy"]["memory_bytes"], j["policy"]["recall"]')" \
  "(1, 'exact', 536870912, 0.95)" "library index --json"
# So few rows fill one list of ivf, which is what compressed is.
declare -A built=([exact]=exact [compressed]=compressed [ivf]=compressed [hnsw]=hnsw [auto]=exact)
for kind in exact compressed ivf hnsw auto; do
  expect_exit 0 "$VITRINE" library index --kind $kind --json
  expect_equal "$(json out 'j["policy"]["kind"], j["kind"], j["policy"]["memory_bytes"]')" \
    "('$kind', '${built[$kind]}', 536870912)" "the policy is kept and obeyed"
  expect_equal "$(answer)" "$good" "answers through $kind"
done
# A damaged index costs time, never an answer, and the next index run mends it.
"$VITRINE" -q library index --kind compressed
expect_equal "$("$VITRINE" doctor | grep -c "ok.* index .*compressed")" 1 "doctor names the index"
file=$(find library/vectors -name '*.vix')
[[ -n $file ]] || fail "there is an index file"
cp "$file" whole.vix
for offset in 20 4100 $(($(stat -c %s whole.vix) / 2)) $(($(stat -c %s whole.vix) - 9)); do
  cp whole.vix "$file"
  printf '\x5a\xa5\x5a' | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
  expect_equal "$(answer)" "$good" "an index damaged at $offset"
done
truncate -s 5000 "$file"
expect_equal "$(answer)" "$good" "a cut index"
expect_exit 0 "$VITRINE" index photos
expect_in "the vector index was built" err
expect_exit 0 "$VITRINE" library stats --json
expect_equal "$(json out 'j["index"]["kind"]')" compressed "mended"
"$VITRINE" -q library index --kind auto
expect_exit 2 "$VITRINE" library index --kind best
expect_exit 2 "$VITRINE" library index --memory lots
expect_in "512M" err
expect_exit 2 "$VITRINE" library index --recall 2
expect_exit 2 "$VITRINE" library
expect_exit 2 "$VITRINE" library indx

# Statistics: for people and for programs.
expect_exit 0 "$VITRINE" library stats
expect_in "recall@10" out
expect_exit 0 "$VITRINE" library stats --json
expect_equal "$(json out 'j["schema"], j["pictures"] == j["rows"] > 10, j["dead_rows"], j["index"]["kind"], j["auto"]["kind"]')" \
  "(1, True, 0, 'exact', 'exact')" "stats --json"
expect_equal "$(json out 'all(m["recall"] == 1 and m["queries"] > 0 for m in j["measured"].values())')" True "the exact scan misses nothing"
expect_equal "$(json out 'all(v >= 0 for v in j["disk"].values()) and j["disk"]["catalog_bytes"] > 0')" True "sizes"

# Export: as many rows as pictures, unit vectors, ids that name them.
expect_exit 0 "$VITRINE" export vectors --npy v.npy --ids v.ids --json
expect_equal "$(json out 'j["schema"], j["stopped"]')" "(1, False)" "export --json"
rows=$(json out 'j["vectors"]') columns=$(json out 'j["dimension"]')
expect_equal "$(wc -l <v.ids)" "$rows" "a line for each vector"
grep -qE $'^[0-9a-f]{64}\t/.*photos/banana.png$' v.ids || fail "the banana is named"
expect_equal "$(stat -c %s v.npy)" $((128 + 4 * rows * columns)) "the size of the matrix"
expect_exit 2 "$VITRINE" export vectors
expect_exit 2 "$VITRINE" export vectors --npy no/such/folder/v.npy
expect_exit 2 "$VITRINE" export vectors --npy v.npy --ids v.npy
[[ -z $(ls ./*.part 2>/dev/null) ]] || fail "a half-written file was left"

# Import into the same library changes nothing; into another it makes pictures without files, which are found.
expect_exit 0 "$VITRINE" import vectors --npy v.npy --ids v.ids --json
expect_equal "$(json out 'j["vectors"], j["pictures"], j["replaced"]')" "($rows, 0, $rows)" "all are known"
expect_equal "$(answer | cut -d' ' -f1)" "$(cut -d' ' -f1 <<<"$good")" "the answer is the same"
expect_exit 0 "$VITRINE" --library other import vectors --npy v.npy --ids v.ids --json
expect_equal "$(json out 'j["vectors"], j["pictures"], j["replaced"]')" "($rows, $rows, 0)" "all are new"
expect_equal "$(json out 'j["root"]["path"]')" "$WORK/v.npy" "they lie under the file"
expect_equal "$(answer --library other | cut -d' ' -f1)" "$(cut -d' ' -f1 <<<"$good")" "found by words"
"$VITRINE" --library other search --json -n 1 a banana >out
expect_equal "$(json out 'j["hits"][0]["offline"], j["hits"][0]["path"].startswith("'"$WORK"'/v.npy/")')" "(True, True)" "no file, and said so"
expect_exit 0 "$VITRINE" --library other similar -n 1 --format '{name}' "$WORK/v.npy$PWD/photos/banana.png"
# An index run over a folder around the file keeps them; doing it again makes no second set.
expect_exit 0 "$VITRINE" --library other index --json .
expect_equal "$(json out 'j["removed"]')" 0 "an index run forgets no imported picture"
expect_exit 0 "$VITRINE" --library other import vectors --npy v.npy --ids v.ids --json
expect_equal "$(json out 'j["pictures"], j["replaced"]')" "(0, $rows)" "the second time all are known"
# Without ids the rows are numbered.
expect_exit 0 "$VITRINE" --library numbered import vectors --npy v.npy
expect_exit 0 "$VITRINE" --library numbered similar -n 1 --format '{path}' "$WORK/v.npy/0"
expect_in "$WORK/v.npy/" out

# Files that are no use are refused whole, by name, and nothing changes.
refuse() {
  expect_exit 2 "$VITRINE" --library untouched import vectors --npy "$@"
  expect_in "${!#}" err
}
python3 - "$columns" <<'END'
import struct, sys
d = int(sys.argv[1])
def npy(name, rows, shape=None, type="<f4", order="False"):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (type, order, shape or (len(rows), d))
    text += " " * (63 - (10 + len(text)) % 64) + "\n"
    data = b"".join(struct.pack("<%df" % len(row), *row) for row in rows)
    open(name, "wb").write(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data)
unit = [1.0] + [0.0] * (d - 1)
npy("one.npy", [unit])
npy("nan.npy", [unit, [float("nan")] + unit[1:]])
npy("zero.npy", [unit, [0.0] * d])
npy("fortran.npy", [unit, unit], order="True")
npy("big.npy", [unit], type=">f4")
npy("object.npy", [unit], type="|O")
npy("huge.npy", [unit], shape=(1 << 50, d))
npy("narrow.npy", [unit[:-1]], shape=(1, d - 1))
npy("flat.npy", [unit], shape=(d,))
data = open("one.npy", "rb").read()
open("cut.npy", "wb").write(data[:-1])
open("head.npy", "wb").write(data[:60])
open("empty.npy", "wb")
open("long.ids", "w").write("a\nb\n")
open("short.ids", "w").write("")
END
expect_exit 0 "$VITRINE" --library untouched import vectors --npy one.npy
for file in nan zero fortran big object huge narrow flat cut head empty missing; do refuse $file.npy; done
for file in long short missing; do refuse one.npy --ids $file.ids; done
expect_exit 0 "$VITRINE" --library untouched library stats --json
expect_equal "$(json out 'j["rows"]')" 1 "nothing was imported from any of them"

# Compaction drops what has no file any more, thumbnails too, and gives the space back.
expect_exit 0 "$VITRINE" library compact --json
expect_equal "$(json out 'j["pictures_removed"], j["thumbnails_removed"]')" "(0, 0)" "nothing to drop"
thumbnails=$(find library/thumbs -name '*.jpg' | wc -l)
rm photos/apple*.png
"$VITRINE" -q index photos
expect_exit 0 "$VITRINE" library stats --json
dead=$(json out 'j["dead_rows"]')
[[ $dead -gt 0 ]] || fail "removed pictures leave rows behind"
good=$(answer)
expect_exit 0 "$VITRINE" library compact --json
expect_equal "$(json out 'j["pictures_removed"], j["rows_removed"], j["thumbnails_removed"]')" "($dead, $dead, $dead)" "the removed ones go"
expect_equal "$(find library/thumbs -name '*.jpg' | wc -l)" $((thumbnails - dead)) "their thumbnails too"
expect_equal "$(answer)" "$good" "the answer is the same"
expect_exit 0 "$VITRINE" library stats --json
expect_equal "$(json out 'j["dead_rows"]')" 0 "no dead rows"
expect_exit 0 "$VITRINE" index --json photos
expect_equal "$(json out 'j["indexed"]')" 0 "the others kept their vectors"

# Help has two examples for each command.
for command in "library index" "library stats" "library compact" "export vectors" "import vectors"; do
  expect_exit 0 "$VITRINE" $command --help
  [[ $(grep -c "^  vitrine" out) -ge 2 ]] || fail "$command --help has two examples"
done
