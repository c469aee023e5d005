// What a library on a cluster does not do: each call says so, and nothing happens. ClusterLibrary overrides
// what it does.
#pragma once

#include "vitrine/library.h"

namespace vitrine {

/// kInvalidArgument: what a library on a cluster answers, and that this needs one on this machine.
Error NotOnCluster();

/// Library::Lacks() of one on a cluster. Who overrides one of the calls below takes its part off here.
inline constexpr std::string_view kNotOnCluster[] = {"add", "boards", "duplicates", "models", "suggest"};

class RefusingTagging : public Tagging {
 public:
  Result<SuggestReport> Suggest(const SuggestOptions&, SuggestObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
  Result<TagChange> Decide(const DecideOptions&) override { return NotOnCluster(); }
  Result<TeachReport> Teach(const TeachOptions&) override { return NotOnCluster(); }
  Result<TagChange> Rename(const std::string&, const std::string&) override { return NotOnCluster(); }
  Result<TagChange> Delete(const std::string&) override { return NotOnCluster(); }
  Result<std::vector<TagFacet>> List() override { return NotOnCluster(); }
  Result<std::size_t> NamesToLearn() override { return NotOnCluster(); }
  Result<NamesReport> LearnNames(VectorObserver*, const StopSignal&) override { return NotOnCluster(); }
};

class RefusingGallery : public Gallery {
 public:
  Result<Listing> List(const ListOptions&) override { return NotOnCluster(); }
  Result<std::vector<Facet>> Facets(const std::string&, std::size_t) override { return NotOnCluster(); }
  Result<std::vector<PictureDetails>> Details(std::span<const AssetId>) override { return NotOnCluster(); }
  Result<std::vector<PathBytes>> Paths(std::span<const AssetId>) override { return NotOnCluster(); }
  Result<std::string> Thumbnail(AssetId) override { return NotOnCluster(); }
  Result<std::string> Rendition(AssetId, std::int32_t) override { return NotOnCluster(); }
  Result<OriginalFile> Original(AssetId) override { return NotOnCluster(); }
  Result<AssetId> Add(const std::string&, const std::string&) override { return NotOnCluster(); }
  Result<std::vector<FileRecord>> Failures(std::size_t) override { return NotOnCluster(); }
};

class RefusingBoards : public Boards {
 public:
  Result<std::vector<BoardSummary>> List(bool) override { return NotOnCluster(); }
  Result<Board> Create(const NewBoard&) override { return NotOnCluster(); }
  Result<Board> Get(const std::string&) override { return NotOnCluster(); }
  Result<std::string> Find(const std::string&) override { return NotOnCluster(); }
  Result<EditResult> Edit(const std::string&, const BoardEdit&) override { return NotOnCluster(); }
  Result<EditResult> Undo(const std::string&, std::int64_t) override { return NotOnCluster(); }
  Result<EditResult> Redo(const std::string&, std::int64_t) override { return NotOnCluster(); }
  Result<std::vector<BoardStep>> StepsSince(const std::string&, std::int64_t) override {
    return NotOnCluster();
  }
  Status SetTemplate(const std::string&, bool) override { return NotOnCluster(); }
  Status Delete(const std::string&) override { return NotOnCluster(); }
  Status Restore(const std::string&) override { return NotOnCluster(); }
  Result<BoardVersion> SaveVersion(const std::string&, const std::string&) override { return NotOnCluster(); }
  Result<std::vector<BoardVersion>> Versions(const std::string&) override { return NotOnCluster(); }
  Result<EditResult> RestoreVersion(const std::string&, std::int64_t) override { return NotOnCluster(); }
  Result<EditResult> AddPictures(const std::string&, std::span<const AssetId>,
                                 std::span<const PathBytes>) override {
    return NotOnCluster();
  }
  Result<EditResult> Arrange(const std::string&, const ArrangeRequest&) override { return NotOnCluster(); }
  Result<std::vector<Hit>> Suggest(const std::string&, const SuggestRequest&) override {
    return NotOnCluster();
  }
  Result<std::vector<Swatch>> Palette(const std::string&) override { return NotOnCluster(); }
  Result<BoardExportReport> Export(const std::string&, const ExportRequest&, const std::string&,
                                   VectorObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
  Result<ImportedBoard> Import(const std::string&, VectorObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
};

class RefusingLibrary : public Library {
 public:
  std::span<const std::string_view> Lacks() const override { return kNotOnCluster; }
  Result<std::vector<SavedSearch>> SavedSearches() override { return NotOnCluster(); }
  Result<IndexReport> Index(const IndexOptions&, IndexObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
  Result<LibraryInfo> Info() override { return NotOnCluster(); }
  Result<VectorIndexState> BuildIndex(const IndexPolicy&, VectorObserver*) override { return NotOnCluster(); }
  Result<IndexPolicy> Policy() override { return NotOnCluster(); }
  Result<LibraryStats> Stats(VectorObserver*) override { return NotOnCluster(); }
  Result<CompactReport> Compact(VectorObserver*) override { return NotOnCluster(); }
  Result<ExportReport> ExportVectors(const ExchangeOptions&, VectorObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
  Result<ImportReport> ImportVectors(const ExchangeOptions&, VectorObserver*, const StopSignal&) override {
    return NotOnCluster();
  }
  Status SaveSearch(const SavedSearch&) override { return NotOnCluster(); }
  Status DropSearch(const std::string&) override { return NotOnCluster(); }
  Result<std::vector<JournalEntry>> Journal(std::size_t) override { return NotOnCluster(); }
  Result<JournalEntry> Undo() override { return NotOnCluster(); }
  Result<JournalEntry> Redo() override { return NotOnCluster(); }
  Result<std::uint64_t> Annotate(std::span<const PathBytes>, const NoteChange&) override {
    return NotOnCluster();
  }
  Tagging& tags() override { return tags_; }
  Gallery& gallery() override { return gallery_; }
  Boards& boards() override { return boards_; }
  Result<DuplicateReport> FindDuplicates(const DuplicateOptions&, VectorObserver*,
                                         const StopSignal&) override {
    return NotOnCluster();
  }
  Result<ActionReport> ActOnDuplicates(const std::vector<DuplicateGroup>&, const DuplicateAction&) override {
    return NotOnCluster();
  }
  Result<SidecarReport> SyncSidecars(const SidecarOptions&, const StopSignal&) override {
    return NotOnCluster();
  }

 private:
  RefusingTagging tags_;
  RefusingGallery gallery_;
  RefusingBoards boards_;
};

}  // namespace vitrine
