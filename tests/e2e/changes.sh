# What happens between two runs: nothing, a move, an edit, a removal, an unplugged drive; and what a copy on a cluster
# says of it (cluster_suite.sh).
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
count=$(ls photos | wc -l)
index() { expect_exit "${1:-0}" here index --json photos; publish; }
report() { json out "(j['indexed'], j['reused'], j['removed'])"; }

index
expect_equal "$(json out "j['indexed']")" "$count" "all are new"
index
expect_equal "$(report)" "(0, $count, 0)" "nothing changed"

# A moved and renamed file keeps its vector: no inference, found at its new place only.
mkdir photos/sub && mv photos/banana.png photos/sub/renamed.png
index
expect_equal "$(report)" "(0, $count, 1)" "a move costs no inference"
vitrine search --format '{path}' -n 100 a banana >out
expect_in "photos/sub/renamed.png" out
expect_not_in "photos/banana.png" out

# An edited file is embedded anew; a copy is not.
cp photos/sub/renamed.png photos/apple_green.png
cp photos/pear.png photos/pear-copy.png
index
expect_equal "$(json out "j['indexed']")" 0 "content that is known costs no inference"
cp "$STAMPS"/animals/birds/*.png photos/sub/
index
expect_equal "$(json out "j['indexed'] > 10")" True "new files"

# A removed file leaves the results.
rm photos/sub/renamed.png photos/apple_green.png
index
vitrine search --format '{path}' -n 1000 a banana >out
expect_not_in "renamed.png" out

# A folder that is gone or empty is an unplugged drive: everything stays, and nothing is embedded when it is back.
before=$(vitrine search --format '{path}' -n 1000 fruit | sort | sha256sum)
mv photos away
index
expect_in "unplugged" err
expect_equal "$(vitrine search --format '{path}' -n 1000 fruit | sort | sha256sum)" "$before" "offline pictures stay"
vitrine search --json fruit >out
expect_equal "$(json out 'j["hits"][0].get("offline")')" True "hits say that they are offline"
mkdir photos
index
expect_equal "$(vitrine search --format '{path}' -n 1000 fruit | sort | sha256sum)" "$before" "an empty mount point too"
rmdir photos && mv away photos
index
expect_equal "$(json out "j['indexed']")" 0 "back without inference"
vitrine search --json fruit >out
expect_equal "$(json out 'j["hits"][0].get("offline")')" None "online again"
