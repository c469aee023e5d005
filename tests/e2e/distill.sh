# A student learns its teacher's space from the vectors that the library has: made, judged, used; what is wrong is refused in
# words; what was ended goes on.
source "$(dirname "$0")/common.sh"
export PYTHONPATH="$SOURCE/.deps/modelkit:$SOURCE"
python3 -c 'import onnx, onnxruntime, tokenizers, PIL' 2>/dev/null || skip "the packages of modelkit/requirements-import.txt are not here: tools/bootstrap --test"
starter=$(dirname "$VITRINE")/../share/vitrine/models/starter
[[ -d $starter ]] || starter=$SOURCE/models/starter
kit() { python3 -m modelkit backbone "$@"; }

# Backbones: the starter's own tower with smaller pictures.
kit "$starter" --edge 128 --out small >out
expect_in "384 features" out
for bad in "--edge 100" "--edge 512" ""; do
  expect_exit 1 python3 -m modelkit backbone "$starter" $bad --out other
  expect_in "--edge" err
done
expect_exit 1 python3 -m modelkit backbone "$starter" --edge 128 --out small
expect_in "is there already" err
expect_exit 1 python3 -m modelkit backbone "$WORK/nothing" --edge 128 --out other
[[ ! -e other ]] || fail "half a backbone is left"

# Too little to learn from, and nothing at all.
distill() { expect_exit "$1" "$VITRINE" model distill --teacher "$2" --student "$3" --json; }
distill 2 starter small
expect_in "0 pictures" err
[[ ! -e library ]] || fail "a library was made by asking"

python3 - <<'PY'
import pathlib
from PIL import Image
from tests.support import probe
pathlib.Path("photos").mkdir()
for number in range(260):
    Image.fromarray(probe.drawn(140 + number % 50, 120, number)).save(f"photos/{number:03}.png", compress_level=1)
PY
mkdir some && cp photos/00?.png some
"$VITRINE" -q index some
distill 2 starter small
expect_in "10 pictures" err
expect_in "model use starter" err
"$VITRINE" -q index photos

# What is damaged or unknown is named, and the library stays as it was.
distill 7 nobody small
expect_in "starter" err
distill 7 starter photos
expect_in "backbone.json" err
cp -r small damaged && printf 'X' | dd of=damaged/image.onnx bs=1 seek=9000 conv=notrunc status=none
distill 7 starter damaged
expect_in "image.onnx" err
cp -r small wrong && sed -i 's/"features": 384/"features": 385/' wrong/backbone.json
distill 7 starter wrong
expect_in "[n, 385]" err
cp -r small odd && sed -i 's/"name": "[^"]*"/"name": "two words"/' odd/backbone.json
distill 7 starter odd
expect_in "correct it there" err
expect_equal "$(ls library/models 2>/dev/null)" "" "nothing was added"

# Ended in the middle, by force, and its last record torn: the same command goes on from the features that are kept.
"$VITRINE" model distill --teacher starter --student small >out 2>err & job=$!
for _ in $(seq 600); do
  [[ -n $(find library/models/.distilling -name '*.features' -size +90k 2>/dev/null) ]] && break
  sleep 0.05
done
kill -9 $job 2>/dev/null || true
wait $job 2>/dev/null || true
expect_equal "$(ls library/models)" "" "nothing was added"
printf 'torn' >>"$(echo library/models/.distilling/*.features)"

# A picture that is gone is left out, and said; the student is added and answers.
mv photos/259.png gone.png
distill 0 starter small
expect_equal "$(json out "j['left_out'], j['failures'][0]['path'].endswith('259.png')")" "(1, True)" "the missing picture"
expect_equal "$(json out "j['fitted'] + j['held_out'], j['held_out'] >= 40, j['teacher']")" "(259, True, 'starter')" "pictures"
expect_equal "$(json out "0.8 < j['cosine_p1'] <= j['cosine_mean'] <= 1 and 0.3 < j['overlap_at_10'] <= 1 and 0 <= j['recall_at_10'] <= 1")" True "fidelity"
expect_equal "$(json out "j['student_per_second'] > 0 and j['teacher_per_second'] > 0 and j['method'] in ('ridge', 'cca')")" True "pace"
student=$(json out "j['model']['id']")
[[ ! -e $(echo library/models/.distilling/*.features) ]] || fail "the kept features are left"
distill 2 starter small
expect_in "here already" err
mv gone.png photos/259.png
expect_exit 0 "$VITRINE" doctor --model "library/models/$student"
"$VITRINE" --model starter search -n 5 --json red >by_teacher
expect_exit 0 "$VITRINE" model use "$student" --json
expect_equal "$(json out "j['answers'], j['pictures']")" "(True, 260)" "in use"
expect_exit 0 "$VITRINE" search -n 5 --json red
expect_equal "$(json out "len(j['hits']) > 0")" True "the student answers"
expect_exit 0 "$VITRINE" similar photos/007.png -n 3 --json

# The text form, and a student that the teacher's precision is unknown to; a damaged projection is found before it gives wrong vectors.
"$VITRINE" -q model use starter && "$VITRINE" -q model remove "$student"
sed -i 's/"precision": "int8"/"precision": "float32"/' small/backbone.json
expect_exit 0 "$VITRINE" --precision int8 model distill --teacher starter --student small
expect_in "times as fast" out
expect_in "held back" out
expect_in "vitrine model use" err
printf 'X' | dd of="$(echo library/models/starter-*/projection.f32)" bs=1 seek=900 conv=notrunc status=none
expect_exit 7 "$VITRINE" model use "$(basename "$(echo library/models/starter-*)")"
expect_in "projection.f32" err
expect_exit 0 "$VITRINE" search red
