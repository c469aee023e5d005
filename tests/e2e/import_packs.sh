# Imported packs through the program: its vectors are PyTorch's, it indexes and searches with them, and refuses the ones that
# somebody spoiled while another model goes on serving.
source "$(dirname "$0")/common.sh"
export PYTHONPATH="$SOURCE/.deps/modelkit:$SOURCE"
python3 -c 'import onnx, onnxruntime, tokenizers, PIL' 2>/dev/null || skip "the packages of modelkit/requirements-import.txt are not here: tools/bootstrap --test"
hubs=$SOURCE/tests/golden/hubs
kit() { python3 -m modelkit import "$@"; }
probe=$(dirname "$VITRINE")/model_probe

python3 - <<'PY'
import pathlib
from PIL import Image
from tests.support import probe
pathlib.Path("photos").mkdir()
for number in range(12):
    Image.fromarray(probe.drawn(120 + 10 * number, 100, number)).save(f"photos/{number}.png")
PY
for layout in immich transformers; do
  kit "$hubs/$layout" --out "$layout"
  expect_exit 0 "$VITRINE" doctor --model "./$layout"
  python3 "$SOURCE/tests/e2e/import_check.py" "$probe" "$hubs/$layout" "$layout"
  expect_exit 0 "$VITRINE" --library "$layout.library" --model "./$layout" index --json photos
  expect_equal "$(json out 'j["indexed"]')" 12 "pictures indexed"
  expect_exit 0 "$VITRINE" --library "$layout.library" --model "./$layout" similar photos/3.png --json
  expect_equal "$(json out 'j["hits"][0]["path"].split("/")[-1]')" 3.png "a picture is most like itself"
  expect_exit 0 "$VITRINE" --library "$layout.library" --model "./$layout" search --json -n 12 "a red car"
done

# A flipped byte in any file: the doctor names the file, both hashes, what to do. Meanwhile the other model serves.
answer() { "$VITRINE" --library immich.library --model ./immich search --format '{name} {score}' -n 5 a cat asleep; }
good=$(answer)
for file in image.onnx text.onnx tokenizer.json self_test.rgb; do
  rm -rf spoiled && cp -r immich spoiled
  python3 -c 'import sys; p=sys.argv[1]; d=bytearray(open(p,"rb").read()); d[len(d)//2]^=4; open(p,"wb").write(d)' spoiled/$file
  expect_exit 3 "$VITRINE" doctor --model ./spoiled
  cat err out >both
  expect_in "$file" both
  expect_in "$(sha256sum immich/$file | cut -d' ' -f1)" both
  expect_in "$(sha256sum spoiled/$file | cut -d' ' -f1)" both
  expect_in "copy the pack again" both
  if [[ $file == t* ]]; then expect_exit 7 "$VITRINE" --library spoiled.library --model ./spoiled search dog; fi
  expect_equal "$(answer)" "$good" "the other model's answer"
done

# Towers of two spaces under right hashes: the self-test finds it.
rm -rf spoiled && cp -r transformers spoiled
python3 - <<'PY'
import hashlib, json, numpy as np, onnx
from onnx import numpy_helper
model = onnx.load("spoiled/text.onnx")
for tensor in model.graph.initializer:
    values = numpy_helper.to_array(tensor)
    if values.dtype == np.float32 and values.ndim == 2:
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values[:, ::-1]), tensor.name))
data = model.SerializeToString()
open("spoiled/text.onnx", "wb").write(data)
pack = json.load(open("spoiled/pack.json"))
pack["text"] |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
json.dump(pack, open("spoiled/pack.json", "w"))
PY
expect_exit 3 "$VITRINE" doctor --model ./spoiled
cat err out >both
expect_in "do not belong together" both
expect_in "copy the pack again" both
