# A pack gets other precisions of its towers, each with what it loses and gains; the program runs all of them and prefers what the
# rows say. What cannot be made is refused in words and leaves the pack as it was.
source "$(dirname "$0")/common.sh"
export PYTHONPATH="$SOURCE/.deps/modelkit:$SOURCE" PYTHONDONTWRITEBYTECODE=1
python3 -c 'import onnx, onnxruntime, tokenizers, PIL' 2>/dev/null || skip "the packages of modelkit/requirements-import.txt are not here: tools/bootstrap --test"
kit() { python3 -m modelkit "$@"; }
said() { python3 -c 'import json, sys; p = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }

python3 "$SOURCE/tests/e2e/quantise_rules.py"

python3 - <<'PY'
import pathlib
from PIL import Image
from tests.support import probe
pathlib.Path("photos").mkdir()
lines = []
for number in range(40):
    Image.fromarray(probe.drawn(120 + 10 * number, 100, number)).save(f"photos/{number}.png")
    lines.append(f"{number}.png\ta scene with {number} discs and {number % 7} colours")
pathlib.Path("captions.tsv").write_text("\n".join(lines) + "\n")
PY
kit import "$SOURCE/tests/golden/hubs/transformers" --out pack --name tiny --pictures photos >/dev/null
cp -r pack plain
kit quantise pack --pictures photos --precisions int8 >out
expect_in "judged on 20 pictures and 16 sentences" out
kit quantise pack --pictures photos --captions captions.tsv >out  # int8 is made anew, not twice
expect_in "judged on 20 pictures and 20 sentences" out
expect_in "text int8: left out, for the tower would not be smaller" out  # codes of a few words, and nodes around them
expect_equal "$(said pack/pack.json "[[v['precision'] for v in p[part]['variants']] for part in ('image', 'text')]")" "[['int8', 'int4', 'fp16'], ['int4', 'fp16']]" "precisions of the towers"
expect_equal "$(said pack/pack.json "(p['image']['left_out'], list(p['text']['left_out']))")" "({}, ['int8'])" "what was left out"
for part in image text; do
  expect_equal "$(said pack/pack.json "all(0.97 < v['measured']['cosine_p1'] <= v['measured']['cosine_mean'] <= 1.00001 for v in p['$part']['variants'])")" True "cosines of $part"
  expect_equal "$(said pack/pack.json "all(v['measured']['items_per_second'] > 0 and v['bytes'] > 0 and 0.5 < v['least_cosine'] <= 1 for v in p['$part']['variants'])")" True "rows of $part"
  expect_equal "$(said pack/pack.json "(p['schema'], p['$part']['measured']['cosine_mean'], p['$part']['precision'])")" "(2, 1.0, 'fp32')" "the $part tower itself"
done
expect_equal "$(ls pack | grep -c part)" 0 "half-written files"

# The program holds every precision to the self-test, and each has a space of its own.
for precision in fp32 int8 int4 fp16; do
  expect_exit 0 "$VITRINE" --precision $precision doctor --model ./pack
  expect_in "in $precision, words on" out
done
expect_exit 0 "$VITRINE" --library library --model ./pack --precision int8 index --json photos
expect_equal "$(json out 'j["indexed"]')" 40 "pictures indexed in int8"
expect_exit 0 "$VITRINE" --library library --model ./pack similar photos/3.png --json  # auto: what the library has
expect_equal "$(json out 'len(j["hits"]) > 0')" True "pictures like one of them"

# For a new library: the fastest whose losses the pack tolerates. The rows decide, so they are written by hand here.
cp -r pack other
prefers() {  # prefers PRECISION ITEMS_PER_SECOND COSINE_P1 WANTED: with this row for its image tower, all others at 10
  python3 - "$@" <<'PY'
import json, sys
precision, rate, cosine = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
pack = json.load(open("pack/pack.json"))
for row in [pack["image"], *pack["image"]["variants"]]:
    asked = row["precision"] == precision
    row["measured"] |= {"cosine_mean": 0.999, "cosine_p1": cosine if asked else 0.99, "recall10_change": 0, "items_per_second": rate if asked else 10}
json.dump(pack, open("other/pack.json", "w"))
PY
  expect_exit 0 "$VITRINE" --library fresh doctor --model ./other
  sed -n 's/.* pictures on \(.*\), words on.*/\1/p' out >pictures
  expect_in " in $4" pictures  # fp32 may be "fp32 as bf16"
}
prefers int4 30 0.99 int4
prefers fp16 30 0.99 fp16
prefers fp16 30 0.97 fp32

# A byte of one precision's file: that one is refused by name, the others serve.
python3 -c 'd=bytearray(open("pack/image.int4.onnx","rb").read()); d[len(d)//2]^=4; open("pack/image.int4.onnx","wb").write(d)'
expect_exit 3 "$VITRINE" --precision int4 doctor --model ./pack
cat err out >both
expect_in "image.int4.onnx" both
expect_exit 0 "$VITRINE" --precision int8 doctor --model ./pack

# A distilled pack stays one: its image tower's other precisions are judged behind the projection, as the program runs them.
python3 - <<'PY'
import hashlib, json, pathlib, shutil
import numpy as np, onnx
shutil.copytree("plain", "student")
pack = pathlib.Path("student")
about = json.loads((pack / "pack.json").read_text())
said, dimension = about["image"], about["dimension"]
model = onnx.load(pack / "image.onnx")  # twice as many features as dimensions, which a rotation leads back
for node in model.graph.node:
    node.output[:] = ["once" if name == said["output"] else name for name in node.output]
    node.input[:] = ["once" if name == said["output"] else name for name in node.input]
model.graph.node.append(onnx.helper.make_node("Concat", ["once", "once"], [said["output"]], axis=1))
for value in model.graph.output:
    if value.name == said["output"]:
        value.CopyFrom(onnx.helper.make_tensor_value_info(value.name, onnx.TensorProto.FLOAT, ["n", 2 * dimension]))
rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(dimension, dimension)))[0]
numbers = np.concatenate([np.zeros((1, dimension)), rotation, rotation / 2]).astype("<f4").tobytes()
files = {"image.onnx": model.SerializeToString(), "projection.f32": numbers}
for name, data in files.items():
    (pack / name).write_bytes(data)
digest = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
said |= {"sha256": digest["image.onnx"], "bytes": len(files["image.onnx"]), "projection": {"file": "projection.f32", "sha256": digest["projection.f32"], "features": 2 * dimension}}
about["self_test"]["picture_vector"] = [float(x) for x in np.array(about["self_test"]["picture_vector"]) @ rotation]
(pack / "pack.json").write_text(json.dumps(about | {"schema": 3}))
PY
kit quantise student --pictures photos --captions captions.tsv --precisions int8 >/dev/null
expect_equal "$(said student/pack.json "(p['schema'], [0.97 < v['measured']['cosine_p1'] <= 1.00001 for v in p['image']['variants']])")" "(3, [True])" "the student's schema and its cosine"
for precision in fp32 int8; do
  expect_exit 0 "$VITRINE" --precision $precision doctor --model ./student
  expect_in "in $precision, words on" out
done

refuses() {  # refuses "words" ARGUMENTS...: in these words
  local words=$1
  shift
  expect_exit 1 kit quantise "$@"
  expect_in "$words" err
  expect_not_in Traceback err
}
before=$(sha256sum plain/*)
refuses "there is no way to make int3; known are int8, int4, fp16" plain --pictures photos --precisions int3
refuses "name the folder of a model pack" photos --pictures photos
mkdir few && cp photos/1.png few
refuses "few holds 1 pictures" plain --pictures few
sed 's/"precision": "fp32"/"precision": "int8"/' plain/pack.json >x && cp -r plain eight && mv x eight/pack.json
refuses "other precisions are made from fp32" eight --pictures photos
truncate -s 100 eight/image.onnx
refuses "is not the file that pack.json describes" eight --pictures photos
truncate -s 100 student/projection.f32
refuses "projection.f32 is not the file that pack.json describes" student --pictures photos
expect_equal "$(sha256sum plain/*)" "$before" "the pack that was refused"
