# What can be wrong with a library or a model: each has its own exit code and words, and nothing is lost.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
"$VITRINE" -q index photos
answer() { "$VITRINE" "$@" search --format '{name} {score}' -n 5 a banana; }
good=$(answer)

# Two indexers at once: the second is told who holds the library.
mkdir big && make_photos big
"$VITRINE" -q index big & first=$!
for _ in $(seq 200); do
  [[ -s library/lock ]] && grep -q "$first" library/lock && break
  sleep 0.02
done
got=0; "$VITRINE" index photos 2>err || got=$?
wait $first || fail "the first indexer was disturbed"
[[ $got -eq 5 || $got -eq 0 ]] || fail "exit $got of the second indexer"
[[ $got -eq 0 ]] || expect_in "$first" err
good=$(answer)

# Damaged vector files are rebuilt without a word; the answer is the same.
segment=$(find library/vectors -name '*.seg' | head -n 1)
[[ -n $segment ]] || fail "there is a segment file"
printf 'X' | dd of="$segment" bs=1 seek=5000 conv=notrunc status=none
expect_equal "$(answer)" "$good" "a flipped byte in the vectors"
truncate -s 1000 "$segment"
expect_equal "$(answer)" "$good" "cut vectors"
rm -r library/vectors
expect_equal "$(answer)" "$good" "no vectors"
"$VITRINE" -q index photos
[[ -n $(find library/vectors -name '*.seg') ]] || fail "the next run writes them anew"
expect_equal "$(answer)" "$good" "rebuilt vectors"

# A library of a newer version is refused, and stays as it is.
cp -r library newer
sqlite3 newer/catalog.sqlite 'PRAGMA user_version=999'
expect_exit 9 "$VITRINE" --library newer search dog
expect_in "newer" err
expect_exit 9 "$VITRINE" --library newer index photos
expect_equal "$(sqlite3 newer/catalog.sqlite 'PRAGMA user_version')" 999 "untouched"

# A damaged catalog says so and what to do.
cp -r library damaged
head -c 40000 /dev/urandom | dd of=damaged/catalog.sqlite bs=1 seek=4096 conv=notrunc status=none
got=0; "$VITRINE" --library damaged index photos >/dev/null 2>err || got=$?
expect_equal "$got" 4 "a damaged catalog"

# One flipped byte of a model file is refused by name.
models=$(dirname "$VITRINE")/../share/vitrine/models
for file in vocab.txt text.int8.onnx; do
  rm -rf model && cp -rL "$models/starter" model
  printf '\xA5' | dd of=model/$file bs=1 seek=1000 conv=notrunc status=none
  expect_exit 7 "$VITRINE" --model ./model search dog
  expect_in "$file" err
done

# Read-only: searching works, indexing is refused with its own code. Root may write anywhere, so as another user.
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
  chmod -R a+rX "$WORK"
  as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  if "${as_user[@]}" test -x "$VITRINE"; then
    expect_equal "$("${as_user[@]}" "$VITRINE" search --format '{name} {score}' -n 5 a banana)" "$good" "read-only search"
    expect_exit 8 "${as_user[@]}" "$VITRINE" index photos
  fi
fi

# A full disk: its own code, and what was there still answers.
mkdir small
if [[ $(id -u) -eq 0 ]] && mount -t tmpfs -o size=4m tmpfs small 2>/dev/null; then
  trap 'umount "$WORK/small" || true; rm -rf "$WORK"' EXIT
  cp -r library/. small/
  head -c 8m /dev/zero >small/filler 2>/dev/null || true
  got=0; "$VITRINE" --library small index big photos >/dev/null 2>err || got=$?
  expect_equal "$got" 6 "a full disk: $(cat err)"
  rm small/filler
  answer --library small >/dev/null || fail "the library on the full disk still answers"
fi
