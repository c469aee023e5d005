# Boards from the first to the bin: made, arranged, undone across processes, exported and read back; on this machine and on a
# cluster (cluster_suite.sh).
source "$(dirname "$0")/common.sh"
make_photos photos

expect_exit 2 vitrine board list
expect_in "$NO_LIBRARY" err
expect_exit 0 here index -q photos
publish
expect_exit 1 vitrine board list
expect_in "board new" err

# Made of paths, of a search, of a template, of another board.
expect_exit 0 vitrine board new Birds photos
id=$(cat out)
pictures=$(find photos -type f | wc -l)
expect_exit 0 vitrine board list --json
expect_equal "$(json out 'j["boards"][0]["pictures"], j["boards"][0]["name"]')" "($pictures, 'Birds')" "a board of all"
expect_exit 0 vitrine board new Fruit --search banana -n 3 --json
expect_equal "$(json out 'len([i for i in j["board"]["items"] if i["asset"] > 0]) > 0')" "True" "pictures of a search"
expect_exit 0 vitrine board new Plan --from template:story
expect_exit 0 vitrine board show Plan --json
expect_equal "$(json out 'sorted({i["kind"] for i in j["board"]["items"]})')" "['arrow', 'frame', 'note']" "a template"
expect_exit 0 vitrine board new "Birds 2" --from Birds
expect_exit 2 vitrine board new Other --from template:nothing
expect_in "template:grid" err
expect_exit 2 vitrine board show Nobody
expect_in "Nobody" err
expect_exit 2 vitrine board add Birds no-such-folder

# Arranged in every way, without overlaps; each is a step that another process takes back.
vitrine board show Birds --json >before
for by in meaning colour time clusters pack rows; do
  expect_exit 0 vitrine board arrange Birds --by $by
  expect_exit 0 vitrine board show Birds --json
  tail -n 1 out | python3 -c '
import json, sys
items = [i for i in json.load(sys.stdin)["board"]["items"] if i["kind"] in ("picture", "note")]
for a, one in enumerate(items):
    for two in items[a + 1:]:
        apart = (one["x"] + one["width"] <= two["x"] + 1e-6 or two["x"] + two["width"] <= one["x"] + 1e-6 or
                 one["y"] + one["height"] <= two["y"] + 1e-6 or two["y"] + two["height"] <= one["y"] + 1e-6)
        assert apart, (one, two)' || fail "overlaps by $by"
  if [[ $by == clusters ]]; then
    expect_equal "$(json out 'len({i["text"] for i in j["board"]["items"] if i["kind"] == "note"}) >= 2')" "True" "names"
  else
    expect_equal "$(json out 'len([i for i in j["board"]["items"] if i["kind"] == "note"])')" "0" "titles go"
  fi
done
for _ in meaning colour time clusters pack rows; do expect_exit 0 vitrine board undo Birds; done
expect_exit 1 vitrine board undo Birds
vitrine board show Birds --json >after
expect_equal "$(json after 'j["board"]["items"]')" "$(json before 'j["board"]["items"]')" "undone to the beginning"
expect_exit 0 vitrine board redo Birds

# Versions.
expect_exit 0 vitrine board save-version Birds first --json
version=$(json out 'j["versions"][0]["id"]')
vitrine board show Birds --json >before
expect_exit 0 vitrine board arrange Birds --by colour
expect_exit 0 vitrine board restore Birds --version "$version"
vitrine board show Birds --json >after
expect_equal "$(json after 'j["board"]["items"]')" "$(json before 'j["board"]["items"]')" "the version is back"
expect_exit 1 vitrine board restore Birds --version "$version"
expect_exit 2 vitrine board restore Birds --version 999

# What it might want next is not on it yet; what lies on it answers board:.
expect_exit 0 vitrine board new Few photos/banana.png
expect_exit 0 vitrine board suggest Few -n 5 --json
expect_equal "$(json out 'len(j["hits"]), any("banana.png" in h["path"] for h in j["hits"])')" "(5, False)" "suggestions"
expect_exit 0 vitrine board suggest Few --each -n 4 --json
expect_equal "$(json out 'len({h["id"] for h in j["hits"]})')" "4" "one of each kind"
expect_exit 0 vitrine board suggest Few --gap 400 0 200 200 -n 3 --add
expect_exit 0 vitrine board show Few --json
expect_equal "$(json out 'len(j["board"]["items"])')" "4" "suggestions laid on the board"
expect_exit 0 vitrine search board:few --json -n 50
expect_equal "$(json out 'j["total"]')" "4" "board: is a filter"
expect_exit 2 vitrine search board:Fev
expect_in "did you mean Few" err
expect_exit 1 vitrine board suggest Birds -n 3

# Colours.
expect_exit 0 vitrine board palette Few --json
expect_equal "$(json out '5 <= len(j["palette"]) <= 8 and abs(sum(c["share"] for c in j["palette"]) - 1) < 0.01')" "True" "palette"
for format in ase gpl css; do expect_exit 0 vitrine board palette Few --format $format -o few.$format; done
expect_equal "$(head -c 4 few.ase)" "ASEF" "an ASE file"
expect_in "GIMP Palette" few.gpl
expect_in "--palette-1: #" few.css

# Out and in again: the same board, the originals byte for byte.
expect_exit 0 vitrine board export Few few.zip
expect_exit 0 vitrine board export Few few.json
expect_exit 0 env VITRINE_LIBRARY="$WORK/second" "$VITRINE" index -q "$(find photos -name "*elephant*" | head -1)"
expect_exit 0 env VITRINE_LIBRARY="$WORK/second" "$VITRINE" board import few.zip --json
expect_equal "$(json out 'j["pictures"], j["added"] >= 3')" "(4, True)" "imported"
other=$(json out 'j["board"]')
expect_exit 0 env VITRINE_LIBRARY="$WORK/second" "$VITRINE" board export "$other" few2.zip
python3 - few.zip few2.zip <<'EOF'
import json, sys, zipfile
one, two = (zipfile.ZipFile(path) for path in sys.argv[1:])
assert one.read("board.json") == two.read("board.json"), (one.read("board.json"), two.read("board.json"))
board = json.loads(one.read("board.json"))
for content, picture in board["pictures"].items():
    import hashlib
    path = picture["path_in_zip"]
    assert hashlib.sha256(one.read(path)).hexdigest() == content
    assert one.read(path) == two.read(path)
EOF
expect_exit 2 vitrine board export Few few.xyz
expect_in "--format" err
printf '{"format":"vitrine-board","version":99,"name":"x"}' >newer.json
expect_exit 9 vitrine board import newer.json
expect_in "newer" err
printf '{"format":"vitrine-board","version":1,' >cut.json
expect_exit 4 vitrine board import cut.json
printf 'no board' >other.txt
expect_exit 9 vitrine board import other.txt
expect_equal "$(find "$VITRINE_LIBRARY/scratch" -mindepth 1 2>/dev/null | wc -l)" "0" "nothing is left behind"

# A picture that goes away stays on the board, and comes back by its content.
mkdir moved && mv photos/banana.png moved/
expect_exit 0 here index -q photos
publish
expect_exit 0 vitrine board show Few
expect_exit 0 vitrine board export Few gone.pdf
expect_in "was not there" err
expect_exit 0 here index -q moved
publish
expect_exit 0 vitrine board export Few back.pdf
expect_equal "$(head -c 5 back.pdf)" "%PDF-" "a PDF"

# Into the bin and out.
expect_exit 0 vitrine board rename Few "Few pictures"
expect_exit 0 vitrine board delete "Few pictures"
expect_exit 2 vitrine board show "Few pictures"
expect_in "restore" err
expect_exit 0 vitrine board list --bin
expect_in "Few pictures" out
expect_exit 0 vitrine board restore "Few pictures"
expect_exit 0 vitrine board show "$id"

# A file of a newer Vitrine is left alone.
on_cluster && exit
cp "$VITRINE_LIBRARY/boards.sqlite" kept.sqlite
python3 -c 'import sqlite3,sys; db=sqlite3.connect(sys.argv[1]); db.execute("PRAGMA user_version=99"); db.commit()' "$VITRINE_LIBRARY/boards.sqlite"
expect_exit 9 vitrine board list
expect_in "newer" err
cp kept.sqlite "$VITRINE_LIBRARY/boards.sqlite"
expect_exit 0 vitrine board list
