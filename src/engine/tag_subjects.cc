#include "engine/tag_subjects.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>

#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "ingest/walk.h"

namespace vitrine {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;

Result<std::vector<PlacedPicture>> KnownUnder(const Snapshot& snapshot, const PathBytes& path) {
  const std::string& space = snapshot.space().id;
  std::vector<PlacedPicture> found;
  VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, snapshot.catalog->FileAt(path));
  if (file && file->asset) {
    VITRINE_TRY_ASSIGN(const auto row, snapshot.catalog->RowOf(space, *file->asset));
    if (row && *row < snapshot.rows->row_count()) found.push_back({.id = *file->asset, .paths = {path}});
    return found;
  }
  VITRINE_TRY_ASSIGN(const FolderTally tally, snapshot.catalog->TallyUnder(path, 0));
  if (tally.remembered == 0) return found;
  const std::vector<RowId> rows = RowsOf(snapshot.live, snapshot.rows->row_count());
  for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    const auto piece = std::span(rows).subspan(first, std::min(kRowsAtOnce, rows.size() - first));
    VITRINE_TRY_ASSIGN(auto assets, snapshot.catalog->AssetsOfRows(space, piece));
    for (auto& [row, asset] : assets) {
      if (std::ranges::any_of(asset.paths, [&](const PathBytes& at) { return IsUnder(at, path); })) {
        found.push_back({.id = asset.id, .paths = std::move(asset.paths)});
      }
    }
  }
  return found;
}

class FileLister final : public WalkVisitor {
 public:
  bool OnPicture(const PathBytes& path, const FileStamp&) override {
    files.push_back(path);
    return true;
  }
  void OnSkipped(std::uint64_t) override {}
  void OnUnreadable(const PathBytes&, const std::string&) override {}
  std::vector<PathBytes> files;
};

Error NothingAt(const PathBytes& path) {
  return Error(Code::kNotFound, "there is no picture at " + Quoted(path) + ", on the disk or in the library");
}

}  // namespace

std::vector<RowId> RowsOf(const RowSet& set, RowId end) {
  std::vector<RowId> rows;
  for (RowId row = 0; row < set.size() && row < end; ++row) {
    if (set.Contains(row)) rows.push_back(row);
  }
  return rows;
}

KnownAt KnownIn(const Snapshot& snapshot) {
  return [&snapshot](const PathBytes& path) { return KnownUnder(snapshot, path); };
}

Result<TagSubjects> SubjectsAt(std::span<const PathBytes> paths, const KnownAt& known) {
  TagSubjects subjects{.all = paths.empty()};
  std::set<AssetId> seen;
  std::set<PathBytes> files;
  for (const PathBytes& typed : paths) {
    const PathBytes path = ResolvedPath(typed);
    VITRINE_TRY_ASSIGN(const std::vector<PlacedPicture> pictures, known(path));
    std::set<PathBytes> known_files;
    for (const PlacedPicture& picture : pictures) {
      known_files.insert(picture.paths.begin(), picture.paths.end());
      if (seen.insert(picture.id).second) subjects.pictures.push_back(picture.id);
    }
    FileLister lister;
    Walker().Walk(path, lister);
    for (const PathBytes& file : lister.files) {
      if (!known_files.contains(file) && files.insert(file).second) subjects.files.push_back(file);
    }
    std::error_code error;
    if (pictures.empty() && lister.files.empty() && !std::filesystem::is_directory(path, error)) {
      return NothingAt(typed);
    }
  }
  return subjects;
}

Result<std::vector<AssetId>> AssetsAt(std::span<const PathBytes> paths, const KnownAt& known) {
  std::vector<AssetId> assets;
  for (const PathBytes& typed : paths) {
    VITRINE_TRY_ASSIGN(const std::vector<PlacedPicture> here, known(ResolvedPath(typed)));
    if (here.empty()) {
      return Error(Code::kNotFound, "the library knows no picture at " + Quoted(typed) +
                                        "; only pictures that were indexed can be tagged");
    }
    for (const PlacedPicture& picture : here) assets.push_back(picture.id);
  }
  std::ranges::sort(assets);
  assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
  return assets;
}

}  // namespace vitrine
