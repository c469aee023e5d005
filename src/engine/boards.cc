#include "engine/boards.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_palette.h"
#include "boards/export/export.h"
#include "boards/item_check.h"
#include "boards/layout/arrange.h"
#include "boards/store/board_store.h"
#include "boards/templates.h"
#include "engine/board_arrange.h"
#include "engine/board_pictures.h"
#include "engine/board_source.h"
#include "engine/board_suggest.h"
#include "engine/board_view.h"
#include "engine/cluster_names.h"
#include "engine/lazy_decoder.h"
#include "engine/tag_changes.h"
#include "engine/tag_subjects.h"

namespace vitrine {
namespace {

class LibraryBoards final : public EngineBoards {
 public:
  explicit LibraryBoards(BoardsHost host)
      : host_(std::move(host)), pictures_(host_.folder), decoder_(host_.decoders) {}

  Result<std::vector<BoardSummary>> List(bool deleted) override;
  Result<Board> Create(const NewBoard& request) override;
  Result<Board> Get(const std::string& id) override;
  Result<std::string> Find(const std::string& id_or_name) override;
  Result<EditResult> Edit(const std::string& id, const BoardEdit& edit) override;
  Result<EditResult> Undo(const std::string& id, std::int64_t base_revision) override;
  Result<EditResult> Redo(const std::string& id, std::int64_t base_revision) override;
  Result<std::vector<BoardStep>> StepsSince(const std::string& id, std::int64_t revision) override;
  Status SetTemplate(const std::string& id, bool is_template) override;
  Status Delete(const std::string& id) override;
  Status Restore(const std::string& id) override;
  Result<BoardVersion> SaveVersion(const std::string& id, const std::string& name) override;
  Result<std::vector<BoardVersion>> Versions(const std::string& id) override;
  Result<EditResult> RestoreVersion(const std::string& id, std::int64_t version) override;
  Result<EditResult> AddPictures(const std::string& id, std::span<const AssetId> pictures,
                                 std::span<const PathBytes> paths) override;
  Result<EditResult> Arrange(const std::string& id, const ArrangeRequest& request) override;
  Result<std::vector<Hit>> Suggest(const std::string& id, const SuggestRequest& request) override;
  Result<std::vector<Swatch>> Palette(const std::string& id) override;
  Result<BoardExportReport> Export(const std::string& id, const ExportRequest& request,
                                   const std::string& file, VectorObserver* observer,
                                   const StopSignal& stop) override;
  Result<ImportedBoard> Import(const std::string& file, VectorObserver* observer,
                               const StopSignal& stop) override;
  std::vector<std::string> BoardsWith(const std::string& content) override;
  Result<std::vector<AssetId>> PicturesOn(const std::string& board) override;
  Result<std::set<std::string>> AllContents() override;

 private:
  Result<BoardStore*> Store(StoreMode mode);
  Status TakeIn(const ReadPicture& picture, ImportedBoard& imported);
  Result<BoardSeed> SeedOf(const NewBoard& request, std::span<const AssetId> pictures);
  Result<std::vector<AssetId>> Named(std::span<const AssetId> pictures, std::span<const PathBytes> paths);
  Result<std::vector<BoardItem>> RowsOf(std::span<const AssetId> assets,
                                        const std::vector<BoardItem>& around);
  Result<EditResult> Resolved(Result<EditResult> result);
  Status FillRecords(const Board& board, BoardView& view);
  Status FillVectors(BoardView& view);
  template <typename Use>
  std::invoke_result_t<Use, const Snapshot&> WithSnapshot(const Use& use);
  Result<std::vector<std::string>> ClusterNames(const BoardView& view,
                                                const std::vector<layout::Cluster>& clusters);

  const BoardsHost host_;
  BoardPictures pictures_;
  LazyDecoder decoder_;
  std::mutex mutex_;  // Guards what follows.
  std::unique_ptr<BoardStore> store_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// The store, opened anew when another file lies at its path.
Result<BoardStore*> LibraryBoards::Store(StoreMode mode) {
  VITRINE_TRY(pictures_.NeedLibrary());
  struct stat status{};
  const std::string path = JoinPath(host_.folder, "boards.sqlite");
  const bool there = stat(path.c_str(), &status) == 0;
  if (store_ && there && status.st_dev == device_ && status.st_ino == inode_) return store_.get();
  store_.reset();
  VITRINE_TRY_ASSIGN(store_, BoardStore::Open(host_.folder, mode));
  if (stat(path.c_str(), &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
  }
  return store_.get();
}

Result<std::vector<BoardSummary>> LibraryBoards::List(bool deleted) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY(pictures_.NeedLibrary());
  const auto store = Store(StoreMode::kExisting);
  if (!store && store.error().code() == Code::kNotFound) return std::vector<BoardSummary>();
  if (!store) return store.error();
  VITRINE_TRY_ASSIGN(std::vector<StoredSummary> stored, (*store)->List(deleted));
  std::vector<BoardSummary> boards;
  for (StoredSummary& board : stored) {
    for (const std::string& content : board.cover) {
      VITRINE_TRY_ASSIGN(const AssetId asset, pictures_.AssetOf(content));
      if (asset != AssetId{}) board.summary.cover.push_back(asset);
    }
    boards.push_back(std::move(board.summary));
  }
  return boards;
}

// Pictures in rows of one height, below what is there. Ids continue p1, p2, ...
Result<std::vector<BoardItem>> LibraryBoards::RowsOf(std::span<const AssetId> assets,
                                                     const std::vector<BoardItem>& around) {
  VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, pictures_.Records(assets));
  if (records.size() != assets.size()) {
    const auto known = [&](AssetId id) {
      return std::ranges::any_of(records, [id](const AssetRecord& record) { return record.id == id; });
    };
    const auto missing = std::ranges::find_if_not(assets, known);
    const std::int64_t id = missing == assets.end() ? 0 : static_cast<std::int64_t>(*missing);
    return Error(Code::kNotFound, "there is no picture of id " + std::to_string(id));
  }
  std::vector<layout::Size> sizes;
  for (const AssetRecord& record : records) {
    const double width = std::max(1, record.info.width_px);
    const double height = std::max(1, record.info.height_px);
    sizes.push_back({.width = kRowHeight * std::clamp(width / height, 0.05, 20.0), .height = kRowHeight});
  }
  const std::vector<layout::Place> places = layout::JustifiedRows(sizes, {.gap = kRowGap});
  const FreeSpot spot = BelowAll(around);
  std::set<std::string> taken;
  std::int64_t z = 0;
  for (const BoardItem& item : around) {
    taken.insert(item.id);
    z = std::max(z, item.z);
  }
  std::vector<BoardItem> items;
  for (std::size_t i = 0, number = 1; i < records.size(); ++i) {
    while (taken.contains("p" + std::to_string(number))) ++number;
    items.push_back({.id = "p" + std::to_string(number++),
                     .kind = ItemKind::kPicture,
                     .x = spot.x + places[i].x,
                     .y = spot.y + places[i].y,
                     .width = places[i].width,
                     .height = places[i].height,
                     .z = z + static_cast<std::int64_t>(i) + 1,
                     .content = Hex(records[i].content),
                     .asset = records[i].id});
  }
  return items;
}

// The pictures named by id, then those at the paths that were not named yet.
Result<std::vector<AssetId>> LibraryBoards::Named(std::span<const AssetId> pictures,
                                                  std::span<const PathBytes> paths) {
  std::vector<AssetId> named(pictures.begin(), pictures.end());
  if (paths.empty()) return named;
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> at_paths, AssetsAt(paths, KnownIn(*snapshot)));
  const std::set<AssetId> known(named.begin(), named.end());
  std::ranges::copy_if(at_paths, std::back_inserter(named), [&](AssetId id) { return !known.contains(id); });
  return named;
}

Result<BoardSeed> LibraryBoards::SeedOf(const NewBoard& request, std::span<const AssetId> pictures) {
  BoardSeed seed{.name = request.name};
  if (NamesTemplate(request.copy_of)) {
    VITRINE_TRY_ASSIGN(seed.items, TemplateItems(request.copy_of));
  } else if (!request.copy_of.empty()) {
    VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
    VITRINE_TRY_ASSIGN(Board original, store->Get(request.copy_of));
    seed.background = std::move(original.background);
    seed.items = std::move(original.items);
  }
  VITRINE_TRY_ASSIGN(std::vector<BoardItem> rows, RowsOf(pictures, seed.items));
  std::ranges::move(rows, std::back_inserter(seed.items));
  return seed;
}

Result<Board> LibraryBoards::Create(const NewBoard& request) {
  VITRINE_TRY(CheckBoardName(request.name));
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> pictures, Named(request.pictures, request.paths));
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(const BoardSeed seed, SeedOf(request, pictures));
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kCreate));
  VITRINE_TRY_ASSIGN(Board board, store->Create(seed));
  VITRINE_TRY(pictures_.Resolve(std::span(board.items)));
  return board;
}

Result<Board> LibraryBoards::Get(const std::string& id) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  VITRINE_TRY_ASSIGN(Board board, store->Get(id));
  VITRINE_TRY(pictures_.Resolve(std::span(board.items)));
  return board;
}

Result<std::string> LibraryBoards::Find(const std::string& id_or_name) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->Find(id_or_name);
}

Result<EditResult> LibraryBoards::Resolved(Result<EditResult> result) {
  if (result) VITRINE_TRY(pictures_.Resolve(*result));
  return result;
}

Result<EditResult> LibraryBoards::Edit(const std::string& id, const BoardEdit& edit) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  BoardEdit resolved = edit;
  VITRINE_TRY(pictures_.Resolve(resolved.changes));
  return Resolved(store->Edit(id, resolved));
}

Result<EditResult> LibraryBoards::AddPictures(const std::string& id, std::span<const AssetId> pictures,
                                              std::span<const PathBytes> paths) {
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> named, Named(pictures, paths));
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  VITRINE_TRY_ASSIGN(const Board board, store->Get(id));
  VITRINE_TRY_ASSIGN(std::vector<BoardItem> items, RowsOf(named, board.items));
  BoardEdit edit{.base_revision = board.revision, .what = "add " + PicturesText(items.size())};
  for (BoardItem& item : items) edit.changes.push_back({.id = item.id, .item = std::move(item)});
  return Resolved(store->Edit(id, edit));
}

Result<EditResult> LibraryBoards::Undo(const std::string& id, std::int64_t base_revision) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return Resolved(store->Undo(id, base_revision));
}

Result<EditResult> LibraryBoards::Redo(const std::string& id, std::int64_t base_revision) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return Resolved(store->Redo(id, base_revision));
}

Result<std::vector<BoardStep>> LibraryBoards::StepsSince(const std::string& id, std::int64_t revision) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  VITRINE_TRY_ASSIGN(std::vector<BoardStep> steps, store->StepsSince(id, revision));
  for (BoardStep& step : steps) VITRINE_TRY(pictures_.Resolve(step.changes));
  return steps;
}

Status LibraryBoards::SetTemplate(const std::string& id, bool is_template) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->SetTemplate(id, is_template);
}

Status LibraryBoards::Delete(const std::string& id) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->SetDeleted(id, true);
}

Status LibraryBoards::Restore(const std::string& id) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->SetDeleted(id, false);
}

Result<BoardVersion> LibraryBoards::SaveVersion(const std::string& id, const std::string& name) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->SaveVersion(id, name);
}

Result<std::vector<BoardVersion>> LibraryBoards::Versions(const std::string& id) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return store->Versions(id);
}

Result<EditResult> LibraryBoards::RestoreVersion(const std::string& id, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  return Resolved(store->RestoreVersion(id, version));
}

// Asset records in the order of the items; empty ones where the library knows nothing.
Status LibraryBoards::FillRecords(const Board& board, BoardView& view) {
  std::vector<AssetId> assets;
  for (const std::size_t i : view.items) assets.push_back(board.items[i].asset);
  VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records, pictures_.Records(assets));
  std::map<AssetId, std::size_t> by_id;
  for (std::size_t i = 0; i < records.size(); ++i) by_id.emplace(records[i].id, i);
  for (std::size_t i = 0; i < assets.size(); ++i) {
    const auto found = by_id.find(assets[i]);
    AssetRecord record = found == by_id.end() ? AssetRecord() : records[found->second];
    // One whose files are gone is still known by its vector.
    record.id = assets[i];
    view.records.push_back(std::move(record));
  }
  return {};
}

template <typename Use>
std::invoke_result_t<Use, const Snapshot&> LibraryBoards::WithSnapshot(const Use& use) {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  auto answer = use(*snapshot);
  const bool damaged = !answer && answer.error().code() == Code::kCorrupt;
  if (!damaged || snapshot->checking == Checking::kAll) return answer;
  VITRINE_TRY_ASSIGN(snapshot, host_.snapshot(Checking::kAll));
  return use(*snapshot);
}

Status LibraryBoards::FillVectors(BoardView& view) {
  return WithSnapshot([&](const Snapshot& snapshot) {
    const Space& space = snapshot.space();
    view.model = snapshot.model;
    return vitrine::FillVectors(snapshot, space.id, space.dimension, view);
  });
}

Result<std::vector<std::string>> LibraryBoards::ClusterNames(const BoardView& view,
                                                             const std::vector<layout::Cluster>& clusters) {
  VITRINE_TRY_ASSIGN(const std::vector<std::vector<std::string>> tags, pictures_.TagsOf(view.records));
  return NameClusters(host_.words.Of(view.model), view.model->text_background(), view, tags, clusters);
}

Result<EditResult> LibraryBoards::Arrange(const std::string& id, const ArrangeRequest& request) {
  VITRINE_TRY_ASSIGN(const Board board, Get(id));
  BoardView view;
  VITRINE_TRY_ASSIGN(view.items, PicturesOf(board, request.items, Looking::kMovable));
  VITRINE_TRY(FillRecords(board, view));
  const bool by_likeness = request.by == Arrangement::kMeaning || request.by == Arrangement::kClusters;
  if (by_likeness) VITRINE_TRY(FillVectors(view));
  VITRINE_TRY_ASSIGN(const BoardEdit edit, ArrangeEdit(board, view, request,
                                                       [this](const BoardView& looked_at,
                                                              const std::vector<layout::Cluster>& clusters) {
                                                         return ClusterNames(looked_at, clusters);
                                                       }));
  return Edit(id, edit);
}

Result<std::vector<Hit>> LibraryBoards::Suggest(const std::string& id, const SuggestRequest& request) {
  VITRINE_TRY_ASSIGN(const Board board, Get(id));
  BoardView all;
  BoardView asked;
  VITRINE_TRY_ASSIGN(all.items, PicturesOf(board, {}, Looking::kAll));
  VITRINE_TRY_ASSIGN(asked.items, PicturesOf(board, request.items, Looking::kAll));
  VITRINE_TRY(FillRecords(board, all));
  VITRINE_TRY(FillRecords(board, asked));
  VITRINE_TRY(FillVectors(all));
  VITRINE_TRY(FillVectors(asked));
  return WithSnapshot([&](const Snapshot& snapshot) -> Result<std::vector<Hit>> {
    const SuggestRooms rooms{
        .snapshot = snapshot, .query = host_.rooms(snapshot), .prepare = [&](const std::string& text) {
          return host_.prepare({.text = text}, snapshot);
        }};
    VITRINE_TRY_ASSIGN(const std::vector<Match> matches, SuggestFor(rooms, board, all, asked, request));
    std::vector<Hit> hits;
    for (const Match& match : matches) hits.push_back(host_.hit(match));
    return hits;
  });
}

Result<std::vector<Swatch>> LibraryBoards::Palette(const std::string& id) {
  VITRINE_TRY_ASSIGN(const Board board, Get(id));
  BoardView view;
  VITRINE_TRY_ASSIGN(view.items, PicturesOf(board, {}, Looking::kAll));
  VITRINE_TRY(FillRecords(board, view));
  std::vector<Swatch> colours;
  for (std::size_t i = 0; i < view.items.size(); ++i) {
    const BoardItem& item = board.items[view.items[i]];
    for (Swatch swatch : view.records[i].sketch.palette) {
      swatch.share *= static_cast<float>(item.width * item.height);
      colours.push_back(swatch);
    }
  }
  return PaletteOf(colours);
}

Result<BoardExportReport> LibraryBoards::Export(const std::string& id, const ExportRequest& request,
                                                const std::string& file, VectorObserver* observer,
                                                const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const Board board, Get(id));
  LibraryPictureSource source(host_.folder, decoder_);
  return ExportBoard(board, source, request, file, observer, stop);
}

// Takes in what the library does not have. What is no picture here is noted.
Status LibraryBoards::TakeIn(const ReadPicture& picture, ImportedBoard& imported) {
  VITRINE_TRY_ASSIGN(const AssetId known, pictures_.AssetOf(picture.content));
  if (known != AssetId{}) {
    VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, pictures_.Records(std::span(&known, 1)));
    if (!records.empty()) return {};
  }
  VITRINE_TRY_ASSIGN(const std::string bytes, ReadFile(picture.path));
  const auto added = host_.add(bytes, picture.name);
  if (added) {
    ++imported.added;
    return {};
  }
  const Code code = added.error().code();
  if (code != Code::kCorrupt && code != Code::kUnsupported && code != Code::kTimeout) return added.error();
  imported.notes.push_back(Quoted(picture.name) + " was not taken in: " + added.error().message());
  return {};
}

Result<ImportedBoard> LibraryBoards::Import(const std::string& file, VectorObserver* observer,
                                            const StopSignal& stop) {
  VITRINE_TRY(pictures_.NeedLibrary());
  const std::string scratch_folders = JoinPath(host_.folder, "scratch");
  ScratchFolder::RemoveAbandoned(scratch_folders);
  VITRINE_TRY_ASSIGN(const ScratchFolder scratch, ScratchFolder::Make(scratch_folders));
  VITRINE_TRY_ASSIGN(ReadBoard read, ReadBoardFile(file, scratch.path(), observer, stop));
  ImportedBoard imported{.notes = std::move(read.notes)};
  for (std::size_t i = 0; i < read.pictures.size(); ++i) {
    if (stop.requested()) return Error(Code::kCancelled, "the import was stopped; no board was made");
    if (observer != nullptr) observer->OnStep("adding pictures", i, read.pictures.size());
    VITRINE_TRY(TakeIn(read.pictures[i], imported));
  }
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kCreate));
  VITRINE_TRY_ASSIGN(const Board board, store->Create({.name = read.board.name,
                                                       .background = read.board.background,
                                                       .items = std::move(read.board.items),
                                                       .created = read.board.created,
                                                       .changed = read.board.changed}));
  imported.id = board.id;
  for (const BoardItem& item : board.items) imported.pictures += item.kind == ItemKind::kPicture ? 1 : 0;
  return imported;
}

std::vector<std::string> LibraryBoards::BoardsWith(const std::string& content) {
  const std::lock_guard lock(mutex_);
  const auto store = Store(StoreMode::kExisting);
  if (!store) return {};
  auto ids = (*store)->BoardsWith(content);
  return ids ? *std::move(ids) : std::vector<std::string>();
}

Result<std::vector<AssetId>> LibraryBoards::PicturesOn(const std::string& board) {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(BoardStore * store, Store(StoreMode::kExisting));
  VITRINE_TRY_ASSIGN(const std::string id, store->Find(board));
  VITRINE_TRY_ASSIGN(const std::vector<std::string> contents, store->ContentsOf(id));
  std::vector<AssetId> assets;
  for (const std::string& content : contents) {
    VITRINE_TRY_ASSIGN(const AssetId asset, pictures_.AssetOf(content));
    if (asset != AssetId{}) assets.push_back(asset);
  }
  return assets;
}

Result<std::set<std::string>> LibraryBoards::AllContents() {
  const std::lock_guard lock(mutex_);
  const auto store = Store(StoreMode::kExisting);
  if (!store && store.error().code() == Code::kNotFound) return std::set<std::string>();
  if (!store) return store.error();
  VITRINE_TRY_ASSIGN(const std::vector<std::string> contents, (*store)->AllContents());
  return std::set<std::string>(contents.begin(), contents.end());
}

}  // namespace

std::unique_ptr<EngineBoards> MakeBoards(BoardsHost host) {
  return std::make_unique<LibraryBoards>(std::move(host));
}

}  // namespace vitrine
