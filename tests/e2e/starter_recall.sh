# The starter model through the command line, as it ships: recall of the Flickr8k dev captions over the dev photos.
source "$(dirname "$0")/common.sh"
[[ -d $SHARED/flickr8k ]] || skip "the shared data is not here"
[[ -z ${SANITIZED:-} ]] || skip "too slow under a sanitizer"
mkdir photos
while read -r name; do cp "$SHARED/flickr8k/images/$name" photos/; done <"$SHARED/flickr8k/dev.txt"
expect_exit 0 "$VITRINE" index --json photos
cat out
python3 "$SOURCE/../shared/tools/retrieval.py" "$VITRINE" "$VITRINE_LIBRARY" "$SHARED/flickr8k/captions.tsv" \
  "$SHARED/flickr8k/dev.txt" | tee recall
# Floors a little below what the model card says, so that another machine's rounding does not fail.
awk '$1 == "R@1" && $2 < 29 || $1 == "R@5" && $2 < 59 || $1 == "R@10" && $2 < 72.5 { bad = 1 } END { exit bad }' recall ||
  fail "recall is below the model card's"
