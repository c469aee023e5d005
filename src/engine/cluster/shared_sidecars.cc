#include "engine/cluster/shared_sidecars.h"

#include <algorithm>
#include <optional>

#include "base/hash.h"
#include "base/try.h"
#include "cluster/journal_doc.h"
#include "xmp/note.h"
#include "xmp/note_merge.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;

EmbeddedNote NoteOf(const PictureCopy& picture) {
  EmbeddedNote said = {.tags = {}, .rating = picture.note.rating, .caption = picture.note.caption};
  for (const AssetTag& tag : picture.tags) {
    if (tag.mark.state == TagState::kAccepted) said.tags.push_back(tag.path);
  }
  return CleanNote(said);
}

std::optional<AssetTag> MarkOn(const PictureCopy& picture, const std::string& tag) {
  const auto there =
      std::ranges::find(picture.tags, TagKey(tag), [](const AssetTag& one) { return TagKey(one.path); });
  return there == picture.tags.end() ? std::nullopt : std::optional(*there);
}

bool Holds(const EmbeddedNote& note, const std::string& tag) {
  return std::ranges::any_of(note.tags, [&](const std::string& one) { return TagKey(one) == TagKey(tag); });
}

// From one note to another, as a change of the picture.
cluster::PictureChange ChangeOf(const PictureCopy& picture, const EmbeddedNote& from,
                                const EmbeddedNote& to) {
  cluster::PictureChange change;
  for (const std::string& tag : to.tags) {
    if (Holds(from, tag)) continue;
    AssetTag marked = {.path = tag, .mark = {.state = TagState::kAccepted, .origin = TagOrigin::kFile}};
    change.marks.push_back({.before = MarkOn(picture, tag), .after = std::move(marked)});
  }
  for (const std::string& tag : from.tags) {
    if (!Holds(to, tag)) change.marks.push_back({.before = MarkOn(picture, tag), .after = std::nullopt});
  }
  if (from.rating != to.rating || from.caption != to.caption)
    change.note = {.before = picture.note, .after = Note{.rating = to.rating, .caption = to.caption}};
  return change;
}

auto RecordAt(PictureCopy& picture, const PathBytes& path) {
  return std::ranges::find(picture.sidecars, path, &SidecarRecord::path);
}

// As the document remembers it, by its size and time.
bool IsKnown(const PlannedSidecar& sidecar, PictureCopy& picture) {
  const auto known = RecordAt(picture, sidecar.path);
  return known != picture.sidecars.end() && known->size_bytes == sidecar.stamp.size_bytes &&
         known->mtime_ns == sidecar.stamp.mtime_ns;
}

}  // namespace

Result<bool> TakeSidecar(const Sidecar& sidecar, PictureCopy& there) {
  const auto known = RecordAt(there, sidecar.path);
  const bool is_new = known == there.sidecars.end();
  const EmbeddedNote past = is_new ? EmbeddedNote() : PastOf(*known);
  const EmbeddedNote ours = NoteOf(there);
  const NotePreference preference =
      is_new && there.step == 0 ? NotePreference::kFile : NotePreference::kNeither;
  const MergedNote merged = MergeNotes(past, ours, sidecar.note, preference);
  SidecarRecord record = {.path = sidecar.path,
                          .size_bytes = sidecar.size_bytes,
                          .mtime_ns = sidecar.mtime_ns,
                          .content = Sha256(sidecar.bytes),
                          .said = PackNote(NextBase(past, sidecar.note, merged))};
  const bool says_same = SaySame(ours, merged.catalog);
  if (!is_new) record.asset = known->asset;
  if (says_same && !is_new && *known == record) return false;
  if (!says_same) VITRINE_TRY(Apply(ChangeOf(there, ours, merged.catalog), cluster::Side::kAfter, there));
  if (is_new) {
    there.sidecars.insert(std::ranges::upper_bound(there.sidecars, record.path, {}, &SidecarRecord::path),
                          record);
  } else {
    *known = std::move(record);
  }
  return true;
}

BunchSidecars::BunchSidecars(const Bunch& bunch) {
  for (const PlannedFile& file : bunch.files) {
    if (!file.sidecars.empty()) beside_[file.path] = &file.sidecars;
  }
}

Result<bool> BunchSidecars::TakeInto(std::span<const PathBytes> files, PictureCopy& there) {
  bool changed = false;
  for (const PathBytes& file : files) {
    const auto beside = beside_.find(file);
    if (beside == beside_.end()) continue;
    for (const PlannedSidecar& planned : *beside->second) {
      if (IsKnown(planned, there)) continue;
      const Sidecar* sidecar = Read(planned.path);
      if (sidecar == nullptr) continue;
      VITRINE_TRY_ASSIGN(const bool taken, TakeSidecar(*sidecar, there));
      changed = changed || taken;
    }
  }
  return changed;
}

const Sidecar* BunchSidecars::Read(const PathBytes& path) {
  auto at = sidecars_.find(path);
  if (at == sidecars_.end()) {
    at = sidecars_.emplace(path, ReadSidecar(path)).first;
    const Result<Sidecar>& sidecar = at->second;
    if (sidecar) {
      ++read_;
      doubtful_ = doubtful_ || sidecar->mtime_ns == 0;
    } else if (sidecar.error().code() != Code::kNotFound) {
      failures_.emplace_back(path, "the sidecar cannot be read: " + sidecar.error().message());
    }
  }
  return at->second ? &*at->second : nullptr;
}

}  // namespace vitrine
