# Everything that can lie in a folder besides good pictures: the run ends, says what it could not read, finds the rest.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
good=$(ls photos | wc -l)

mkfifo photos/fifo.jpg
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("photos/socket.jpg")'
ln -s . photos/loop
ln -s ../.. photos/up
ln -s banana.png photos/link.png
ln -s nowhere photos/dangling.jpg
ln photos/banana.png photos/hard-link.png
: >photos/empty.jpg
head -c 300 photos/pear.png >photos/cut.png
echo "no picture at all" >photos/text.jpg
mkdir -p photos/.hidden photos/node_modules photos/@eaDir
cp photos/apple_green.png photos/.hidden/ && cp photos/apple_green.png photos/node_modules/ && cp photos/apple_green.png photos/@eaDir/
odd=0
copy_as() { cp photos/pear.png "$1" && printf '%d' $odd >>"$1" && odd=$((odd + 1)); }
copy_as "$(printf 'photos/new\nline.png')"
copy_as "$(printf 'photos/bad-utf8-\xff.png')"
copy_as "photos/-rf.png"
copy_as "$(printf 'photos/esc\x1b]0;title\x07.png')"
copy_as "photos/$(printf 'x%.0s' {1..251}).png"

expect_exit 3 timeout 120 "$VITRINE" index --json photos
expect_equal "$(json out 'sorted(f["path"].split("/")[-1] for f in j["failures"])')" "['cut.png', 'empty.jpg', 'text.jpg']" "the failures"
expect_equal "$(json out 'all(f["reason"] for f in j["failures"])')" True "each has its reason"
! grep -q $'\x1b' err || fail "an escape sequence of a file name reached the terminal"

# The odd names are found, and each inode once.
"$VITRINE" search -0 -n 1000 a pear >out
expect_equal "$(tr -cd '\0' <out | wc -c)" "$((good + odd))" "good and oddly named pictures, each once"
grep -qaz 'bad-utf8-' out || fail "the name that is not UTF-8 is found"
"$VITRINE" search --json -n 1000 a pear >out
expect_equal "$(json out 'sum("path_b64" in h for h in j["hits"])')" 1 "its bytes stand in base64"

# A second run remembers the failures without trying again.
expect_exit 3 "$VITRINE" index --json photos
expect_equal "$(json out "(j['indexed'], j['failed'])")" "(0, 3)" "failures are remembered"

# A folder that may not be read is named, and what is known below it stays.
if [[ $(id -u) -eq 0 ]]; then
  command -v setpriv >/dev/null || exit 0
  as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chown -R 65534:65534 "$WORK"
  chmod 755 "$WORK"
else
  as_user=()
fi
mkdir photos/locked && cp "$STAMPS"/plants/flowers/*.png photos/locked
[[ ${#as_user[@]} -eq 0 ]] || chown -R 65534:65534 photos
"${as_user[@]}" test -x "$VITRINE" || exit 0
expect_exit 3 "${as_user[@]}" "$VITRINE" index --json photos
pictures=$("$VITRINE" search --format '{id}' -n 1000 x | wc -l)
chmod 000 photos/locked
expect_exit 3 "${as_user[@]}" "$VITRINE" index --json photos
expect_in "locked" out
expect_equal "$("$VITRINE" search --format '{id}' -n 1000 x | wc -l)" "$pictures" "an unreadable folder is no deletion"
