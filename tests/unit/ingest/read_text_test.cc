#include "ingest/read_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "unit/ingest/ingest_fixture.h"

namespace vitrine {
namespace {

// Reads a picture of the fake decoder as its first colour: "red 17"; even reds hold no words.
class FakeReader final : public TextReader {
 public:
  const std::string& name() const override { return name_; }
  std::int32_t picture_edge_px() const override { return 16; }
  Result<std::string> Read(const RgbImage& picture) const override {
    const std::lock_guard lock(mutex_);
    if (++reads == fail_at) return Error(Code::kModel, "the reader broke");
    if (after_reading) after_reading();
    EXPECT_EQ(picture.width_px, 16);
    if (picture.pixels[0] % 2 == 0) return std::string();
    return "red " + std::to_string(picture.pixels[0]) + "\n";
  }

  mutable int reads = 0;
  int fail_at = 0;
  std::function<void()> after_reading;

 private:
  mutable std::mutex mutex_;
  std::string name_ = "fake 1";
};

class ReadText : public IngestFixture {
 protected:
  void SetUp() override {
    IngestFixture::SetUp();
    WriteMany(0, 30);
    Write("copy.jpg", Bytes(3));
    Write("bad.jpg", "BAD");
    Run();
  }

  ReadTextReport Read() {
    CatalogGate gate(*catalog_);
    auto report = ReadTexts(gate, decoder_, reader_, reading_, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *report : ReadTextReport();
  }
  std::size_t Due() { return catalog_->AssetsWithoutText(1000)->size(); }
  std::uint64_t WithWords() { return catalog_->WordFrequency("red").value(); }

  // What the fakes make of the pictures, without the pipeline.
  std::size_t ShouldHoldWords() const {
    std::size_t count = 0;
    for (int i = 0; i < 30; ++i) count += Sha256(Bytes(i))[0] % 2u;
    return count;
  }

  FakeReader reader_;
  ReadTextOptions reading_{.threads = 3, .batch = 4, .on_batch = {}};
};

TEST_F(ReadText, EveryPictureIsReadOnce) {
  std::vector<std::uint64_t> progress;
  reading_.on_batch = [&](std::uint64_t read) { progress.push_back(read); };
  const ReadTextReport report = Read();
  EXPECT_EQ(report.read, 30U);
  EXPECT_EQ(report.with_text, ShouldHoldWords());
  EXPECT_EQ(report.later, 0U);
  EXPECT_EQ(reader_.reads, 30) << "a copy is the same picture";
  EXPECT_EQ(WithWords(), ShouldHoldWords());
  EXPECT_EQ(Due(), 0U);
  EXPECT_TRUE(std::ranges::is_sorted(progress));
  EXPECT_EQ(progress.size(), 8U);
  Read();
  EXPECT_EQ(reader_.reads, 30) << "nothing is due";
  Write("new.jpg", Bytes(99));
  Run();
  EXPECT_EQ(Read().read, 1U);
}

TEST_F(ReadText, StopsWithinABatchAndGoesOnFromThere) {
  reader_.after_reading = [&] {
    if (reader_.reads == 10) stop_.Request();
  };
  const ReadTextReport first = Read();
  EXPECT_GE(first.read, 10U);
  EXPECT_LT(first.read, 10U + reading_.threads);
  EXPECT_EQ(Due(), 30U - first.read);
  Open();  // As after a power cut: only what is on the disk counts.
  EXPECT_EQ(Due(), 30U - first.read);
  const StopSignal other;
  CatalogGate gate(*catalog_);
  const auto second = ReadTexts(gate, decoder_, reader_, reading_, other);
  ASSERT_TRUE(second);
  EXPECT_EQ(first.read + second->read, 30U);
  EXPECT_EQ(reader_.reads, 30);
}

TEST_F(ReadText, FilesThatAreGoneOrChangedAreLeftForLater) {
  Write("3/p3.jpg", "another picture");  // Its copy is still there.
  Write("4/p4.jpg", "another picture");
  std::filesystem::remove(At("5/p5.jpg"));
  const ReadTextReport report = Read();
  EXPECT_EQ(report.read, 28U);
  EXPECT_EQ(report.later, 2U);
  EXPECT_EQ(Due(), 2U);
}

TEST_F(ReadText, PicturesThatTheDecoderRefusesNowAreNotTriedAgain) {
  class Refusing final : public Decoder {
    Result<DecodedPicture> Decode(UniqueFd, const DecodeRequest&) override {
      return Error(Code::kTimeout, "decoding took longer than 10000 ms");
    }
  } refusing;
  CatalogGate gate(*catalog_);
  const auto report = ReadTexts(gate, refusing, reader_, reading_, stop_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->read, 30U);
  EXPECT_EQ(report->with_text, 0U);
  EXPECT_EQ(Due(), 0U);
}

TEST_F(ReadText, BrokenReaderKeepsWhatWasRecorded) {
  reader_.fail_at = 14;
  reading_.threads = 1;
  CatalogGate gate(*catalog_);
  const auto report = ReadTexts(gate, decoder_, reader_, reading_, stop_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kModel);
  EXPECT_EQ(Due(), 30U - 12U);
}

}  // namespace
}  // namespace vitrine
