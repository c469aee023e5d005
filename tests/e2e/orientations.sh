# The same photo in EXIF orientations 0 to 8 (turned pixels, its number drawn in the middle, compressed anew each time)
# embeds alike: at a cosine of 0.98 or more, where unrelated photos lie near 0.1.
source "$(dirname "$0")/common.sh"
[[ -d $SHARED/camera/orientation ]] || skip "the shared data is not here"
cp -r "$SHARED/camera/orientation" photos
"$VITRINE" -q index photos
for kind in Landscape Portrait; do
  for n in 0 1 2 3 4 5 6 7 8; do
    "$VITRINE" similar -n 8 --format '{name}\t{score}' "photos/${kind}_$n.jpg" >out
    [[ $(grep -c "^$kind" out) -ge 1 ]] || fail "${kind}_$n finds its turned copies"
    awk -F'\t' -v kind="$kind" 'index($1, kind) == 1 && $2 < 0.98 { bad = 1 } END { exit bad }' out ||
      { cat out; fail "${kind}_$n is less than 0.98 like a turned copy"; }
    # Copies with equal content are one picture: count what the others must be.
    [[ $(head -n 1 out | grep -c "^$kind") -eq 1 ]] || fail "${kind}_$n: the nearest is another photo"
  done
done
