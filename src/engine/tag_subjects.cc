#include "engine/tag_subjects.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "ingest/walk.h"

namespace vitrine {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;

std::vector<RowId> RowsOf(const RowSet& set, RowId end) {
  std::vector<RowId> rows;
  for (RowId row = 0; row < set.size() && row < end; ++row) {
    if (set.Contains(row)) rows.push_back(row);
  }
  return rows;
}

// Rows whose picture lies at the path or below it, with their pictures.
Result<std::vector<std::pair<RowId, AssetId>>> KnownUnder(const Snapshot& snapshot, const std::string& space,
                                                          const PathBytes& path) {
  std::vector<std::pair<RowId, AssetId>> found;
  VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, snapshot.catalog->FileAt(path));
  if (file && file->asset) {
    VITRINE_TRY_ASSIGN(const auto row, snapshot.catalog->RowOf(space, *file->asset));
    if (row && *row < snapshot.rows->row_count()) found.emplace_back(*row, *file->asset);
    return found;
  }
  VITRINE_TRY_ASSIGN(const FolderTally tally, snapshot.catalog->TallyUnder(path, 0));
  if (tally.remembered == 0) return found;
  const std::vector<RowId> rows = RowsOf(snapshot.live, snapshot.rows->row_count());
  for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    const auto piece = std::span(rows).subspan(first, std::min(kRowsAtOnce, rows.size() - first));
    VITRINE_TRY_ASSIGN(const auto assets, snapshot.catalog->AssetsOfRows(space, piece));
    for (const auto& [row, asset] : assets) {
      if (std::ranges::any_of(asset.paths, [&](const PathBytes& at) { return IsUnder(at, path); })) {
        found.emplace_back(row, asset.id);
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

std::vector<TagSubject> AllSubjects(const Snapshot& snapshot) {
  std::vector<TagSubject> subjects;
  for (const RowId row : RowsOf(snapshot.live, snapshot.rows->row_count())) {
    subjects.push_back({.row = row, .file = {}});
  }
  return subjects;
}

Result<std::vector<TagSubject>> SubjectsAt(const Snapshot& snapshot, const std::string& space,
                                           std::span<const PathBytes> paths) {
  std::vector<TagSubject> subjects;
  std::set<RowId> rows;
  std::set<PathBytes> files;
  const auto add_row = [&](RowId row) {
    if (rows.insert(row).second) subjects.push_back({.row = row, .file = {}});
  };
  for (const PathBytes& typed : paths) {
    const PathBytes path = ResolvedPath(typed);
    const std::size_t before = rows.size() + files.size();
    VITRINE_TRY_ASSIGN(const auto known, KnownUnder(snapshot, space, path));
    for (const auto& [row, asset] : known) add_row(row);
    FileLister lister;
    Walker().Walk(path, lister);
    for (const PathBytes& file : lister.files) {
      VITRINE_TRY_ASSIGN(const std::optional<KnownFile> at, snapshot.catalog->FileAt(file));
      const auto row = at && at->asset ? snapshot.catalog->RowOf(space, *at->asset) : std::optional<RowId>();
      if (!row) return row.error();
      if (*row && **row < snapshot.rows->row_count()) {
        add_row(**row);
      } else if (files.insert(file).second) {
        subjects.push_back({.row = 0, .file = file});
      }
    }
    std::error_code error;
    if (known.empty() && lister.files.empty() && rows.size() + files.size() == before &&
        !std::filesystem::is_directory(path, error)) {
      return NothingAt(typed);
    }
  }
  return subjects;
}

Result<std::vector<AssetId>> AssetsAt(std::span<const PathBytes> paths, const KnownAt& known) {
  std::vector<AssetId> assets;
  for (const PathBytes& typed : paths) {
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> here, known(ResolvedPath(typed)));
    if (here.empty()) {
      return Error(Code::kNotFound, "the library knows no picture at " + Quoted(typed) +
                                        "; only pictures that were indexed can be tagged");
    }
    assets.insert(assets.end(), here.begin(), here.end());
  }
  std::ranges::sort(assets);
  assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
  return assets;
}

Result<std::vector<AssetId>> AssetsAt(const Snapshot& snapshot, const std::string& space,
                                      std::span<const PathBytes> paths) {
  return AssetsAt(paths, [&](const PathBytes& path) -> Result<std::vector<AssetId>> {
    VITRINE_TRY_ASSIGN(const auto known, KnownUnder(snapshot, space, path));
    std::vector<AssetId> assets;
    for (const auto& [row, asset] : known) assets.push_back(asset);
    return assets;
  });
}

Matrix SampleVectors(const RowTable& table, const RowSet& from, std::size_t most) {
  const std::vector<RowId> rows = RowsOf(from, table.row_count());
  const std::size_t count = std::min(most, rows.size());
  Matrix sample(count, table.dimension());
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(table.Vector(rows[i * rows.size() / count]), sample.row(i).begin());
  }
  return sample;
}

}  // namespace vitrine
