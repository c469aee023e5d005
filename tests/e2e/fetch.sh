# vitrine-fetch against servers that cut, lie, dawdle and send astray (fetch_server.py), and from a folder. Loopback only.
source "$(dirname "$0")/common.sh"
FETCH=$(dirname "$VITRINE")/vitrine-fetch
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE
mkdir files log models
head -c 300000 /dev/urandom >files/tower.onnx
echo '{"edge": 224}' >files/settings.json
HASH=$(sha256sum files/tower.onnx | cut -d' ' -f1)

# serve OUT [CERTIFICATE KEY]: starts a server whose port is the first line of OUT.
serve() {
  python3 "$SOURCE/tests/e2e/fetch_server.py" files log/requests "${@:2}" >"$1" 2>log/server &
  servers+=($!)
  for _ in $(seq 200); do [[ -s $1 ]] && return; sleep 0.05; done
  cat log/server >&2
  fail "the server does not start"
}
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; chmod -R u+rwx "$WORK"; rm -rf "$WORK"' EXIT
serve port
URL=http://127.0.0.1:$(head -n 1 port)

# model NAME BASE [exact|rounded] [SHA-256]: a catalogue of one model, in NAME.json.
model() {
  local size='"bytes": 300000' hash=''
  [[ ${3:-exact} == rounded ]] && size='"about_bytes": 300000'
  [[ -n ${4:-} ]] && hash=", \"sha256\": \"$4\""
  cat >"$1.json" <<JSON
{"schema": 1, "models": [{"name": "$1", "purpose": "tests", "licence": "none to speak of", "languages": "none",
 "quality": "none", "quality_source": "nobody", "evidence": "made here", "layout": "${LAYOUT:-immich}", "base": "$2",
 "files": [{"path": "tower.onnx", $size$hash}, {"path": "settings.json", "about_bytes": 14}]}]}
JSON
}
get() { "$FETCH" --catalogue "$1.json" get "$1" --to models "${@:2}"; }
is_right() { cmp files/tower.onnx "models/$1/tower.onnx" && cmp files/settings.json "models/$1/settings.json"; }
requests() { grep -c "\"/$1/tower.onnx\"" log/requests || true; }

# The plain case: whole, published, hashes pinned, the next step named, found right and then not fetched again.
model plain "$URL/plain/" rounded
expect_exit 0 get plain
expect_equal "$(cat out)" models/plain "the folder is what is printed"
expect_in "next: python -m modelkit import models/plain --out PACK" err
expect_in "licence: none to speak of" err
expect_in "2 are pinned from now on" err
is_right plain
[[ ! -e models/plain.part ]] || fail "the part folder stays"
expect_in "$HASH" models/plain/fetched.json
expect_exit 0 get plain
expect_in "already" err
expect_equal "$(requests plain)" 1 "a model that is there asks nobody"
expect_exit 0 "$FETCH" verify models/plain
expect_in "ok tower.onnx" out
LAYOUT=pack model pack "$URL/plain/" exact "$HASH"
expect_exit 0 get pack
expect_in "next: vitrine model add models/pack" err
expect_in "1 hashes were known" err

# Damage is found, named with both hashes, and mended; the pin of the first fetch holds.
printf 'X' | dd of=models/plain/tower.onnx bs=1 seek=5 conv=notrunc status=none
expect_exit 7 "$FETCH" verify models/plain
expect_in "WRONG tower.onnx is damaged" out
expect_in "$HASH" out
expect_exit 7 get plain
expect_in "--repair" err
expect_exit 0 get plain --repair
is_right plain
expect_equal "$(requests plain)" 3 "only the damaged file was fetched anew, after the other model's"
expect_equal "$(grep -c '/plain/settings.json' log/requests)" 2 "the sound file stays"
cp files/tower.onnx kept && printf 'Y' | dd of=files/tower.onnx bs=1 seek=9 conv=notrunc status=none
rm models/plain/tower.onnx
expect_exit 7 get plain --repair
expect_in "at the first fetch it was $HASH" err
cp kept files/tower.onnx

# Broken lines: gone on by range and version, by itself or by the next call.
model cut "$URL/cut/" exact
expect_exit 0 get cut
is_right cut
expect_in '"range": "bytes=100001-", "if_range": "\"v1\""' log/requests
model hopeless "$URL/hopeless/" exact
expect_exit 8 get hopeless --retries 1
expect_in "run the same command again" err
expect_equal "$(stat -c %s models/hopeless.part/tower.onnx)" 150000 "half of it is kept"
[[ ! -e models/hopeless ]] || fail "an unfinished model is published"
expect_exit 7 "$FETCH" verify models/hopeless.part
expect_in "is not fetched to its end" out
sed -i 's#/hopeless/#/plain/#' hopeless.json  # Another address: nothing of the old one is trusted.
expect_exit 0 get hopeless
is_right hopeless
model half "$URL/half/" exact "$HASH"
expect_exit 8 get half --retries 0
expect_exit 8 get half --retries 0
expect_equal "$(grep '/half/tower' log/requests | tail -n 1 | grep -c 'bytes=150000-')" 1 "the next call goes on"

# Servers without ranges, changed files, nothing behind the offset: begun anew, and right.
for mode in noranges changed rude nothing busy moved chunked; do
  model $mode "$URL/$mode/" exact
  expect_exit 0 get $mode
  is_right $mode
done

# Lies and changed content are refused by name, and nothing is published.
model wrong "$URL/wrong/" exact "$HASH"
expect_exit 7 get wrong
expect_in "\"tower.onnx\" is refused and removed" err
expect_in "the catalogue says $HASH" err
[[ ! -e models/wrong.part/tower.onnx ]] || fail "a refused file stays"
for mode in long short huge endless packed gone forbidden circle outside inside; do
  model $mode "$URL/$mode/" exact
  expect_exit 7 get $mode --retries 0
  [[ ! -e models/$mode ]] || fail "$mode is published"
done
model long "$URL/long/" rounded
expect_exit 8 get long --retries 0
expect_in "5 bytes" err
expect_exit 7 get gone
expect_in "answers 404" err
expect_exit 7 get inside
expect_in "which is refused" err

# Silence, before and after the first byte.
for mode in trickle silent; do
  model $mode "$URL/$mode/" exact
  expect_exit 8 get $mode --stall 1 --retries 0
done
expect_equal "$(stat -c %s models/trickle.part/tower.onnx)" 150000 "what came before the silence"

# Ctrl-C leaves a part that the next call goes on from; two calls do not meddle with each other.
model waits "$URL/waits/" exact "$HASH"
"$FETCH" --catalogue waits.json get waits --to models 2>log/first & first=$!
for _ in $(seq 1000); do [[ $(stat -c %s models/waits.part/tower.onnx 2>/dev/null) == 150000 ]] && break; sleep 0.05; done
expect_exit 5 get waits
expect_in "another vitrine-fetch" err
kill -INT $first
got=0; wait $first || got=$?
expect_equal "$got" 130 "the exit code of Ctrl-C"
expect_in "the same command goes on from there" log/first
expect_equal "$(stat -c %s models/waits.part/tower.onnx)" 150000 "what came before Ctrl-C"
touch go
expect_exit 0 get waits
is_right waits
rm go
grep '/waits/tower' log/requests | tail -n 1 | grep -q '"range": "bytes=150000-' || fail "the next call did not go on"

# Through a proxy: named, and by the environment. Nothing listens at the address itself.
model proxied "http://localhost:9/plain/" exact "$HASH"
expect_exit 0 get proxied --proxy "$URL"
is_right proxied
expect_in '"proxied": true' log/requests
rm -r models/proxied
before=$(grep -c '"proxied": true' log/requests)
expect_exit 0 env http_proxy="$URL" "$FETCH" --catalogue proxied.json get proxied --to models
[[ $(grep -c '"proxied": true' log/requests) -gt $before ]] || fail "the environment's proxy was not used"

# TLS: a certificate that nobody vouches for is refused; one that is, is taken.
if command -v openssl >/dev/null; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout key.pem -out certificate.pem 2>/dev/null
  serve tls_port certificate.pem key.pem
  model tls "https://localhost:$(head -n 1 tls_port)/plain/" exact
  expect_exit 8 get tls --retries 0
  expect_in "certificate" err
  expect_exit 0 env SSL_CERT_FILE="$PWD/certificate.pem" "$FETCH" --catalogue tls.json get tls --to models
  is_right tls
fi

# From a folder, without any network; hashes of another machine's first fetch hold.
mkdir stick && cp -r models/plain.part stick/leftover && cp files/* stick
model offline "http://127.0.0.1:9/" exact "$HASH"
expect_exit 0 get offline --from stick
is_right offline
model carried "$URL/plain/" rounded
expect_exit 0 get carried
mkdir away && cp -r models/carried stick && printf 'Z' | dd of=stick/carried/tower.onnx bs=1 seek=7 conv=notrunc status=none
rm stick/tower.onnx
expect_exit 7 "$FETCH" --catalogue carried.json get carried --to away --from stick
expect_in "at the first fetch it was $HASH" err
rm -r stick/carried
expect_exit 7 "$FETCH" --catalogue carried.json get carried --to away --from stick
expect_in "is missing" err
if command -v strace >/dev/null && [[ -z ${SANITIZED:-} ]]; then
  cp files/* stick
  strace -f -qq -e trace=socket -o trace "$FETCH" --catalogue offline.json get offline --to away --from stick
  ! grep -E 'AF_INET' trace || fail "an offline install asks for an internet socket"
fi

# What stands in the way, misspelt names, bad catalogues.
mkdir models/mine && touch models/mine/precious
model mine "$URL/plain/"
expect_exit 2 get mine
expect_in "was not made by vitrine-fetch" err
[[ -e models/mine/precious ]] || fail "a folder of the user was touched"
expect_exit 2 "$FETCH" --catalogue plain.json get plian
expect_in "did you mean plain?" err
expect_exit 2 "$FETCH" frobnicate
expect_exit 7 "$FETCH" --catalogue nowhere.json list
echo '{"schema": 1' >bad.json
expect_exit 7 "$FETCH" --catalogue bad.json list
model outlaw "http://models.example/"
expect_exit 7 "$FETCH" --catalogue outlaw.json list
expect_in "plain http" err
expect_exit 0 "$FETCH" list
expect_in "clip-vit-b32" out
expect_exit 0 "$FETCH" list mobileclip-s2
expect_in "not for commercial use" out
expect_in "pinned at the first fetch" out
expect_exit 0 "$FETCH" list --json
expect_equal "$(json out 'j["schema"]')" 1 "the catalogue as JSON"

# A disk that is too small is said before; one that fills up meanwhile ends with what to do, and the part goes on.
if unshare -rm true 2>/dev/null; then
  cat >small_disk.sh <<'SCRIPT'
mkdir small && mount -t tmpfs -o size=18m none small
got=0; "$1" --catalogue big.json get big --to small 2>err || got=$?
[[ $got -eq 6 ]] && grep -q "free some space there, or name another folder" err || { cat err; exit 1; }
"$1" --catalogue filling.json get filling --to small 2>err & first=$!
for _ in $(seq 1000); do [[ $(stat -c %s small/filling.part/tower.onnx 2>/dev/null) == 150000 ]] && break; sleep 0.05; done
cat /dev/zero >small/other 2>/dev/null
touch go
got=0; wait $first || got=$?
[[ $got -eq 6 ]] && grep -q "free some space and run the same command again" err || { cat err; exit 2; }
rm small/other
"$1" --catalogue filling.json get filling --to small && cmp files/tower.onnx small/filling/tower.onnx
SCRIPT
  model big "$URL/plain/" exact
  sed -i 's/"bytes": 300000/"bytes": 3000000/' big.json
  model filling "$URL/waits/" exact "$HASH"
  expect_exit 0 unshare -rm bash small_disk.sh "$FETCH"
fi
