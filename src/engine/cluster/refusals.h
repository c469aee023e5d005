// What a library on a cluster does not do: each call says so, and nothing happens. ClusterLibrary overrides
// what it does.
#pragma once

#include <utility>

#include "vitrine/library.h"

namespace vitrine {

/// kInvalidArgument: what a library on a cluster answers, and that this needs one on this machine.
Error NotOnCluster();

/// Library::Lacks() of one on a cluster. Who overrides one of the calls below takes its part off here.
inline constexpr std::string_view kNotOnCluster[] = {"add", "models", "quarantine"};
/// The same of a copy of a local library, which a click in a page does not cut off from its original. Who
/// wants that says so with `vitrine index`.
inline constexpr std::string_view kNotOnCopy[] = {"add", "index", "models", "quarantine"};

class RefusingTagging : public Tagging {
 public:
  explicit RefusingTagging(Error refusal = NotOnCluster()) : refusal_(std::move(refusal)) {}
  Result<SuggestReport> Suggest(const SuggestOptions&, SuggestObserver*, const StopSignal&) override {
    return refusal_;
  }
  Result<TagChange> Decide(const DecideOptions&) override { return refusal_; }
  Result<TeachReport> Teach(const TeachOptions&) override { return refusal_; }
  Result<TagChange> Rename(const std::string&, const std::string&) override { return refusal_; }
  Result<TagChange> Delete(const std::string&) override { return refusal_; }
  Result<std::vector<TagFacet>> List() override { return refusal_; }
  Result<std::size_t> NamesToLearn() override { return refusal_; }
  Result<NamesReport> LearnNames(VectorObserver*, const StopSignal&) override { return refusal_; }

 private:
  const Error refusal_;
};

class RefusingGallery : public Gallery {
 public:
  explicit RefusingGallery(Error refusal = NotOnCluster()) : refusal_(std::move(refusal)) {}
  Result<Listing> List(const ListOptions&) override { return refusal_; }
  Result<std::vector<Facet>> Facets(const std::string&, std::size_t) override { return refusal_; }
  Result<std::vector<PictureDetails>> Details(std::span<const AssetId>) override { return refusal_; }
  Result<std::vector<PathBytes>> Paths(std::span<const AssetId>) override { return refusal_; }
  Result<std::string> Thumbnail(AssetId) override { return refusal_; }
  Result<std::string> Rendition(AssetId, std::int32_t) override { return refusal_; }
  Result<OriginalFile> Original(AssetId) override { return refusal_; }
  Result<AssetId> Add(const std::string&, const std::string&) override { return refusal_; }
  Result<std::vector<FileRecord>> Failures(std::size_t) override { return refusal_; }

 private:
  const Error refusal_;
};

class RefusingBoards : public Boards {
 public:
  explicit RefusingBoards(Error refusal = NotOnCluster()) : refusal_(std::move(refusal)) {}
  Result<std::vector<BoardSummary>> List(bool) override { return refusal_; }
  Result<Board> Create(const NewBoard&) override { return refusal_; }
  Result<Board> Get(const std::string&) override { return refusal_; }
  Result<std::string> Find(const std::string&) override { return refusal_; }
  Result<EditResult> Edit(const std::string&, const BoardEdit&) override { return refusal_; }
  Result<EditResult> Undo(const std::string&, std::int64_t) override { return refusal_; }
  Result<EditResult> Redo(const std::string&, std::int64_t) override { return refusal_; }
  Result<std::vector<BoardStep>> StepsSince(const std::string&, std::int64_t) override { return refusal_; }
  Status SetTemplate(const std::string&, bool) override { return refusal_; }
  Status Delete(const std::string&) override { return refusal_; }
  Status Restore(const std::string&) override { return refusal_; }
  Result<BoardVersion> SaveVersion(const std::string&, const std::string&) override { return refusal_; }
  Result<std::vector<BoardVersion>> Versions(const std::string&) override { return refusal_; }
  Result<EditResult> RestoreVersion(const std::string&, std::int64_t) override { return refusal_; }
  Result<EditResult> AddPictures(const std::string&, std::span<const AssetId>,
                                 std::span<const PathBytes>) override {
    return refusal_;
  }
  Result<EditResult> Arrange(const std::string&, const ArrangeRequest&) override { return refusal_; }
  Result<std::vector<Hit>> Suggest(const std::string&, const SuggestRequest&) override { return refusal_; }
  Result<std::vector<Swatch>> Palette(const std::string&) override { return refusal_; }
  Result<BoardExportReport> Export(const std::string&, const ExportRequest&, const std::string&,
                                   VectorObserver*, const StopSignal&) override {
    return refusal_;
  }
  Result<ImportedBoard> Import(const std::string&, VectorObserver*, const StopSignal&) override {
    return refusal_;
  }

 private:
  const Error refusal_;
};

class RefusingLibrary : public Library {
 public:
  explicit RefusingLibrary(Error refusal = NotOnCluster())
      : refusal_(std::move(refusal)), tags_(refusal_), gallery_(refusal_), boards_(refusal_) {}
  std::span<const std::string_view> Lacks() const override { return kNotOnCluster; }
  Result<std::vector<SavedSearch>> SavedSearches() override { return refusal_; }
  Result<IndexReport> Index(const IndexOptions&, IndexObserver*, const StopSignal&) override {
    return refusal_;
  }
  Result<LibraryInfo> Info() override { return refusal_; }
  Result<VectorIndexState> BuildIndex(const IndexPolicy&, VectorObserver*) override { return refusal_; }
  Result<IndexPolicy> Policy() override { return refusal_; }
  Result<LibraryStats> Stats(VectorObserver*) override { return refusal_; }
  Result<CompactReport> Compact(VectorObserver*) override { return refusal_; }
  Result<ExportReport> ExportVectors(const ExchangeOptions&, VectorObserver*, const StopSignal&) override {
    return refusal_;
  }
  Result<ImportReport> ImportVectors(const ExchangeOptions&, VectorObserver*, const StopSignal&) override {
    return refusal_;
  }
  Status SaveSearch(const SavedSearch&) override { return refusal_; }
  Status DropSearch(const std::string&) override { return refusal_; }
  Result<std::vector<JournalEntry>> Journal(std::size_t) override { return refusal_; }
  Result<JournalEntry> Undo() override { return refusal_; }
  Result<JournalEntry> Redo() override { return refusal_; }
  Result<std::uint64_t> Annotate(std::span<const PathBytes>, const NoteChange&) override { return refusal_; }
  Tagging& tags() override { return tags_; }
  Gallery& gallery() override { return gallery_; }
  Boards& boards() override { return boards_; }
  Result<DuplicateReport> FindDuplicates(const DuplicateOptions&, VectorObserver*,
                                         const StopSignal&) override {
    return refusal_;
  }
  Result<ActionReport> ActOnDuplicates(const std::vector<DuplicateGroup>&, const DuplicateAction&) override {
    return refusal_;
  }
  Result<SidecarReport> SyncSidecars(const SidecarOptions&, const StopSignal&) override { return refusal_; }

 protected:
  const Error& refusal() const { return refusal_; }

 private:
  const Error refusal_;
  RefusingTagging tags_;
  RefusingGallery gallery_;
  RefusingBoards boards_;
};

}  // namespace vitrine
