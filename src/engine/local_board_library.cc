#include "engine/local_board_library.h"

#include <sys/stat.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "engine/board_source.h"
#include "engine/board_suggest.h"
#include "engine/lazy_decoder.h"
#include "engine/reader.h"
#include "engine/tag_subjects.h"

namespace vitrine {
namespace {

class LocalBoardLibrary final : public BoardLibrary {
 public:
  explicit LocalBoardLibrary(BoardsHost host)
      : host_(std::move(host)), reader_(host_.folder), decoder_(host_.decoders) {}

  Status Need() override {
    return reader_.With([](Catalog&) { return Status(); });
  }
  Result<BoardStore*> Store(StoreMode mode) override;
  std::string ScratchFolder() const override { return JoinPath(host_.folder, "scratch"); }
  Result<std::vector<AssetId>> AssetsOf(std::span<const std::string> contents) override;
  Result<std::vector<AssetRecord>> Records(std::span<const AssetId> assets) override {
    return reader_.With([&](Catalog& catalog) { return catalog.AssetsOf(assets); });
  }
  Result<std::vector<std::vector<std::string>>> TagsOf(std::span<const AssetRecord> records) override;
  Result<std::vector<AssetId>> PicturesAt(std::span<const PathBytes> paths) override;
  Status FillVectors(BoardView& view) override;
  TagWords& WordsOf(const std::shared_ptr<Embedder>& model) override { return host_.words.Of(model); }
  Result<std::vector<Hit>> Suggest(const Board& board, const BoardView& all, const BoardView& asked,
                                   const SuggestRequest& request) override;
  std::unique_ptr<PictureSource> Pictures() override;
  Result<AssetId> Add(const std::string& bytes, const std::string& name) override {
    return host_.add(bytes, name);
  }

 private:
  template <typename Use>
  std::invoke_result_t<Use, const Snapshot&> WithSnapshot(const Use& use);
  Result<std::optional<KnownPicture>> Known(const Sha256Digest& content);

  const BoardsHost host_;
  SharedReader reader_;
  LazyDecoder decoder_;
  std::unique_ptr<BoardStore> store_;
  dev_t device_ = 0;  // Of its file.
  ino_t inode_ = 0;
};

// The store, opened anew when another file lies at its path.
Result<BoardStore*> LocalBoardLibrary::Store(StoreMode mode) {
  VITRINE_TRY(Need());
  struct stat status{};
  const std::string path = JoinPath(host_.folder, "boards.sqlite");
  const bool there = stat(path.c_str(), &status) == 0;
  if (store_ && there && status.st_dev == device_ && status.st_ino == inode_) return store_.get();
  store_.reset();
  VITRINE_TRY_ASSIGN(std::unique_ptr<BoardStorage> storage, OpenBoardsIn(host_.folder, mode));
  store_ = std::make_unique<BoardStore>(std::move(storage));
  if (stat(path.c_str(), &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
  }
  return store_.get();
}

Result<std::vector<AssetId>> LocalBoardLibrary::AssetsOf(std::span<const std::string> contents) {
  return reader_.With([&](Catalog& catalog) -> Result<std::vector<AssetId>> {
    std::vector<AssetId> assets;
    for (const std::string& content : contents) {
      const std::optional<Sha256Digest> digest = DigestFromHex(content);
      std::optional<AssetId> asset;
      if (digest) {
        VITRINE_TRY_ASSIGN(asset, catalog.AssetOfContent(*digest));
      }
      assets.push_back(asset.value_or(AssetId{}));
    }
    return assets;
  });
}

Result<std::vector<std::vector<std::string>>> LocalBoardLibrary::TagsOf(
    std::span<const AssetRecord> records) {
  using Tags = std::vector<std::vector<std::string>>;
  return reader_.With([&](Catalog& catalog) -> Result<Tags> {
    Tags tags(records.size());
    for (std::size_t i = 0; i < tags.size(); ++i) {
      VITRINE_TRY_ASSIGN(const std::vector<AssetTag> marks, catalog.annotations().TagsOf(records[i].id));
      for (const AssetTag& tag : marks) {
        if (tag.mark.state == TagState::kAccepted) tags[i].push_back(tag.path);
      }
    }
    return tags;
  });
}

Result<std::vector<AssetId>> LocalBoardLibrary::PicturesAt(std::span<const PathBytes> paths) {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  return AssetsAt(paths, KnownIn(*snapshot));
}

template <typename Use>
std::invoke_result_t<Use, const Snapshot&> LocalBoardLibrary::WithSnapshot(const Use& use) {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  auto answer = use(*snapshot);
  const bool damaged = !answer && answer.error().code() == Code::kCorrupt;
  if (!damaged || snapshot->checking == Checking::kAll) return answer;
  VITRINE_TRY_ASSIGN(snapshot, host_.snapshot(Checking::kAll));
  return use(*snapshot);
}

// Of each its vector; empty where there is none.
Result<std::vector<std::vector<float>>> VectorsOf(const Snapshot& snapshot, std::span<const AssetId> assets) {
  std::vector<std::vector<float>> vectors(assets.size());
  for (std::size_t i = 0; i < assets.size(); ++i) {
    if (assets[i] == AssetId{}) continue;
    VITRINE_TRY_ASSIGN(const auto row, snapshot.catalog->RowOf(snapshot.space().id, assets[i]));
    if (!row || *row >= snapshot.rows->row_count()) continue;
    VITRINE_TRY(snapshot.rows->Verify(*row, *row + 1));
    vectors[i] = snapshot.rows->Vector(*row);
  }
  return vectors;
}

Status LocalBoardLibrary::FillVectors(BoardView& view) {
  return WithSnapshot([&](const Snapshot& snapshot) -> Status {
    VITRINE_TRY_ASSIGN(const auto vectors, VectorsOf(snapshot, AssetsOnView(view)));
    PutVectors(vectors, snapshot.space().dimension, view);
    view.model = snapshot.model;
    return {};
  });
}

// Pictures of the library that are not left out, at most so many, evenly taken.
Result<SampledPictures> SampleOf(const Snapshot& snapshot, std::span<const AssetId> leave_out,
                                 std::size_t most) {
  const std::string& space = snapshot.space().id;
  RowSet allowed = snapshot.live;
  for (const AssetId asset : leave_out) {
    VITRINE_TRY_ASSIGN(const auto row, snapshot.catalog->RowOf(space, asset));
    if (row && *row < allowed.size()) allowed.Erase(*row);
  }
  std::vector<RowId> rows;
  for (RowId row = 0; row < allowed.size(); ++row) {
    if (allowed.Contains(row)) rows.push_back(row);
  }
  const std::size_t count = std::min(most, rows.size());
  for (std::size_t i = 0; i < count; ++i) rows[i] = rows[i * rows.size() / count];
  rows.resize(count);
  SampledPictures sample{.assets = {}, .vectors = Matrix(count, snapshot.space().dimension)};
  VITRINE_TRY_ASSIGN(const auto assets, snapshot.catalog->AssetsOfRows(space, rows));
  for (const auto& [row, asset] : assets) {
    std::ranges::copy(snapshot.index->Vector(row), sample.vectors.row(sample.assets.size()).begin());
    sample.assets.push_back(asset.id);
  }
  return sample;
}

Result<std::vector<Hit>> LocalBoardLibrary::Suggest(const Board& board, const BoardView& all,
                                                    const BoardView& asked, const SuggestRequest& request) {
  return WithSnapshot([&](const Snapshot& snapshot) -> Result<std::vector<Hit>> {
    const SuggestRooms rooms{
        .dimension = snapshot.space().dimension,
        .prepare = [&](const std::string& text) { return host_.prepare({.text = text}, snapshot); },
        .run =
            [&](std::span<const PreparedQuery> queries, std::size_t limit) {
              return RunQueries(host_.rooms(snapshot), queries, {.limit = limit});
            },
        .vectors_of = [&](std::span<const AssetId> assets) { return VectorsOf(snapshot, assets); },
        .sample = [&](std::span<const AssetId> leave_out,
                      std::size_t most) { return SampleOf(snapshot, leave_out, most); },
        .records_of = [&](std::span<const AssetId> assets) { return snapshot.catalog->AssetsOf(assets); }};
    VITRINE_TRY_ASSIGN(const std::vector<Match> matches, SuggestFor(rooms, board, all, asked, request));
    std::vector<Hit> hits;
    for (const Match& match : matches) hits.push_back(host_.hit(match));
    return hits;
  });
}

Result<std::optional<KnownPicture>> LocalBoardLibrary::Known(const Sha256Digest& content) {
  using Known = std::optional<KnownPicture>;
  return reader_.With([&](Catalog& catalog) -> Result<Known> {
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> id, catalog.AssetOfContent(content));
    if (!id) return Known();
    KnownPicture picture;
    VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records, catalog.AssetsOf(std::span(&*id, 1)));
    if (!records.empty()) picture.record = std::move(records.front());
    picture.record.id = *id;
    VITRINE_TRY_ASSIGN(const Note note, catalog.annotations().NoteOf(*id));
    picture.caption = note.caption;
    return Known(std::move(picture));
  });
}

std::unique_ptr<PictureSource> LocalBoardLibrary::Pictures() {
  return std::make_unique<LibraryPictureSource>(
      BoardPictureRooms{.known = [this](const Sha256Digest& content) { return Known(content); },
                        .files = SourcesIn(reader_),
                        .thumbs_folder = JoinPath(host_.folder, "thumbs")},
      decoder_);
}

}  // namespace

std::unique_ptr<BoardLibrary> MakeLocalBoardLibrary(BoardsHost host) {
  return std::make_unique<LocalBoardLibrary>(std::move(host));
}

}  // namespace vitrine
