// Calls that are declared and not built yet.
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

Error Later() { return {Code::kUnsupported, "not built yet"}; }

class NoAnnotations final : public Annotations {
 public:
  Result<std::vector<TagCount>> Tags() override { return std::vector<TagCount>(); }
  Result<std::vector<MarkedAsset>> MarksOf(const std::string&) override { return std::vector<MarkedAsset>(); }
  Result<std::vector<AssetTag>> TagsOf(AssetId) override { return std::vector<AssetTag>(); }
  Result<Note> NoteOf(AssetId) override { return Note(); }
  Result<std::vector<SavedSearch>> SavedSearches() override { return std::vector<SavedSearch>(); }
  Result<std::vector<JournalEntry>> Journal(std::size_t) override { return std::vector<JournalEntry>(); }
  Result<std::unique_ptr<Change>> Begin(const std::string&) override { return Later(); }
  Result<std::unique_ptr<Change>> BeginUnrecorded() override { return Later(); }
  Result<JournalEntry> Undo() override { return Later(); }
  Result<JournalEntry> Redo() override { return Later(); }
};

}  // namespace

Result<std::vector<WordHit>> SqliteCatalog::FindWords(const std::string&, const std::string&, std::size_t) {
  return std::vector<WordHit>();
}
Result<RowSet> SqliteCatalog::RowsWithWords(const std::string&, const std::string&) { return RowSet(); }
Result<std::uint64_t> SqliteCatalog::WordFrequency(const std::string&) { return std::uint64_t{0}; }
Result<std::uint64_t> SqliteCatalog::Version() { return Later(); }
Result<std::vector<AssetRecord>> SqliteCatalog::AssetsOf(std::span<const AssetId>) { return Later(); }
Result<std::vector<SketchDue>> SqliteCatalog::AssetsWithoutSketch(std::size_t, AssetId) {
  return std::vector<SketchDue>();
}
Result<std::optional<SidecarRecord>> SqliteCatalog::SidecarAt(const PathBytes&) { return Later(); }
Result<std::vector<AssetId>> SqliteCatalog::SidecarsDue(std::size_t) { return std::vector<AssetId>(); }
Status SqliteCatalog::StoreSketches(std::span<const std::pair<AssetId, Sketch>>) { return Later(); }
Status SqliteCatalog::SetPictureText(AssetId, const std::string&) { return Later(); }
Status SqliteCatalog::RememberSidecar(const SidecarRecord&) { return Later(); }
Status SqliteCatalog::ForgetSidecar(const PathBytes&) { return Later(); }
Status SqliteCatalog::SidecarWritten(AssetId) { return Later(); }
Annotations& SqliteCatalog::annotations() {
  static NoAnnotations none;
  return none;
}

}  // namespace vitrine
