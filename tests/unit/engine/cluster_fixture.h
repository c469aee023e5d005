// A library on this machine of made pictures, and an empty cluster that stands in for a real one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/matrix.h"
#include "catalog/catalog.h"
#include "engine/active_model.h"
#include "engine/cluster/link.h"
#include "index/quantise.h"
#include "model/open.h"
#include "support/stand_in_cluster.h"
#include "support/temp_folder.h"
#include "unit/model/tiny_pack.h"
#include "vitrine/cluster.h"

namespace vitrine {

class ClusterFixture : public ::testing::Test {
 protected:
  static constexpr int kPictures = 1200;
  static constexpr char kAlias[] = "vitrine-library-a";

  void SetUp() override {
    const Space space = OpenEmbedder({.pack_folder = tiny_.path()}).value()->space();
    const auto catalog = Catalog::Open(local_.folder, CatalogMode::kWrite).value();
    ASSERT_TRUE(catalog->EnsureSpace(space.id, space.model, space.dimension));
    ASSERT_TRUE(RememberModels(*catalog, {.first = tiny_.path(), .second = {}}));
    std::mt19937 random(11);
    Matrix vectors(kPictures, space.dimension);
    std::vector<FileOutcome> outcomes;
    for (std::size_t i = 0; i < kPictures; ++i) {
      FileOutcome& outcome = outcomes.emplace_back();
      outcome.path = "/photos/2024/p" + std::to_string(i) + ".jpg";
      outcome.stamp = {.size_bytes = 1000 + i, .mtime_ns = 7};
      outcome.new_asset = NewAsset{.content = Sha256(outcome.path)};
      outcome.new_asset->info = {.width_px = 640, .height_px = 480, .format = "jpeg", .facts = {}};
      for (std::size_t d = 0; d < space.dimension; ++d)
        vectors.row(i)[d] = std::normal_distribution<float>()(random);
    }
    const std::int64_t run = catalog->BeginRun("/photos").value();
    ASSERT_TRUE(catalog->RecordBatch(run, space.id, outcomes, Encode(vectors)));
    const auto change = catalog->annotations().Begin("describe").value();
    for (std::int64_t i = 1; i <= kPictures; i += 3) {
      const AssetId asset{i};
      ASSERT_TRUE(change->Mark("animals/bird", std::span(&asset, 1), {.state = TagState::kAccepted}));
      ASSERT_TRUE(change->SetNote(asset, {.rating = 4, .caption = "number " + std::to_string(i)}));
    }
    ASSERT_TRUE(change->Commit());
  }

  Result<CopyReport> Send(StandInCluster::Hook hook = nullptr, VectorObserver* observer = nullptr) {
    StandInCluster line(store_, std::move(hook));
    return CopyToCluster(local_, LinkOver(line), {}, observer, stop_);
  }
  Result<CopyReport> Fetch(StandInCluster::Hook hook = nullptr, VectorObserver* observer = nullptr) {
    StandInCluster line(store_, std::move(hook));
    return CopyFromCluster(back_, LinkOver(line), observer, stop_);
  }
  static std::shared_ptr<ClusterLink> LinkOver(StandInCluster& line) {
    return std::make_shared<ClusterLink>(ClusterLink{line.link(), StandInCluster::kAddress});
  }

  const TempFolder folder_;
  const TinyPack tiny_;
  const LibraryOptions local_ = {.folder = folder_.File("library"), .model = tiny_.path()};
  const std::string back_ = folder_.File("back");
  const StopSignal stop_;
  std::shared_ptr<StandInStore> store_ = std::make_shared<StandInStore>();
};

}  // namespace vitrine
