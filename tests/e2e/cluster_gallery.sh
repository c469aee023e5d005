# The gallery of a library on a real cluster of three nodes: lists, facets and facts as those of the library that was
# copied there, pictures from the mounted folder, what is not answered refused in words. Skipped where no test cluster is.
source "$(dirname "$0")/common.sh"
python3 -c "import PIL" 2>/dev/null || skip "the package python3-pil is not here"
start_cluster

# Folders, dates, cameras, places, copies, tags below tags, ratings: something for each facet and order.
make_photos photos
mkdir -p "photos/2023/a trip (long)" photos/2024/x
python3 "$SOURCE/tests/e2e/cluster_gallery.py" photograph "photos/2023/a trip (long)" photos/2024/x
cp photos/pear.png "photos/2024/x/A pear.png"
mv photos/banana.png photos/2024/x/ 2>/dev/null || true
"$VITRINE" -q index photos
"$VITRINE" -q tags add places/beach photos/2023 photos/pear.png
"$VITRINE" -q tags add places/beach/north photos/2024
"$VITRINE" -q tags add "\"quoted\" tag" photos/apple*.png
"$VITRINE" -q note --rating 4 photos/pear.png --caption "A ripe pear"
"$VITRINE" -q note --rating -1 photos/2024/x
inside "$VITRINE" -q library copy "$LOCAL" $REMOTE

PYTHONPATH="$SOURCE/tests/e2e" inside python3 "$SOURCE/tests/e2e/cluster_gallery.py" compare "$VITRINE" "$LOCAL" $REMOTE

# Where the folder is not mounted: what is kept is shown, the rest says what is missing.
mv photos away
PYTHONPATH="$SOURCE/tests/e2e" inside python3 "$SOURCE/tests/e2e/cluster_gallery.py" away "$VITRINE" $REMOTE "$WORK/photos"
mv away photos
