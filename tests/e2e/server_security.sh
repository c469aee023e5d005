# The gallery's server under attack (tests/e2e/server_security.py).
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
mkdir first && cp photos/banana.png 'first/<img src=x onerror=alert(1)>.png' && mv photos/pear.png pear.png
"$VITRINE" -q index first && "$VITRINE" -q index photos
PYTHONPATH="$SOURCE/tests/e2e" python3 "$SOURCE/tests/e2e/server_security.py" "$VITRINE" library "$SOURCE/src/server/openapi.json" pear.png
