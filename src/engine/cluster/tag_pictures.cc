#include "engine/cluster/tag_pictures.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/try.h"
#include "cluster/annotations.h"
#include "cluster/filter_json.h"
#include "cluster/looking.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "engine/cluster/subjects.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTogether = 2'000;  // Pictures a request.
constexpr std::size_t kMostKept = 100'000;

Matrix VectorsIn(const EncodedRows& rows) {
  Matrix vectors(rows.rows(), rows.dimension);
  if (rows.rows() == 0) return vectors;
  const auto table = TableInMemory(rows);
  for (RowId row = 0; row < rows.rows(); ++row)
    std::ranges::copy(table->Vector(row), vectors.row(row).begin());
  return vectors;
}

AssetId IdOf(const Json& source) { return AssetId{source.at("id").get<std::int64_t>()}; }

// A page of pictures on its way to who visits it.
class Page {
 public:
  Page(std::size_t dimension, const BatchVisit& visit) : visit_(visit) { rows_.dimension = dimension; }

  Status Add(const Json& source) {
    VITRINE_TRY_ASSIGN(const EncodedRows row, cluster::CodeOf(source, rows_.dimension));
    rows_.Append(row, 0, 1);
    pictures_.push_back({.id = IdOf(source), .paths = cluster::PathsOf(source.at("picture"))});
    return pictures_.size() < kTogether ? Status() : Give();
  }

  // kCancelled when it was the last one wanted.
  Status Give() {
    if (pictures_.empty()) return {};
    const auto table = TableInMemory(std::exchange(rows_, {.dimension = rows_.dimension}));
    const std::vector<PlacedPicture> pictures = std::exchange(pictures_, {});
    std::vector<RowId> all(pictures.size());
    for (RowId row = 0; row < all.size(); ++row) all[row] = row;
    const auto named = [&](std::span<const RowId> rows) -> Result<std::vector<PlacedPicture>> {
      std::vector<PlacedPicture> some;
      for (const RowId row : rows) some.push_back(pictures[row]);
      return some;
    };
    VITRINE_TRY_ASSIGN(wanted_more_, visit_({.table = *table, .rows = all, .pictures = named}));
    return wanted_more_ ? Status() : Status(Error(Code::kCancelled, "no more pictures are wanted"));
  }

  bool wanted_more() const { return wanted_more_; }

 private:
  const BatchVisit& visit_;
  EncodedRows rows_;
  std::vector<PlacedPicture> pictures_;
  bool wanted_more_ = true;
};

class ClusterPictures final : public TagPictures {
 public:
  explicit ClusterPictures(TagPicturesRoom room)
      : room_(std::move(room)), annotations_(room_.cluster, room_.index, room_.meta) {}

  Result<std::shared_ptr<Embedder>> Model() override { return room_.model(); }
  Annotations& said() override { return annotations_; }
  Result<std::vector<PlacedPicture>> At(const PathBytes& path) override {
    return PicturesUnder(room_.cluster, room_.index, path);
  }

  Result<Matrix> Sample(std::size_t most) override {
    cluster::Looking looking(room_.cluster, room_.index, room_.meta);
    VITRINE_TRY_ASSIGN(const EncodedRows rows, looking.Sample(most));
    return VectorsIn(rows);
  }

  Result<Matrix> VectorsOf(std::span<const AssetId> pictures) override {
    VITRINE_TRY(Load(pictures));
    EncodedRows rows{.dimension = room_.meta.dimension};
    for (const AssetId picture : pictures) {
      if (const auto known = kept_.find(picture); known != kept_.end()) rows.Append(known->second, 0, 1);
    }
    return VectorsIn(rows);
  }

  Status ForEach(const TagSubjects& subjects, const BatchVisit& visit) override {
    Page page(room_.meta.dimension, visit);
    const Status visited =
        ForEachDocument(subjects, {"id", "code", "picture.files.path", "picture.files.path_b64"},
                        [&](const Json& source) { return page.Add(source); });
    const Status given = visited ? page.Give() : visited;
    return page.wanted_more() ? given : Status();
  }

 private:
  Status ForEachDocument(const TagSubjects& subjects, const std::vector<std::string>& fields,
                         const std::function<Status(const Json&)>& visit) const {
    const auto see = [&](const std::string&, const Json& source) { return visit(source); };
    if (subjects.all) return cluster::ForEachDocument(room_.cluster, room_.index, fields, see, kTogether);
    for (std::size_t first = 0; first < subjects.pictures.size(); first += kTogether) {
      const auto some =
          std::span(subjects.pictures).subspan(first, std::min(kTogether, subjects.pictures.size() - first));
      VITRINE_TRY(cluster::ForEachMatch(room_.cluster, room_.index, cluster::PicturesFilter(some), fields,
                                        see, kTogether));
    }
    return {};
  }

  // Reads those that were not read before.
  Status Load(std::span<const AssetId> pictures) {
    if (kept_.size() + pictures.size() > kMostKept) kept_.clear();
    TagSubjects missing;
    std::ranges::copy_if(pictures, std::back_inserter(missing.pictures),
                         [&](AssetId picture) { return !kept_.contains(picture); });
    return ForEachDocument(missing, {"id", "code"}, [&](const Json& source) -> Status {
      VITRINE_TRY_ASSIGN(kept_[IdOf(source)], cluster::CodeOf(source, room_.meta.dimension));
      return {};
    });
  }

  const TagPicturesRoom room_;
  cluster::ClusterAnnotations annotations_;
  std::unordered_map<AssetId, EncodedRows> kept_;
};

}  // namespace

std::unique_ptr<TagPictures> PicturesOn(TagPicturesRoom room) {
  return std::make_unique<ClusterPictures>(std::move(room));
}

}  // namespace vitrine
