# Photographs through the program's own resize and through Pillow's: the same squares within 1/255 on average.
source "$(dirname "$0")/common.sh"
python3 -c 'import numpy, PIL' 2>/dev/null || skip "the packages python3-numpy and python3-pil are not here"
[[ -d $SHARED/flickr8k/images ]] || skip "the shared photographs are not here"
mapfile -t photos < <(head -n 24 "$SHARED/flickr8k/dev.txt" | sed "s|^|$SHARED/flickr8k/images/|")
python3 "$SOURCE/tests/e2e/pillow_squares.py" "$(dirname "$VITRINE")/model_probe" "${photos[@]}"
