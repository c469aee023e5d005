# Folders as model hubs lay them out become packs; what cannot become one is refused in words and leaves nothing behind. The
# models are the tests' own: tests/golden/make_hub_folders.py.
source "$(dirname "$0")/common.sh"
export PYTHONPATH="$SOURCE/.deps/modelkit:$SOURCE"
python3 -c 'import onnx, onnxruntime, tokenizers, PIL' 2>/dev/null || skip "the packages of modelkit/requirements-import.txt are not here: tools/bootstrap --test"
hubs=$SOURCE/tests/golden/hubs
kit() { python3 -m modelkit import "$@"; }

python3 "$SOURCE/tests/e2e/import_rules.py"

python3 - <<'PY'
import pathlib
from PIL import Image
from tests.support import probe
pathlib.Path("photos").mkdir()
for number in range(12):
    Image.fromarray(probe.drawn(120 + 10 * number, 100, number)).save(f"photos/{number}.png")
PY
kit "$hubs/immich" --out immich --name one >out
expect_in "a stopgap" out
kit "$hubs/transformers" --out transformers --name two --pictures photos >out
expect_in "measured over 12 pictures" out
expect_in "Licence: mit" immich/MODEL_CARD.md
for layout in immich transformers; do
  expect_equal "$(python3 -c 'import json; p=json.load(open("'$layout'/pack.json")); print(p["schema"], p["dimension"], p["text"]["tokenizer"]["pad_to"])')" \
    "2 16 16" "what pack.json says"
done

# A causal text tower that was traced at one length takes texts as long as they are.
cp -r "$hubs/immich" hub
sed -i 's/"context_length": 16/"context_length": 12/' hub/config.json
python3 -c 'import pathlib; from tests.support.traced import traced_tower; pathlib.Path("hub/textual/model.onnx").write_bytes(traced_tower(12, 16, 721))'
kit hub --out causal --name three >out
expect_equal "$(python3 -c 'import json; p=json.load(open("causal/pack.json"))["text"]["tokenizer"]; print(p["max_tokens"], "pad_to" in p)')" "12 False" "the causal tower's lengths"
expect_exit 0 "$VITRINE" doctor --model ./causal

# refuses "words" FOLDER-EDIT...: a copy of a hub's folder, spoiled, is refused with these words and leaves no pack.
refuses() {
  local words=$1 layout=$2
  shift 2
  rm -rf hub spoiled && cp -r "$hubs/$layout" hub
  (cd hub && eval "$*")
  expect_exit 1 kit hub --out spoiled
  expect_in "$words" err
  expect_not_in Traceback err
  [[ ! -e spoiled ]] || fail "a pack was left behind: $words"
}
refuses "holds no tokenizer.json" immich rm textual/tokenizer.json
refuses "is not a tokenizer that can be read" immich "echo {} >textual/tokenizer.json"
refuses "the text tower hub/textual/model.onnx is missing" immich rm textual/model.onnx
refuses "preprocess_cfg.json is missing" immich rm visual/preprocess_cfg.json
refuses "is not an ONNX model that can be read" immich "truncate -s 1000 visual/model.onnx"
refuses "an image tower takes one batch of pictures" immich "mv visual/model.onnx x; cp textual/model.onnx visual/; mv x textual/model.onnx"
refuses "takes pictures of 32 x 32 pixels where the preprocessing makes squares of 64" immich "sed -i s/32/64/g visual/preprocess_cfg.json"
refuses "interpolates by nearest" immich "sed -i s/bicubic/nearest/ visual/preprocess_cfg.json"
refuses "wants blue, green, red" transformers "sed -i 's/\"do_resize\"/\"do_flip_channel_order\": true, \"do_resize\"/' preprocessor_config.json"
refuses "resamples by Pillow's filter 1" transformers "sed -i 's/\"resample\": 2/\"resample\": 1/' preprocessor_config.json"
refuses "A model whose two towers share one file" transformers "mv onnx/text_model.onnx onnx/model.onnx"
refuses "is laid out in no way that is known" transformers "rm -r onnx"
refuses "the image tower gives 8 numbers and the text tower 16" immich \
  "cp $SOURCE/tests/golden/tiny_pack/image.onnx visual/model.onnx; sed -i 's/32/16/g' visual/preprocess_cfg.json"
expect_exit 1 kit "$hubs/immich" --out immich
expect_in "is there already" err
expect_exit 1 kit "$hubs/immich" --out spoiled --precision fp16
expect_in "fp16" err
