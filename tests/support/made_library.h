// A library of made facts without a single picture file, and a gallery over it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "catalog/catalog.h"
#include "engine/gallery.h"
#include "index/quantise.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"

namespace vitrine {

class MadeLibrary : public ::testing::Test {
 protected:
  /// Records pictures; what is said of them is the caller's, content and vectors are made.
  void Record(std::vector<FileOutcome> outcomes, const PathBytes& root = "/photos") {
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    ASSERT_TRUE(catalog->EnsureSpace(space().id, space().model, space().dimension));
    Matrix vectors(outcomes.size(), space().dimension);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      outcomes[i].new_asset->content = Sha256(outcomes[i].path);
      vectors.row(i)[i % space().dimension] = 1;
    }
    const std::int64_t run = catalog->BeginRun(root).value();
    ASSERT_TRUE(catalog->RecordBatch(run, space().id, outcomes, Encode(vectors)));
  }

  static FileOutcome Picture(const PathBytes& path, const std::string& taken_at = "") {
    FileOutcome outcome{.path = path};
    outcome.new_asset = NewAsset{.info = {.width_px = 300, .height_px = 200, .format = "jpeg", .facts = {}}};
    if (!taken_at.empty()) outcome.new_asset->info.facts.taken_at = taken_at;
    return outcome;
  }

  const Space& space() const { return embedder_.space(); }

  Gallery& gallery() {
    if (!gallery_) {
      gallery_ = MakeGallery({.folder = folder_.path(),
                              .model = model_,
                              .writer = writer_,
                              .views = views_,
                              .decoders = {.worker_program = VITRINE_BINARY_DIR "/vitrine-decode"},
                              .search = [](const Query&, const SearchOptions&) -> Result<SearchResult> {
                                return Error(Code::kModel, "a made library is not searched");
                              },
                              .boards_of = boards_of_});
    }
    return *gallery_;
  }

  std::vector<std::string> NamesIn(const Listing& listing) {
    std::vector<std::string> names;
    const std::vector<PictureDetails> all = gallery().Details(listing.ids).value();
    for (const PictureDetails& details : all) {
      names.emplace_back(NameOf(details.paths.front()));
    }
    return names;
  }

  const TempFolder folder_;
  FakeEmbedder embedder_;
  SharedWriter writer_{folder_.path()};
  const ModelLookup model_ = [this](Catalog&) { return OpenModel(OpenModel(), &embedder_); };
  ViewKeeper views_{folder_.path(), model_};
  std::function<std::vector<std::string>(const std::string&)> boards_of_;
  std::unique_ptr<Gallery> gallery_;
};

}  // namespace vitrine
