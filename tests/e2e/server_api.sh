# Every route once, each answer as openapi.json says (tests/e2e/server_api.py).
source "$(dirname "$0")/common.sh"
python3 -c 'import jsonschema' 2>/dev/null || skip "the package python3-jsonschema is not here"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
cp photos/banana.png photos/again.png && mv photos/pear.png pear.png && echo rubbish >photos/broken.jpg
"$VITRINE" -q index photos || [[ $? -eq 3 ]]
"$VITRINE" -q model add "$SOURCE/tests/golden/tiny_pack"
PYTHONPATH="$SOURCE/tests/e2e" python3 "$SOURCE/tests/e2e/server_api.py" "$VITRINE" library "$SOURCE/src/server/openapi.json" pear.png
