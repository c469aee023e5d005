# The default vocabulary: reading its words takes the text model a while, once.
source "$(dirname "$0")/common.sh"
make_photos photos
expect_exit 0 "$VITRINE" index -q photos

expect_exit 0 "$VITRINE" tags suggest --jsonl photos/banana.png
expect_equal "$(json out 'j["tags"][0]["tag"].endswith("banana"), len(j["tags"])')" "(True, 10)" "a banana by words"

# The second time no name is read again; what has three accepted pictures is judged by example.
expect_exit 0 "$VITRINE" tags teach "our fruit" --yes photos/banana.png photos/lemon.png photos/orange.png
expect_exit 0 "$VITRINE" tags suggest --jsonl --all photos/banana.png
expect_not_in "reading the vocabulary" err
expect_equal "$(json out '[t.get("taught") for t in j["tags"] if t["tag"] == "our fruit"]')" "[True]" "taught"
expect_equal "$(json out 'sum("taught" in t for t in j["tags"]) == 1 and len(j["tags"]) > 1500')" True "the rest by words"
expect_exit 0 "$VITRINE" tags suggest --save
expect_exit 0 "$VITRINE" tags apply --above 0.4 --json
expect_equal "$(json out 'j["tags"] > 0 and j["entry"] > 0')" True "accepted at once"
