# Every malformed and camera file of the shared data beside good photos: the run completes, the good ones are found.
source "$(dirname "$0")/common.sh"
[[ -d $SHARED/hostile ]] || skip "the shared data is not here"
make_photos photos
good=$(ls photos | wc -l)
cp -r "$SHARED/hostile" "$SHARED/camera" photos/
# Files without a known ending are no candidates: give the malformed ones theirs by their first bytes.
find photos/hostile -type f ! -name '*.*' | while read -r file; do
  case $(head -c 4 "$file" | od -An -tx1 | tr -d ' ') in
    ffd8*) mv "$file" "$file.jpg" ;; 89504e47) mv "$file" "$file.png" ;; 47494638) mv "$file" "$file.gif" ;;
    49492a00 | 4d4d002a) mv "$file" "$file.tif" ;; *) mv "$file" "$file.jpg" ;;
  esac
done

expect_exit 3 timeout 540 "$VITRINE" index --json photos
expect_equal "$(json out 'j["seen"] == j["indexed"] + j["reused"] + j["failed"] > 600')" True "every file is accounted for"
expect_equal "$(json out 'all(f["path"] and f["reason"] for f in j["failures"])')" True "every failure has its reason"
expect_equal "$(json out 'sorted({f["path"].split("/")[-2] for f in j["failures"]} & {"photos", "orientation"})')" "[]" "good photos are no failures"
"$VITRINE" search --format '{path}' -n 10 an elephant >hits
expect_in "elephant" hits
expect_exit 3 timeout 120 "$VITRINE" index --json photos
expect_equal "$(json out 'j["indexed"]')" 0 "the second run decodes nothing"
