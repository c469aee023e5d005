# A library on a cluster that is not there, not fit, or not ours: each has its words and exit code, and nothing is asked
# of anybody but the nodes of the settings. What answers is a stub; the real thing: cluster.sh.
source "$(dirname "$0")/common.sh"
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$WORK"' EXIT

# stub MOOD [CERT KEY]: starts one and sets PORT.
stub() {
  rm -f port
  python3 "$SOURCE/tests/e2e/cluster_stub.py" "$1" "$WORK/port" "${@:2}" >>requests &
  for _ in {1..100}; do [[ -s port ]] && break; sleep 0.1; done
  PORT=$(<port)
}
search() { "$VITRINE" --library "opensearch://127.0.0.1:$PORT/photos" search kayak; }

# Addresses and settings.
expect_exit 2 "$VITRINE" --library opensearch://me:secret@127.0.0.1/photos search kayak
expect_not_in secret err
expect_exit 2 "$VITRINE" --library opensearch://photos.example.invalid:9200/photos search kayak
expect_in "node = https://photos.example.invalid:9200" err
mkdir -p "$HOME/.config/vitrine"
printf '[127.0.0.1:1]\nnode = http://127.0.0.1:1\n' >"$HOME/.config/vitrine/cluster.conf"
chmod 644 "$HOME/.config/vitrine/cluster.conf"
PORT=1
expect_exit 2 search
expect_in "chmod 600" err
chmod 600 "$HOME/.config/vitrine/cluster.conf"

# Nobody there; whoever is there is not fit.
expect_exit 8 search
expect_in "no node of the cluster 127.0.0.1:1 can be reached" err
for mood in "old:2.9.0:9" "bare:opensearch-knn:9" "other:something else:9" "fit:no library:2"; do
  IFS=: read -r kind words code <<<"$mood"
  stub "$kind"
  expect_exit "$code" search
  expect_in "$words" err
done

# A password: wrong, then right from the environment, then from the file; never seen in a process list.
stub login
expect_exit 8 search
expect_in "refuses the user and password" err
VITRINE_CLUSTER_USER=me VITRINE_CLUSTER_PASSWORD=secret expect_exit 2 search
expect_in "no library" err
printf '[127.0.0.1:%s]\nnode = http://127.0.0.1:%s\nuser = me\npassword = secret\n' "$PORT" "$PORT" >"$HOME/.config/vitrine/cluster.conf"
expect_exit 2 search
expect_in "no library" err

# TLS: signed by nobody we know, known to us, and expired.
command -v openssl >/dev/null || skip "openssl is not here"
certificate() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 "${@:2}" 2>/dev/null; }
certificate good -days 2
stub fit good.pem good.key
VITRINE_CLUSTER_NODES=https://127.0.0.1:$PORT expect_exit 8 search
expect_in "certificate" err
export VITRINE_CLUSTER_AUTHORITY=$WORK/good.pem
VITRINE_CLUSTER_NODES=https://127.0.0.1:$PORT expect_exit 2 search
expect_in "no library" err
certificate old -days 1
python3 - <<'PY' || skip "no way to make an expired certificate here"
import datetime, subprocess, sys
# An own authority that signs with dates in the past.
open("ca.cnf", "w").write("""[ca]
default_ca=d
[d]
database=index.txt
serial=serial
new_certs_dir=.
default_md=sha256
policy=p
copy_extensions=copy
[p]
commonName=supplied
""")
open("index.txt", "w").close()
open("serial", "w").write("01\n")
subprocess.run("openssl req -new -newkey rsa:2048 -nodes -keyout late.key -out late.csr -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(), check=True, stderr=subprocess.DEVNULL)
subprocess.run("openssl ca -batch -config ca.cnf -cert good.pem -keyfile good.key -in late.csr -out late.pem -startdate 20200101000000Z -enddate 20200201000000Z -notext".split(), check=True, stderr=subprocess.DEVNULL)
PY
stub fit late.pem late.key
VITRINE_CLUSTER_NODES=https://127.0.0.1:$PORT expect_exit 8 search
expect_in "expired" err
unset VITRINE_CLUSTER_AUTHORITY

# A node that is gone beside one that is there.
stub fit
VITRINE_CLUSTER_NODES=http://127.0.0.1:1,http://127.0.0.1:$PORT expect_exit 2 search
expect_in "no library" err

# What a cluster's library does not do is said, and nothing happens.
stub there
expect_exit 2 "$VITRINE" --library "opensearch://127.0.0.1:$PORT/photos" library compact
expect_in "a library on a cluster answers search, similar, serve, index, tags" err
expect_exit 1 "$VITRINE" --library "opensearch://127.0.0.1:$PORT/photos" saved
[[ ! -e opensearch: ]] || fail "a folder was made of the address"

# A full disk, met by a copy.
make_photos photos
"$VITRINE" -q index photos
stub flood
expect_exit 6 "$VITRINE" -q library copy "$VITRINE_LIBRARY" "opensearch://127.0.0.1:$PORT/photos"
expect_in "flood stage" err

# By the system calls: vitrine itself asks for no internet socket, its helper for none but to the node.
command -v strace >/dev/null || exit 0
[[ -z ${SANITIZED:-} ]] || exit 0
stub fit
strace -ff -qq -e trace=execve,socket,connect -o trace "$VITRINE" --library "opensearch://127.0.0.1:$PORT/photos" search kayak 2>err || true
for file in trace.*; do
  if grep -q 'execve.*vitrine-cluster' "$file"; then
    grep -q "sin_port=htons($PORT).*127.0.0.1" "$file" || fail "the node was not asked"
    ! grep connect "$file" | grep AF_INET | grep -v "sin_port=htons($PORT)" || fail "somebody else was asked"
  else
    ! grep -E 'AF_INET|AF_NETLINK' "$file" || fail "vitrine asked for an internet socket"
  fi
done
