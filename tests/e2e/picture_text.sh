# Words in pictures: read once where an OCR pack is in place, found like any other words, never in the way.
#
# The pack is the tests' own: a red square is an a, a green one a b, black parts two of the same.
source "$(dirname "$0")/common.sh"
mkdir photos

# draw FILE RED,GREEN,BLUE LETTERS: a sheet of white paper with a mark of that colour, and squares of 8 x 8 for letters.
draw() {
  python3 - "$@" <<'PY'
import struct, sys, zlib
name, mark, letters = sys.argv[1], tuple(map(int, sys.argv[2].split(","))), sys.argv[3]
sheet = [[(255, 255, 255)] * 96 for _ in range(64)]
for y in range(40, 60):
    sheet[y][70:90] = [mark] * 20
for i, letter in enumerate(letters):
    for y in range(16, 24):
        sheet[y][16 + 8 * i:24 + 8 * i] = [{"a": (255, 0, 0), "b": (0, 255, 0), "-": (0, 0, 0)}[letter]] * 8
rows = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in sheet)
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 8, 2, 0, 0, 0)) +
                       chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PY
}
draw photos/one.png 250,250,230 ab-ba
draw photos/two.png 240,250,250 ba-a
draw photos/three.png 250,240,250 ""

# Without a pack: nothing happens, and only the doctor speaks of it.
expect_exit 0 "$VITRINE" index photos
expect_not_in "words" err
expect_exit 0 "$VITRINE" doctor
expect_in "no OCR pack at" out
expect_exit 0 "$VITRINE" search --json '"abba"'
expect_not_in "picture text" out

# With one: the pictures that are there already are read, once.
mkdir -p library/models && cp -r "$SOURCE/tests/golden/tiny_ocr_pack" library/models/ocr
expect_exit 0 "$VITRINE" index photos
expect_in "looked for words in 3 pictures with tiny ocr 1.0.0 and found some in 2" err
expect_exit 0 "$VITRINE" index photos
expect_not_in "looked for words" err
expect_exit 0 "$VITRINE" doctor
expect_in "read with tiny ocr 1.0.0" out
expect_exit 0 "$VITRINE" search -n 1 --format '{name}' '"abba"'
expect_equal "$(cat out)" one.png "words in double quotes"
expect_exit 0 "$VITRINE" search -n 1 --format '{name}' '"BAA"'
expect_equal "$(cat out)" two.png "letter case does not count"

# A damaged pack costs a note, not the run.
draw photos/four.png 230,250,250 aa
printf x >>library/models/ocr/recogniser.onnx
expect_exit 0 "$VITRINE" index photos
expect_in "no words were read in pictures" err
expect_in "copy the OCR pack again" err
expect_exit 0 "$VITRINE" search -n 1 --format '{name}' '"abba"'
expect_equal "$(cat out)" one.png "what was read stays"
cp "$SOURCE/tests/golden/tiny_ocr_pack/recogniser.onnx" library/models/ocr/
expect_exit 0 "$VITRINE" index photos
expect_in "looked for words in 1 picture " err
