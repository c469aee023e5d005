# A newcomer's first minutes: index a folder, search words, search a picture, ask the doctor.
source "$(dirname "$0")/common.sh"
make_photos photos

expect_exit 2 "$VITRINE" search dog
expect_in "vitrine index" err

expect_exit 0 "$VITRINE" index --json photos
expect_equal "$(json out 'j["failed"]')" 0 "failures among good photos"
expect_equal "$(json out 'j["indexed"] + j["reused"] == j["seen"] > 100')" True "every photo is in"

expect_exit 0 "$VITRINE" search --format '{name}' -n 10 an elephant
expect_in "elephant" out
expect_exit 0 "$VITRINE" search --format '{name}' -n 10 a strawberry
expect_in "trawberry" out

# A picture in the library is not its own answer; one that is not in the library works too.
first=$(ls photos/*.png | head -n 1)
expect_exit 0 "$VITRINE" similar --format '{name}' "$first"
expect_not_in "$(basename "$first")" out
expect_equal "$(wc -l <out)" 10 "ten hits"
mkdir other && cp photos/banana.png other/fruit.png
expect_exit 0 "$VITRINE" similar -n 1 --format '{name}' other/fruit.png
expect_in "banana.png" out

# Words and a picture together, several pictures together.
expect_exit 0 "$VITRINE" search --like photos/banana.png yellow fruit
expect_exit 0 "$VITRINE" similar photos/banana.png photos/elephant.png

expect_exit 0 "$VITRINE" doctor
expect_in "no internet socket can be opened" out
expect_in "self-test" out
