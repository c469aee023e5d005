#!/usr/bin/env bash
# Tags go out to sidecars and come back from them: another program's edits, conflicts, a read-only folder, undo; and
# ExifTool reads what was written.
. "$(dirname "$0")/common.sh"

[[ -d $STAMPS/animals ]] || skip "the package tuxpaint-stamps-default is not here"
mkdir photos
stamps=("$STAMPS"/animals/birds/*.png)
cp "${stamps[0]}" photos/sea.png
cp "${stamps[1]}" photos/hill.png
cp "${stamps[2]}" photos/street.png

# A sidecar as another program writes it; $1: file, $2: rating, $3..: tags.
put_sidecar() {
  local file=$1 rating=$2 items=""
  shift 2
  for tag in "$@"; do items+="<rdf:li>$tag</rdf:li>"; done
  cat >"$file" <<XMP
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   xmlns:other="urn:other#" xmp:Rating="$rating" other:secret="kept &amp; safe">
  <dc:subject><rdf:Bag>$items</rdf:Bag></dc:subject>
 </rdf:Description></rdf:RDF></x:xmpmeta>
XMP
  touch -d "2 minutes ago" "$file"
}

put_sidecar photos/sea.png.xmp 4 waves summer
sha256sum photos/*.png >originals
expect_exit 0 "$VITRINE" index photos --json
expect_exit 0 "$VITRINE" sidecars status
expect_in "every sidecar says" out

expect_exit 0 "$VITRINE" search tag:waves --json
expect_equal 1 "$(json out 'len(j["hits"])')" "the sidecar's tag finds its picture"

# Another program changes its sidecar; the picture is the same.
put_sidecar photos/sea.png.xmp 5 waves winter
touch -d "1 minute ago" photos/sea.png.xmp
expect_exit 0 "$VITRINE" index photos --json
expect_equal 0 "$(json out 'j["indexed"]')" "nothing was embedded again"
expect_exit 0 "$VITRINE" search tag:winter --json
expect_exit 1 "$VITRINE" search tag:summer --json

# A tag is given here, and written beside what is there.
expect_exit 0 "$VITRINE" tags add places/coast photos/sea.png photos/hill.png
expect_exit 0 "$VITRINE" sidecars status --json
expect_equal 2 "$(json out 'j["pictures"]')" "two pictures are due"
expect_exit 0 "$VITRINE" sidecars write --json
expect_equal "2 1" "$(json out '"%d %d" % (j["written"], j["created"])')" "two written, one of them new"
expect_in 'other:secret="kept &amp; safe"' photos/sea.png.xmp
expect_in "places|coast" photos/hill.png.xmp
expect_in "winter" photos/sea.png.xmp
if command -v exiftool >/dev/null; then
  expect_equal "coast" "$(exiftool -s3 -sep , -XMP-dc:Subject photos/hill.png.xmp | tr , '\n' | tail -1)" "exiftool reads it"
fi

# Undo is a change like any other.
expect_exit 0 "$VITRINE" undo
expect_exit 0 "$VITRINE" sidecars write
expect_not_in "places|coast" photos/hill.png.xmp
expect_in 'other:secret="kept &amp; safe"' photos/sea.png.xmp

# A broken sidecar is named and not written over.
expect_exit 0 "$VITRINE" tags add street photos/street.png
echo "<broken" >photos/street.xmp
expect_exit 3 "$VITRINE" sidecars write
expect_in "street.xmp" err
expect_equal "<broken" "$(cat photos/street.xmp)" "the broken sidecar stays"
rm photos/street.xmp

# A folder that cannot be written keeps the change queued.
if unshare --mount true 2>/dev/null; then
  unshare --mount bash -c "mount --bind photos photos && mount -o remount,ro,bind photos && '$VITRINE' sidecars write" \
    >out 2>err && fail "a read-only folder was written"
  expect_in "Read-only file system" err
  expect_exit 0 "$VITRINE" sidecars status --json
  expect_equal 1 "$(json out 'j["pictures"]')" "the change is still queued"
fi
expect_exit 0 "$VITRINE" sidecars write
expect_in "street" photos/street.png.xmp
sha256sum --check --quiet originals || fail "an original was changed"
