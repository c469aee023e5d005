#!/usr/bin/env bash
# A snapshot of all libraries each night, from cron on one node. Needs path.repo on every node, on a shared disk.
# usage: snapshots.sh https://a.example.org:9200 NETRC CA     (NETRC: "machine a.example.org login NAME password ...", mode 0600)
set -euo pipefail
node=$1 ask=(curl --fail --silent --show-error --netrc-file "$2" --cacert "$3" -H 'Content-Type: application/json')
"${ask[@]}" -X PUT "$node/_snapshot/vitrine" -d '{"type":"fs","settings":{"location":"/mnt/snapshots/vitrine"}}'
"${ask[@]}" -X PUT "$node/_snapshot/vitrine/night-$(date +%Y%m%d)?wait_for_completion=true" \
  -d '{"indices":"vitrine-*","include_global_state":false}'
