// Whatever happens to the bytes of a segment file, searches answer as if nothing had, and the next publish
// mends it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include "base/hash.h"
#include "segment_testing.h"

namespace vitrine {
namespace {

/// A small file of three blocks and the source it was made from.
class SegmentDamage : public testing::Test {
 protected:
  void SetUp() override {
    std::printf("seed %u\n", kSeed);
    for (const std::size_t rows : {100U, 1U, 40U}) {
      source_.Append(RandomCodes(rows, 40, random_));
      ASSERT_TRUE(PublishSegments(identity_, source_));
    }
    file_ = FileOf(identity_);
    whole_ = ReadBytes(file_);
  }

  /// Opens what lies at the file's place now: a search over it is right or says that the file is damaged, and
  /// with all checked at once the damage was found and every answer is right.
  testing::AssertionResult DetectedAndRight() {
    if (const auto honest = NeverWrong(); !honest) return honest;
    SegmentState state;
    if (const auto right = OpensRight(identity_, source_, random_, &state, Checking::kAll); !right)
      return right;
    if (state.rows_from_source == 0) return testing::AssertionFailure() << "all rows believed";
    return testing::AssertionSuccess();
  }

  testing::AssertionResult NeverWrong() {
    const auto table = OpenSegments(identity_, source_);
    if (!table) return testing::AssertionFailure() << table.error().message();
    const ExactScan index(*table);
    const Matrix query = RandomUnitRows(1, source_.rows().dimension, random_);
    const auto found = index.Search(query.values(), index.row_count(), nullptr);
    if (found) return AnswersLike(index, source_.rows(), random_);
    const std::string& words = found.error().message();
    if (found.error().code() == Code::kCorrupt && words.find(file_) != std::string::npos) {
      return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << words;
  }

  testing::AssertionResult MendedByPublishing() {
    if (!PublishSegments(identity_, source_)) return testing::AssertionFailure() << "publishing failed";
    SegmentState state;
    if (const auto right = OpensRight(identity_, source_, random_, &state, Checking::kAll); !right)
      return right;
    if (state.rows_from_source != 0) return testing::AssertionFailure() << "not mended: " << state.damage;
    return testing::AssertionSuccess();
  }

  static constexpr std::uint32_t kSeed = 1012;
  std::mt19937 random_{kSeed};
  TestFolder folder_;
  SegmentIdentity identity_ = IdentityIn(folder_, 40);
  MemoryRowSource source_{{}};
  std::string file_;
  std::string whole_;
};

TEST_F(SegmentDamage, TenThousandFlippedBits) {
  for (int i = 0; i < 10'000; ++i) {
    std::string bytes = whole_;
    const std::size_t bit = random_() % (bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    WriteBytes(file_, bytes);
    ASSERT_TRUE(DetectedAndRight()) << "bit " << bit;
    if (i % 100 == 0) {
      ASSERT_TRUE(MendedByPublishing()) << "bit " << bit;
    }
  }
}

TEST_F(SegmentDamage, CutAtEveryEighthByte) {
  for (std::size_t length = 0; length < whole_.size(); length += 8) {
    WriteBytes(file_, whole_.substr(0, length));
    ASSERT_TRUE(DetectedAndRight()) << length << " bytes";
    if (length % 512 == 0) {
      ASSERT_TRUE(MendedByPublishing()) << length << " bytes";
    }
  }
}

TEST_F(SegmentDamage, CutAtEveryPageOfALargerFile) {
  source_.Append(RandomCodes(3000, 40, random_));
  ASSERT_TRUE(PublishSegments(identity_, source_));
  whole_ = ReadBytes(file_);
  for (std::size_t length = 0; length < whole_.size(); length += 4096) {
    WriteBytes(file_, whole_.substr(0, length));
    ASSERT_TRUE(DetectedAndRight()) << length << " bytes";
    ASSERT_TRUE(MendedByPublishing()) << length << " bytes";
  }
}

// What a search does not read may be damaged; what it reads is checked first, through a filter too.
TEST_F(SegmentDamage, OnlyWhatIsReadIsChecked) {
  source_ = MemoryRowSource(RandomCodes(3000, 40, random_));
  ASSERT_TRUE(PublishSegments(identity_, source_));
  std::string bytes = ReadBytes(file_);
  constexpr std::size_t kRow = 1000;
  bytes[4096 + kRow * 64] ^= 1;
  WriteBytes(file_, bytes);
  const auto table = OpenSegments(identity_, source_).value();
  const Matrix query = RandomUnitRows(1, 40, random_);
  RowSet allowed(3000);
  for (const std::size_t row : {5U, 700U, 1100U, 2999U}) allowed.Insert(row);
  const ExactScan index(table);
  const auto found = index.Search(query.values(), 10, &allowed);
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_TRUE(SameNeighbours((*found)[0], BruteForce(source_.rows(), query.values(), 10, &allowed)));
  EXPECT_TRUE(table->Verify(0, 960));
  EXPECT_EQ(table->Verify(0, 1001).error().code(), Code::kCorrupt);
  allowed.Insert(kRow);
  EXPECT_EQ(index.Search(query.values(), 10, &allowed).error().code(), Code::kCorrupt);
  EXPECT_EQ(index.Search(query.values(), 10, nullptr).error().code(), Code::kCorrupt);
  EXPECT_EQ(index.Vector(kRow), std::vector<float>(40, 0.0F));
  EXPECT_NEAR(Dot(index.Vector(5), index.Vector(5)), 1, 1e-5);
}

TEST_F(SegmentDamage, PublishingInAHurryLeavesDamageToALaterCall) {
  std::string bytes = whole_;
  bytes[4096] ^= 1;
  WriteBytes(file_, bytes);
  source_.Append(RandomCodes(5, 40, random_));
  ASSERT_TRUE(PublishSegments(identity_, source_, Checking::kOnFirstUse));
  EXPECT_EQ(ReadBytes(file_).substr(0, bytes.size()), bytes);
  EXPECT_TRUE(DetectedAndRight());
  EXPECT_TRUE(MendedByPublishing());
}

TEST_F(SegmentDamage, FilesOfVersionOneAreMadeAgain) {
  std::string bytes = whole_;
  bytes[8] = 1;
  const std::uint64_t checksum = Checksum64(std::as_bytes(std::span(bytes).first(56)));
  std::memcpy(bytes.data() + 56, &checksum, sizeof checksum);
  WriteBytes(file_, bytes);
  EXPECT_TRUE(DetectedAndRight());
  EXPECT_TRUE(MendedByPublishing());
}

TEST_F(SegmentDamage, StretchesOfZerosAndNoise) {
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = whole_;
    const std::size_t first = random_() % bytes.size();
    const std::size_t length = 1 + random_() % (bytes.size() - first);
    for (std::size_t j = first; j < first + length; ++j)
      bytes[j] = i % 2 == 0 ? '\0' : static_cast<char>(random_());
    if (bytes == whole_) continue;
    WriteBytes(file_, bytes);
    ASSERT_TRUE(DetectedAndRight()) << length << " bytes at " << first;
  }
}

TEST_F(SegmentDamage, EmptyAndForeignFiles) {
  for (const std::string& bytes : {std::string(), std::string("SQLite format 3"), std::string(100'000, 'x'),
                                   std::string(100'000, '\0'), "x" + whole_, whole_.substr(64)}) {
    WriteBytes(file_, bytes);
    EXPECT_TRUE(DetectedAndRight());
    EXPECT_TRUE(MendedByPublishing());
  }
}

TEST_F(SegmentDamage, FilesOfOtherGenerationsSpacesAndDimensions) {
  const TestFolder elsewhere;
  for (SegmentIdentity other : {IdentityIn(elsewhere, 40, 2), IdentityIn(elsewhere, 39, 1),
                                IdentityIn(elsewhere, 100, 1), IdentityIn(elsewhere, 40, 0)}) {
    MemoryRowSource rows(RandomCodes(33, other.dimension, random_));
    ASSERT_TRUE(PublishSegments(other, rows));
    WriteBytes(file_, ReadBytes(FileOf(other)));
    EXPECT_TRUE(DetectedAndRight());
    EXPECT_TRUE(MendedByPublishing());
  }
  SegmentIdentity other = IdentityIn(elsewhere, 40, 1);
  other.space = "fedcba9876543210";
  ASSERT_TRUE(PublishSegments(other, source_));
  WriteBytes(file_, ReadBytes(FileOf(other)));
  EXPECT_TRUE(DetectedAndRight());
}

TEST_F(SegmentDamage, BlocksOfAnotherFileOfTheSameSpace) {
  const TestFolder elsewhere;
  const SegmentIdentity twin = IdentityIn(elsewhere, 40);
  MemoryRowSource rows(RandomCodes(20, 40, random_));
  ASSERT_TRUE(PublishSegments(twin, rows));
  const std::string other = ReadBytes(FileOf(twin));
  WriteBytes(file_, other + whole_.substr(other.size()));
  EXPECT_TRUE(DetectedAndRight());
  EXPECT_TRUE(MendedByPublishing());
}

TEST_F(SegmentDamage, FolderInPlaceOfTheFile) {
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  EXPECT_TRUE(DetectedAndRight());
  EXPECT_EQ(PublishSegments(identity_, source_).error().code(), Code::kIo);
  EXPECT_TRUE(DetectedAndRight());
}

}  // namespace
}  // namespace vitrine
