#include "engine/compaction.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/try.h"
#include "engine/index_keeper.h"
#include "engine/library_stats.h"
#include "engine/vector_exchange.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

void Announce(VectorObserver* observer, std::string_view step) {
  if (observer != nullptr) observer->OnStep(step, 0, 0);
}

std::uint64_t LibraryBytes(const std::string& folder) {
  return CatalogBytes(folder) + BytesBelow(JoinPath(folder, "vectors")) +
         BytesBelow(JoinPath(folder, "thumbs"));
}

// Removes the thumbnails of contents that the catalog does not know and no board shows, those too that a
// killed call left behind. A file that is not named like one stays.
Result<std::uint64_t> RemoveStrayThumbnails(Catalog& catalog, const std::string& folder,
                                            const std::set<std::string>& on_boards) {
  std::uint64_t removed = 0;
  std::error_code error;
  fs::recursive_directory_iterator files(folder, error);
  for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
    const fs::path path = files->path();
    const auto content = path.extension() == ".jpg" ? DigestFromHex(path.stem().string()) : std::nullopt;
    if (!content || on_boards.contains(path.stem().string())) continue;
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset, catalog.AssetOfContent(*content));
    std::error_code ignored;
    if (!asset && fs::remove(path, ignored)) ++removed;
  }
  return removed;
}

// What lies in the spaces of other models, which are kept side by side with the one in use.
Status CompactOtherSpaces(Catalog& catalog, const std::string& folder, const std::string& in_use,
                          CompactReport& report) {
  VITRINE_TRY_ASSIGN(const std::vector<SpaceRecord> spaces, catalog.Spaces());
  for (const SpaceRecord& space : spaces) {
    if (space.name == in_use || space.rows == space.vectors) continue;
    VITRINE_TRY_ASSIGN(const Compaction dropped, catalog.Compact(space.name));
    report.pictures_removed += dropped.forgotten.size();
    report.rows_removed += dropped.rows_before - dropped.rows;
    VITRINE_TRY(KeepSegments(catalog, folder, {space.name, space.model, space.dimension}));
  }
  return {};
}

}  // namespace

Result<CompactReport> CompactLibrary(WriterLease writer, const std::string& library_folder,
                                     const std::set<std::string>& on_boards, Embedder& embedder,
                                     VectorObserver* observer) {
  const auto start = std::chrono::steady_clock::now();
  const Space& space = embedder.space();
  CompactReport report;
  report.bytes_before = LibraryBytes(library_folder);
  CatalogGate& gate = writer.gate();
  VITRINE_TRY(gate.With(
      [&](Catalog& catalog) { return catalog.EnsureSpace(space.id, space.model, space.dimension); }));
  Announce(observer, "dropping pictures without a file");
  VITRINE_TRY_ASSIGN(const Compaction dropped,
                     gate.With([&](Catalog& catalog) { return catalog.Compact(space.id); }));
  report.pictures_removed = dropped.forgotten.size();
  report.rows_removed = dropped.rows_before - dropped.rows;
  VITRINE_TRY(gate.With(
      [&](Catalog& catalog) { return CompactOtherSpaces(catalog, library_folder, space.id, report); }));
  Announce(observer, "removing thumbnails");
  VITRINE_TRY_ASSIGN(report.thumbnails_removed, gate.With([&](Catalog& catalog) {
    return RemoveStrayThumbnails(catalog, JoinPath(library_folder, "thumbs"), on_boards);
  }));
  VITRINE_TRY_ASSIGN(report.index, KeepIndex(gate, library_folder, embedder, false, observer));
  {
    const WriterLease closed = std::move(writer);
  }  // Closing empties the log.
  report.bytes_after = LibraryBytes(library_folder);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  report.seconds = took.count();
  return report;
}

}  // namespace vitrine
