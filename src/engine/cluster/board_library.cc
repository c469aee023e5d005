#include "engine/cluster/board_library.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "cluster/board_storage.h"
#include "cluster/browsing.h"
#include "cluster/looking.h"
#include "cluster/understood.h"
#include "engine/board_source.h"
#include "engine/board_suggest.h"
#include "engine/cluster/originals.h"
#include "engine/cluster/subjects.h"
#include "engine/installation.h"
#include "engine/search_result.h"
#include "engine/tag_subjects.h"
#include "index/row_table.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

class ClusterBoardLibrary final : public BoardLibrary {
 public:
  explicit ClusterBoardLibrary(ClusterBoardsHost host)
      : host_(std::move(host)), store_(cluster::OpenBoardsOn(host_.room.cluster())) {}

  // Whoever has a room has a library.
  Status Need() override { return {}; }
  Result<BoardStore*> Store(StoreMode) override { return &store_; }
  std::string ScratchFolder() const override { return JoinPath(DefaultCacheFolder(), "scratch"); }

  Result<std::vector<AssetId>> AssetsOf(std::span<const std::string> contents) override {
    return Ask([&](cluster::Browsing& browsing) { return browsing.IdsOf(contents); });
  }
  Result<std::vector<AssetRecord>> Records(std::span<const AssetId> assets) override;
  Result<std::vector<std::vector<std::string>>> TagsOf(std::span<const AssetRecord> records) override;
  Result<std::vector<AssetId>> PicturesAt(std::span<const PathBytes> paths) override;
  Status FillVectors(BoardView& view) override;
  TagWords& WordsOf(const std::shared_ptr<Embedder>& model) override { return host_.room.words().Of(model); }
  Result<std::vector<Hit>> Suggest(const Board& board, const BoardView& all, const BoardView& asked,
                                   const SuggestRequest& request) override;
  std::unique_ptr<PictureSource> Pictures() override;
  Result<AssetId> Add(const std::string&, const std::string&) override {
    return Error(Code::kUnsupported,
                 "a library on a cluster takes in pictures from folders, with vitrine index, and not from "
                 "boards");
  }

 private:
  template <typename Question>
  auto Ask(const Question& question) const -> decltype(question(std::declval<cluster::Browsing&>())) {
    return cluster::Understood(host_.room.address(), [&] {
      cluster::Browsing browsing(host_.room.cluster(), host_.room.alias());
      auto answer = question(browsing);
      if (answer && browsing.missing().any()) {
        return decltype(answer)(
            Error(Code::kIo, browsing.missing().InWords() + "; try again when it is green"));
      }
      return answer;
    });
  }
  Result<std::vector<std::vector<float>>> VectorsOf(std::span<const AssetId> assets) const {
    return Ask(
        [&](cluster::Browsing& browsing) { return browsing.Vectors(assets, host_.room.meta().dimension); });
  }
  Result<SampledPictures> SampleOf(std::span<const AssetId> leave_out, std::size_t most) const;
  Result<std::optional<KnownPicture>> Known(const Sha256Digest& content) const;

  const ClusterBoardsHost host_;
  BoardStore store_;
};

Result<std::vector<AssetRecord>> ClusterBoardLibrary::Records(std::span<const AssetId> assets) {
  VITRINE_TRY_ASSIGN(std::vector<cluster::PictureCopy> pictures,
                     Ask([&](cluster::Browsing& browsing) { return browsing.Pictures(assets); }));
  std::vector<AssetRecord> records;
  for (cluster::PictureCopy& picture : pictures) records.push_back(std::move(picture.asset));
  return records;
}

Result<std::vector<std::vector<std::string>>> ClusterBoardLibrary::TagsOf(
    std::span<const AssetRecord> records) {
  std::vector<AssetId> assets;
  for (const AssetRecord& record : records) assets.push_back(record.id);
  VITRINE_TRY_ASSIGN(const std::vector<cluster::PictureCopy> pictures,
                     Ask([&](cluster::Browsing& browsing) { return browsing.Pictures(assets); }));
  std::map<AssetId, std::vector<std::string>> accepted;
  for (const cluster::PictureCopy& picture : pictures) {
    std::vector<std::string>& tags = accepted[picture.asset.id];
    tags.clear();
    for (const AssetTag& tag : picture.tags) {
      if (tag.mark.state == TagState::kAccepted) tags.push_back(tag.path);
    }
    std::ranges::sort(tags);
  }
  std::vector<std::vector<std::string>> tags;
  for (const AssetId asset : assets) tags.push_back(accepted[asset]);
  return tags;
}

Result<std::vector<AssetId>> ClusterBoardLibrary::PicturesAt(std::span<const PathBytes> paths) {
  return cluster::Understood(host_.room.address(), [&] {
    return AssetsAt(paths, [&](const PathBytes& path) {
      return PicturesUnder(host_.room.cluster(), host_.room.alias(), path);
    });
  });
}

Status ClusterBoardLibrary::FillVectors(BoardView& view) {
  VITRINE_TRY_ASSIGN(view.model, host_.room.Model());
  VITRINE_TRY_ASSIGN(const auto vectors, VectorsOf(AssetsOnView(view)));
  PutVectors(vectors, host_.room.meta().dimension, view);
  return {};
}

Result<SampledPictures> ClusterBoardLibrary::SampleOf(std::span<const AssetId> leave_out,
                                                      std::size_t most) const {
  return cluster::Understood(host_.room.address(), [&]() -> Result<SampledPictures> {
    Json ids = Json::array();
    for (const AssetId asset : leave_out) ids.push_back(static_cast<std::int64_t>(asset));
    const Json others = {{"bool", {{"must_not", {{"terms", {{"id", std::move(ids)}}}}}}}};
    cluster::Looking looking(host_.room.cluster(), host_.room.alias(), host_.room.meta());
    VITRINE_TRY_ASSIGN(cluster::DrawnPictures drawn, looking.Draw(others, most));
    SampledPictures sample{.assets = std::move(drawn.ids),
                           .vectors = Matrix(drawn.vectors.rows(), host_.room.meta().dimension)};
    const std::shared_ptr<const RowTable> table = TableInMemory(drawn.vectors);
    for (RowId row = 0; row < sample.assets.size(); ++row)
      std::ranges::copy(table->Vector(row), sample.vectors.row(row).begin());
    return sample;
  });
}

Result<std::vector<Hit>> ClusterBoardLibrary::Suggest(const Board& board, const BoardView& all,
                                                      const BoardView& asked, const SuggestRequest& request) {
  const SuggestRooms rooms{
      .dimension = host_.room.meta().dimension,
      .prepare = [&](const std::string& text) { return host_.prepare({.text = text}); },
      .run = [&](std::span<const PreparedQuery> queries, std::size_t limit) -> Result<std::vector<Answer>> {
        std::vector<Answer> answers;
        for (const PreparedQuery& query : queries) {
          VITRINE_TRY_ASSIGN(Answer answer, host_.run(query, {.limit = limit}));
          answers.push_back(std::move(answer));
        }
        return answers;
      },
      .vectors_of = [&](std::span<const AssetId> assets) { return VectorsOf(assets); },
      .sample = [&](std::span<const AssetId> leave_out,
                    std::size_t most) { return SampleOf(leave_out, most); },
      .records_of = [&](std::span<const AssetId> assets) { return Records(assets); }};
  VITRINE_TRY_ASSIGN(const std::vector<Match> matches, SuggestFor(rooms, board, all, asked, request));
  std::vector<Hit> hits;
  for (const Match& match : matches) hits.push_back(HitOf(match, ""));
  return hits;
}

Result<std::optional<KnownPicture>> ClusterBoardLibrary::Known(const Sha256Digest& content) const {
  using Known = std::optional<KnownPicture>;
  return cluster::Understood(host_.room.address(), [&]() -> Result<Known> {
    cluster::Looking looking(host_.room.cluster(), host_.room.alias(), host_.room.meta());
    VITRINE_TRY_ASSIGN(std::optional<cluster::PictureCopy> picture, looking.PictureWithContent(content));
    if (!picture) return Known();
    return Known({.record = std::move(picture->asset), .caption = std::move(picture->note.caption)});
  });
}

std::unique_ptr<PictureSource> ClusterBoardLibrary::Pictures() {
  return std::make_unique<LibraryPictureSource>(
      BoardPictureRooms{
          .known = [this](const Sha256Digest& content) { return Known(content); },
          .files = {.content_of = [this](AssetId id) -> Result<Sha256Digest> {
                      VITRINE_TRY_ASSIGN(const cluster::PictureCopy picture,
                                         PictureOnCluster(host_.room, id));
                      return picture.asset.content;
                    },
                    .original_of = [this](AssetId id) { return OriginalOnCluster(host_.room, id); }},
          .thumbs_folder = JoinPath(DefaultCacheFolder(), "thumbs")},
      host_.room.decoder());
}

}  // namespace

std::unique_ptr<BoardLibrary> MakeClusterBoardLibrary(ClusterBoardsHost host) {
  return std::make_unique<ClusterBoardLibrary>(std::move(host));
}

}  // namespace vitrine
