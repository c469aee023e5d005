# Nodes killed under searches and writes, one round; VITRINE_KILL_ROUNDS=20 for a thorough look, VITRINE_KILL_REPORT=/FILE
# to keep its counts. Needs tools/test-cluster to be installed (make test-cluster does that); skipped elsewhere.
source "$(dirname "$0")/common.sh"
start_cluster
make_photos photos
"$VITRINE" -q index photos
inside "$VITRINE" -q library copy "$LOCAL" "$REMOTE"
python3 "$SOURCE/tests/e2e/cluster_kill.py" "$VITRINE" "$REMOTE" photos "$CLUSTER" "${VITRINE_KILL_ROUNDS:-1}" ${VITRINE_KILL_REPORT:+"$VITRINE_KILL_REPORT"}
