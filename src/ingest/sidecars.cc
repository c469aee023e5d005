#include "ingest/sidecars.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "ingest/fingerprint.h"
#include "xmp/note.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

constexpr std::size_t kExtensionBytes = 4;        // ".xmp"
constexpr std::int64_t kGrainNs = 2'000'000'000;  // Of FAT, the coarsest.

std::string_view WithoutExtension(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

std::int64_t NowNs() {
  using std::chrono::duration_cast, std::chrono::nanoseconds, std::chrono::system_clock;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

bool IsSidecarName(std::string_view name) {
  if (name.size() <= kExtensionBytes || name.starts_with('.')) return false;
  std::string end(name.substr(name.size() - kExtensionBytes));
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return end == ".xmp";
}

std::vector<std::string> SidecarsOf(std::string_view picture, const std::vector<std::string>& sidecars) {
  std::vector<std::string> found;
  for (const std::string_view base : {WithoutExtension(picture), picture}) {
    const std::string front = std::string(base) + ".";
    for (auto at = std::ranges::lower_bound(sidecars, front); at != sidecars.end() && at->starts_with(front);
         ++at) {
      if (at->size() == base.size() + kExtensionBytes && !std::ranges::count(found, *at))
        found.push_back(*at);
    }
  }
  return found;
}

std::vector<PathBytes> SidecarPathsOf(const PathBytes& picture) {
  std::vector<PathBytes> paths;
  const std::string folder(FolderOf(picture));
  const std::string_view name = NameOf(picture);
  for (const std::string_view base : {WithoutExtension(name), name}) {
    for (const char* extension : {".xmp", ".XMP"}) {
      PathBytes path = JoinPath(folder, std::string(base) + extension);
      if (!std::ranges::count(paths, path)) paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::vector<PathBytes> SidecarsBeside(const PathBytes& picture) {
  std::vector<PathBytes> found = SidecarPathsOf(picture);
  std::erase_if(found, [](const PathBytes& path) {
    struct stat status{};
    return lstat(path.c_str(), &status) != 0;
  });
  return found;
}

bool SidecarIsNews(const PathBytes& path, const std::optional<SidecarRecord>& remembered) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return false;
  const FileStamp stamp = StampOf(status);
  return !remembered || remembered->size_bytes != stamp.size_bytes || remembered->mtime_ns != stamp.mtime_ns;
}

Result<Sidecar> ReadSidecar(const PathBytes& path) {
  VITRINE_TRY_ASSIGN(const UniqueFd file, OpenRegularFile(path));
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return Error(Code::kIo, "it cannot be looked at");
  const FileStamp stamp = StampOf(status);
  if (stamp.size_bytes > kMaxXmpBytes) return Error(Code::kUnsupported, "it is larger than 4 MiB");
  Sidecar sidecar = {.path = path, .size_bytes = stamp.size_bytes};
  VITRINE_TRY_ASSIGN(sidecar.bytes, ReadAll(file.get()));
  // Within the grain of the file system's clock it may be written again without another time.
  const std::int64_t age_ns = NowNs() - stamp.mtime_ns;
  sidecar.mtime_ns = age_ns > kGrainNs || age_ns < -kGrainNs ? stamp.mtime_ns : 0;
  VITRINE_TRY_ASSIGN(sidecar.note, ReadXmp(sidecar.bytes));
  return sidecar;
}

Result<EmbeddedNote> CatalogNote(Annotations& annotations, AssetId asset) {
  EmbeddedNote said;
  VITRINE_TRY_ASSIGN(const std::vector<AssetTag> tags, annotations.TagsOf(asset));
  for (const AssetTag& tag : tags) {
    if (tag.mark.state == TagState::kAccepted) said.tags.push_back(tag.path);
  }
  VITRINE_TRY_ASSIGN(const Note note, annotations.NoteOf(asset));
  said.rating = note.rating;
  said.caption = note.caption;
  return CleanNote(said);
}

Status AmendCatalog(Change& change, AssetId asset, const EmbeddedNote& before, const EmbeddedNote& after) {
  if (SaySame(before, after)) return {};
  const auto keys = [](const EmbeddedNote& note) {
    std::set<std::string> found;
    for (const std::string& tag : note.tags) found.insert(TagKey(tag));
    return found;
  };
  const std::set<std::string> old_keys = keys(before);
  const std::set<std::string> new_keys = keys(after);
  for (const std::string& tag : after.tags) {
    if (old_keys.contains(TagKey(tag))) continue;
    VITRINE_TRY(change.Mark(tag, {&asset, 1}, {.state = TagState::kAccepted, .origin = TagOrigin::kFile}));
  }
  for (const std::string& tag : before.tags) {
    if (!new_keys.contains(TagKey(tag))) VITRINE_TRY(change.Unmark(tag, {&asset, 1}));
  }
  if (before.rating != after.rating || before.caption != after.caption) {
    VITRINE_TRY(change.SetNote(asset, {.rating = after.rating, .caption = after.caption}));
  }
  return {};
}

EmbeddedNote PastOf(const std::optional<SidecarRecord>& remembered) {
  if (!remembered) return {};
  const Result<EmbeddedNote> past = UnpackNote(remembered->said);
  return past ? *past : EmbeddedNote();
}

Result<bool> TakeSidecar(Catalog& catalog, Change& change, const Sidecar& sidecar, AssetId asset,
                         bool is_due) {
  VITRINE_TRY_ASSIGN(const std::optional<SidecarRecord> remembered, catalog.SidecarAt(sidecar.path));
  const EmbeddedNote past = PastOf(remembered);
  VITRINE_TRY_ASSIGN(const EmbeddedNote ours, CatalogNote(catalog.annotations(), asset));
  const NotePreference preference = !remembered && !is_due ? NotePreference::kFile : NotePreference::kNeither;
  const MergedNote merged = MergeNotes(past, ours, sidecar.note, preference);
  VITRINE_TRY(AmendCatalog(change, asset, ours, merged.catalog));
  VITRINE_TRY(change.RememberSidecar({.path = sidecar.path,
                                      .asset = asset,
                                      .size_bytes = sidecar.size_bytes,
                                      .mtime_ns = sidecar.mtime_ns,
                                      .content = Sha256(sidecar.bytes),
                                      .said = PackNote(NextBase(past, sidecar.note, merged))}));
  return !SaySame(ours, merged.catalog);
}

}  // namespace vitrine
