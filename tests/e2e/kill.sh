# kill -9 at random moments of an index run, again and again (tests/e2e/kill_rounds.py).
source "$(dirname "$0")/common.sh"
make_photos photos
python3 "$SOURCE/tests/e2e/kill_rounds.py" "$VITRINE" photos library "${KILL_ROUNDS:-200}"
