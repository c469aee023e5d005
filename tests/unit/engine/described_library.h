// The library that tests of a cluster compare with one on this machine.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "cluster/picture_doc.h"
#include "engine/cluster/copy.h"
#include "index/quantise.h"
#include "support/fake_embedder.h"
#include "support/stand_in_cluster.h"
#include "support/temp_folder.h"

namespace vitrine {

inline constexpr int kPictures = 300;
inline constexpr std::array kWords = {"red",   "blue",  "dog",   "beach",       "snow",
                                      "kayak", "Sibiu", "night", "caf\xC3\xA9", "cat"};

/// 300 pictures with facts, tags, notes and copies, in a library on this machine and on a cluster in memory.
class DescribedLibraryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalog_ = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    const Space& space = embedder_.space();
    ASSERT_TRUE(catalog_->EnsureSpace(space.id, space.model, space.dimension));
    RecordPictures();
    DescribePictures();
    const auto source = catalog_->Vectors(space.id).value();
    rows_ = source->Read(0, kPictures).value();
    stand_in_ = std::make_unique<StandInCluster>(Documents());
    cluster_ = stand_in_->Open();
  }

  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }
  std::string Word() { return kWords[Below(kWords.size())]; }

  void RecordPictures() {
    std::vector<FileOutcome> outcomes;
    std::vector<std::string> looks;
    for (int i = 0; i < kPictures; ++i) {
      FileOutcome& outcome = outcomes.emplace_back();
      outcome.path = "/photos/" + std::to_string(2020 + Below(5)) + "/" + Word() + "/" + Word() + "_" +
                     std::to_string(i) + (Below(2) == 0 ? ".JPG" : ".png");
      outcome.stamp.size_bytes = Below(12'000'000);
      NewAsset asset{.content = Sha256(outcome.path)};
      asset.info = {.width_px = static_cast<std::int32_t>(200 + Below(5000)),
                    .height_px = static_cast<std::int32_t>(200 + Below(4000)),
                    .format = Below(2) == 0 ? "jpeg" : "png",
                    .facts = {}};
      if (Below(3) > 0) {
        asset.info.facts.taken_at = std::to_string(2021 + Below(3)) + "-0" + std::to_string(1 + Below(9)) +
                                    "-1" + std::to_string(Below(10)) + "T10:00:00";
        asset.info.facts.camera = Below(2) == 0 ? "FUJIFILM X-T5" : "LEICA Q3";
        asset.info.facts.iso = std::int64_t{100} << Below(5);
        asset.info.facts.f_number = 1.4 * static_cast<double>(1 + Below(4));
        asset.info.facts.exposure_s = 1.0 / static_cast<double>(1 + Below(500));
        asset.info.facts.latitude = 48 + static_cast<double>(Below(100)) / 50;
        asset.info.facts.longitude = 2 + static_cast<double>(Below(100)) / 50;
      }
      asset.sketch = {
          .palette = {{static_cast<std::uint8_t>(Below(256)), static_cast<std::uint8_t>(Below(256)),
                       static_cast<std::uint8_t>(Below(256)), 1.0F}},
          .hash = NextHash(outcomes),
          .sharpness = 1};
      outcome.new_asset = std::move(asset);
      looks.push_back(Word() + " " + Word() + " " + Word());
    }
    for (std::int64_t i = 1; i < kPictures; i += 40) {
      outcomes.push_back({.path = "/photos/again/copy_" + std::to_string(i) + ".jpg", .asset = AssetId{i}});
    }
    const std::int64_t run = catalog_->BeginRun("/photos").value();
    ASSERT_TRUE(catalog_->RecordBatch(run, embedder_.space().id, outcomes,
                                      Encode(embedder_.EmbedTexts(looks).value())));
  }

  // Now and then some bits from that of the picture before.
  std::uint64_t NextHash(std::span<const FileOutcome> outcomes) {
    if (outcomes.size() < 2 || Below(6) > 0) return random_();
    std::uint64_t hash = outcomes[outcomes.size() - 2].new_asset->sketch.hash;
    for (std::size_t flips = Below(6); flips > 0; --flips) hash ^= std::uint64_t{1} << (1 + Below(63));
    return hash;
  }

  void DescribePictures() {
    const auto change = catalog_->annotations().Begin("describe").value();
    for (std::int64_t i = 1; i <= kPictures; ++i) {
      const AssetId asset{i};
      if (Below(3) == 0) {
        const TagMark mark = {.state = Below(3) == 0 ? TagState::kRejected : TagState::kAccepted};
        ASSERT_TRUE(change->Mark("animals/" + Word(), std::span(&asset, 1), mark));
      }
      if (Below(3) == 0) {
        ASSERT_TRUE(change->SetNote(
            asset, {.rating = static_cast<std::int32_t>(Below(7)) - 1, .caption = Word() + ", " + Word()}));
      }
    }
    ASSERT_TRUE(change->Commit());
  }

  std::vector<StandInCluster::Document> Documents() {
    std::vector<StandInCluster::Document> documents;
    std::vector<RowId> rows;
    for (RowId row = 0; row < kPictures; ++row) rows.push_back(row);
    auto assets = catalog_->AssetsOfRows(embedder_.space().id, rows).value();
    for (auto& [row, asset] : assets) {
      const auto picture = ReadPicture(*catalog_, std::move(asset), rows_, row).value();
      documents.push_back({cluster::DocumentId(picture.asset.content),
                           cluster::DocumentOf(picture, cluster::VectorKind::kByte)});
    }
    return documents;
  }

  const TempFolder folder_;
  FakeEmbedder embedder_;
  std::mt19937_64 random_{21};
  std::unique_ptr<Catalog> catalog_;
  EncodedRows rows_;
  std::unique_ptr<StandInCluster> stand_in_;
  std::unique_ptr<cluster::Cluster> cluster_;
};

}  // namespace vitrine
