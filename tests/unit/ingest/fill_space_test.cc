#include "ingest/fill_space.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/try.h"
#include "unit/ingest/ingest_fixture.h"

namespace vitrine {
namespace {

/// A library of 30 pictures that one model has seen, and another model.
class FillSpaceTest : public IngestFixture {
 protected:
  void SetUp() override {
    IngestFixture::SetUp();
    WriteMany(0, 30);
    Write("copy.jpg", Bytes(3));
    Run();
    ASSERT_TRUE(catalog_->EnsureSpace(other_.space().id, "other 1", other_.space().dimension));
  }

  Result<FillOutcome> TryFill(const StopSignal& stop, Embedder& embedder) {
    const auto ask = [this](const std::function<Status(Catalog&)>& work) { return work(*catalog_); };
    const auto change = [this](const std::function<Status(Catalog&)>& work) {
      ++writes_;
      return catalog_broken_ ? Status(Error(Code::kNoSpace, "the disk is full")) : work(*catalog_);
    };
    return FillSpace({.read = ask, .write = change}, decoder_, embedder, options_of_fill_, stop);
  }

  FillOutcome Fill() {
    auto outcome = TryFill(stop_, other_);
    EXPECT_TRUE(outcome) << outcome.error().message();
    return outcome ? *std::move(outcome) : FillOutcome();
  }

  std::size_t Due() { return catalog_->AssetsWithoutVector(other_.space().id, 1000)->size(); }

  FakeEmbedder other_{"0123456789abcdef"};
  FillOptions options_of_fill_{.threads = 3, .batch = 4, .step = 10, .on_step = {}};
  int writes_ = 0;
  bool catalog_broken_ = false;
};

TEST_F(FillSpaceTest, EveryPictureGetsItsVectorOnce) {
  std::vector<std::uint64_t> progress;
  options_of_fill_.on_step = [&](std::uint64_t done) { progress.push_back(done); };
  const FillOutcome first = Fill();
  EXPECT_EQ(first.embedded, 30U);
  EXPECT_EQ(first.left_out, 0U);
  EXPECT_EQ(other_.pictures_embedded(), 30U) << "a copy is the same picture";
  EXPECT_EQ(progress, (std::vector<std::uint64_t>{10, 20, 30}));
  EXPECT_EQ(writes_, 3);
  EXPECT_EQ(Due(), 0U);
  EXPECT_EQ(Fill().embedded, 0U);
  EXPECT_EQ(other_.pictures_embedded(), 30U) << "what is there costs no inference";
}

TEST_F(FillSpaceTest, VectorsAreThoseThatAnIndexRunMakes) {
  Fill();
  FakeEmbedder third("00000000000000aa");
  const std::string id = third.space().id;
  ASSERT_TRUE(catalog_->EnsureSpace(id, "third", third.space().dimension));
  CatalogGate gate(*catalog_);
  ASSERT_TRUE(Ingest({.gate = gate, .decoder = decoder_, .embedder = third}, options_, nullptr, stop_));
  const auto ours = catalog_->Vectors(other_.space().id).value();
  const auto theirs = catalog_->Vectors(id).value();
  ASSERT_EQ(theirs->RowCount().value(), 30U);
  const std::vector<AssetId> all = catalog_->AssetsWithoutVector("nowhere", 1000).value();
  for (const AssetId asset : all) {
    const RowId row = catalog_->RowOf(other_.space().id, asset).value().value();
    const RowId other_row = catalog_->RowOf(id, asset).value().value();
    EXPECT_EQ(ours->Read(row, row + 1)->codes, theirs->Read(other_row, other_row + 1)->codes);
  }
}

TEST_F(FillSpaceTest, NewPicturesOfTheOtherModelAreTheOnlyGaps) {
  Fill();
  WriteMany(30, 34);
  Run();
  EXPECT_EQ(Due(), 4U);
  EXPECT_EQ(Fill().embedded, 4U);
  EXPECT_EQ(other_.pictures_embedded(), 34U);
}

TEST_F(FillSpaceTest, StoppedRunGoesOnFromThere) {
  options_of_fill_.on_step = [&](std::uint64_t done) {
    if (done == 20) stop_.Request();
  };
  EXPECT_EQ(Fill().embedded, 20U);
  EXPECT_EQ(Due(), 10U);
  Open();  // As after a power cut: only what is on the disk counts.
  EXPECT_EQ(Due(), 10U);
  const StopSignal other_stop;
  const auto second = TryFill(other_stop, other_);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->embedded, 10U);
  EXPECT_EQ(other_.pictures_embedded(), 30U);
}

TEST_F(FillSpaceTest, PicturesThatCannotBeHadAreNamedAndStayDue) {
  Write("3/p3.jpg", "another picture");  // Its copy is still there.
  Write("4/p4.jpg", "another picture");
  std::filesystem::remove(At("5/p5.jpg"));
  const FillOutcome outcome = Fill();
  EXPECT_EQ(outcome.embedded, 28U);
  EXPECT_EQ(outcome.left_out, 2U);
  ASSERT_EQ(outcome.failures.size(), 2U);
  EXPECT_EQ(outcome.failures[0].path, At("4/p4.jpg"));
  EXPECT_NE(outcome.failures[0].reason.find("something else"), std::string::npos);
  EXPECT_EQ(outcome.failures[1].path, At("5/p5.jpg"));
  EXPECT_EQ(Due(), 2U);
  Write("5/p5.jpg", Bytes(5));
  EXPECT_EQ(Fill().embedded, 1U);
}

TEST_F(FillSpaceTest, PictureThatTheModelRefusesIsLeftOutAlone) {
  class Choosy final : public Embedder {
   public:
    explicit Choosy(Embedder& inner) : inner_(inner) {}
    const Space& space() const override { return inner_.space(); }
    std::int32_t picture_edge_px() const override { return 8; }
    Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override {
      for (const RgbImage& picture : pictures) {
        if (picture.pixels[0] % 5 == 0) return Error(Code::kInvalidArgument, "not this one");
      }
      return inner_.EmbedPictures(pictures);
    }
    Result<Matrix> EmbedTexts(std::span<const std::string> texts) override {
      return inner_.EmbedTexts(texts);
    }

   private:
    Embedder& inner_;
  } choosy(other_);
  std::size_t refused = 0;
  for (int i = 0; i < 30; ++i) refused += Sha256(Bytes(i))[0] % 5U == 0 ? 1U : 0U;
  ASSERT_GT(refused, 0U);
  const auto outcome = TryFill(stop_, choosy);
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->left_out, refused);
  EXPECT_EQ(outcome->embedded, 30U - refused);
  EXPECT_EQ(Due(), refused);
}

TEST_F(FillSpaceTest, BrokenModelAndFullDiskKeepWhatWasRecorded) {
  options_of_fill_.on_step = [&](std::uint64_t done) { other_.set_failing(done >= 10); };
  EXPECT_EQ(TryFill(stop_, other_).error().code(), Code::kModel);
  EXPECT_EQ(Due(), 20U);
  other_.set_failing(false);
  options_of_fill_.on_step = [&](std::uint64_t done) { catalog_broken_ = done >= 10; };
  EXPECT_EQ(TryFill(stop_, other_).error().code(), Code::kNoSpace);
  EXPECT_EQ(Due(), 10U);
  EXPECT_EQ(catalog_->LiveRows(embedder_.space().id)->Count(), 30U) << "the old model has all its vectors";
}

}  // namespace
}  // namespace vitrine
