// Whatever happens to the bytes of an index file: an error, or the right answers.
#include "index/index_file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include "index/inverted_lists.h"
#include "inverted_testing.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 64;

/// A published index over a small space, and what it answers.
class IndexFileDamage : public testing::Test {
 protected:
  static constexpr std::uint32_t kSeed = 77;

  void SetUp() override {
    std::printf("seed %u\n", kSeed);
    index_ = MustBuild(space_.table, nullptr, space_.Options(12, 0.9));
    ASSERT_TRUE(SaveInverted(*index_, identity_, path_));
    whole_ = ReadBytes(path_);
    queries_ = space_.queries.values().first(3 * kDimension);
    expected_ = *index_->Search(queries_, 10, nullptr);
  }

  Result<std::vector<std::vector<Neighbour>>> OpenAndSearch() const {
    auto opened = OpenInverted(path_, identity_, space_.table, {.recall = 0.9, .threads = 1});
    if (!opened) return std::move(opened).error();
    return (*opened)->Search(queries_, 10, nullptr);
  }

  /// True when the file at its place is refused as damaged, or answers as the whole one did.
  testing::AssertionResult RefusedOrRight() {
    const auto found = OpenAndSearch();
    if (found) {
      ++answered_;
      if (Identical(*found, expected_)) return testing::AssertionSuccess();
      return testing::AssertionFailure() << "a wrong answer";
    }
    if (found.error().code() == Code::kCorrupt && !found.error().message().empty())
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << "an error of another code: " << found.error().message();
  }

  testing::AssertionResult Refused() {
    const auto opened = OpenInverted(path_, identity_, space_.table);
    if (!opened && opened.error().code() == Code::kCorrupt) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "opened";
  }

  std::mt19937 random_{kSeed};
  TestFolder folder_;
  std::string path_ = folder_.path() + "/index.vix";
  IndexFileIdentity identity_{.space = "0123456789abcdef", .dimension = kDimension, .generation = 3};
  Space space_{kDimension, 2500, kSeed};
  std::unique_ptr<InvertedIndex> index_;
  std::string whole_;
  std::span<const float> queries_;
  std::vector<std::vector<Neighbour>> expected_;
  std::size_t answered_ = 0;
};

TEST_F(IndexFileDamage, OpenedAnswersAsBuilt) {
  auto opened = OpenInverted(path_, identity_, space_.table, {.recall = 0.9});
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->covered_rows(), 2500U);
  EXPECT_EQ((*opened)->probes(), index_->probes());
  EXPECT_EQ((*opened)->rescored(), index_->rescored());
  EXPECT_EQ((*opened)->measured_recall(), index_->measured_recall());
  EXPECT_EQ((*opened)->bytes(), index_->bytes());
  EXPECT_TRUE(Identical(*OpenAndSearch(), expected_));
  // Saved again from the map, it is the same file.
  ASSERT_TRUE(SaveInverted(**opened, identity_, path_ + "2"));
  EXPECT_EQ(ReadBytes(path_ + "2"), whole_);
}

TEST_F(IndexFileDamage, ReaderMayAskForAnotherRecall) {
  const auto low = OpenInverted(path_, identity_, space_.table, {.recall = 0.9});
  const auto high = OpenInverted(path_, identity_, space_.table, {.recall = 0.995});
  EXPECT_LT((*low)->probes() * (*low)->rescored(), (*high)->probes() * (*high)->rescored());
  EXPECT_GE((*high)->measured_recall(), 0.99);
}

TEST_F(IndexFileDamage, TenThousandFlippedBits) {
  std::uint64_t table_bytes = 0;
  std::memcpy(&table_bytes, whole_.data() + 56, sizeof table_bytes);
  const std::size_t structure = 152 + table_bytes;
  std::string bytes = whole_;
  for (int i = 0; i < 10'000; ++i) {
    const bool in_structure = i % 2 == 0;
    const std::size_t bit = random_() % ((in_structure ? structure : bytes.size()) * 8);
    const char before = bytes[bit / 8];
    bytes[bit / 8] = static_cast<char>(before ^ (1 << (bit % 8)));
    WriteBytes(path_, bytes);
    ASSERT_TRUE(in_structure ? Refused() : RefusedOrRight()) << "bit " << bit;
    bytes[bit / 8] = before;
  }
  // What is still answered: flips in gaps between sections, and in lists that nobody probed.
  EXPECT_LT(answered_, 2500U);
}

TEST_F(IndexFileDamage, CutAtEveryFourKibibytesAndNearTheEnds) {
  std::vector<std::size_t> lengths;
  for (std::size_t length = 0; length < whole_.size(); length += 4096) lengths.push_back(length);
  for (std::size_t length = 1; length < 400; length += 7) lengths.push_back(length);
  for (std::size_t back = 1; back < 400; back += 7) lengths.push_back(whole_.size() - back);
  for (const std::size_t length : lengths) {
    WriteBytes(path_, whole_.substr(0, length));
    ASSERT_TRUE(Refused()) << length << " bytes";
  }
  WriteBytes(path_, whole_ + "x");
  EXPECT_TRUE(Refused());
}

TEST_F(IndexFileDamage, EmptyForeignAndShiftedFiles) {
  for (const std::string& bytes : {std::string(), std::string("SQLite format 3"), std::string(100'000, 'x'),
                                   std::string(100'000, '\0'), "x" + whole_, whole_.substr(64)}) {
    WriteBytes(path_, bytes);
    EXPECT_TRUE(Refused());
  }
}

TEST_F(IndexFileDamage, StretchesOfZerosAndNoise) {
  for (int i = 0; i < 500; ++i) {
    std::string bytes = whole_;
    const std::size_t first = random_() % bytes.size();
    const std::size_t length = 1 + random_() % (bytes.size() - first);
    for (std::size_t j = first; j < first + length; ++j)
      bytes[j] = i % 2 == 0 ? '\0' : static_cast<char>(random_());
    WriteBytes(path_, bytes);
    ASSERT_TRUE(RefusedOrRight()) << length << " bytes at " << first;
  }
}

TEST_F(IndexFileDamage, FilesOfOtherGenerationsSpacesAndDimensions) {
  IndexFileIdentity other = identity_;
  for (const std::uint64_t generation : {0U, 2U, 4U}) {
    other.generation = generation;
    EXPECT_EQ(OpenInverted(path_, other, space_.table).error().code(), Code::kCorrupt);
  }
  other = identity_;
  other.space = "fedcba9876543210";
  EXPECT_EQ(OpenInverted(path_, other, space_.table).error().code(), Code::kCorrupt);
  other = identity_;
  other.dimension = 65;
  EXPECT_EQ(OpenInverted(path_, other, space_.table).error().code(), Code::kCorrupt);
  const Space wider(65, 2500, kSeed);
  EXPECT_EQ(OpenInverted(path_, identity_, wider.table).error().code(), Code::kCorrupt);
}

TEST_F(IndexFileDamage, FilesOfOtherRows) {
  const Space twin(kDimension, 2500, kSeed + 1);
  EXPECT_EQ(OpenInverted(path_, identity_, twin.table).error().code(), Code::kCorrupt);
  const Space fewer(kDimension, 2000, kSeed);
  EXPECT_EQ(OpenInverted(path_, identity_, fewer.table).error().code(), Code::kCorrupt);
  ClipLike space(kDimension, 100, kSeed);
  EncodedRows rows = Encode(space.Pictures(2500));
  for (std::size_t i = 0; i < 2500; i += 2) rows.scales[i] = 0;
  EXPECT_TRUE(OpenInverted(path_, identity_, TableInMemory(rows)));  // Deleted since: they match anything.
}

TEST_F(IndexFileDamage, AnotherKind) {
  const auto opened = IndexFile::Open(path_, IndexFileKind::kHnsw, identity_, *space_.table);
  EXPECT_EQ(opened.error().code(), Code::kCorrupt);
}

TEST_F(IndexFileDamage, MissingFileAndFolderInItsPlace) {
  std::filesystem::remove(path_);
  EXPECT_EQ(OpenInverted(path_, identity_, space_.table).error().code(), Code::kNotFound);
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(OpenInverted(path_, identity_, space_.table));
}

TEST_F(IndexFileDamage, SavingFromADamagedFileIsRefused) {
  std::string bytes = whole_;
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
  WriteBytes(path_, bytes);
  const auto opened = OpenInverted(path_, identity_, space_.table);
  ASSERT_TRUE(opened);
  EXPECT_EQ(SaveInverted(**opened, identity_, path_ + "2").error().code(), Code::kCorrupt);
  EXPECT_FALSE(std::filesystem::exists(path_ + "2"));
}

TEST_F(IndexFileDamage, NothingIsLeftOfAWriteThatFails) {
  const std::string nowhere = folder_.path() + "/missing/index.vix";
  EXPECT_FALSE(SaveInverted(*index_, identity_, nowhere));
  const std::string blocked = folder_.path() + "/blocked";
  std::filesystem::create_directories(blocked + "/full");
  EXPECT_FALSE(SaveInverted(*index_, identity_, blocked));
  EXPECT_FALSE(std::filesystem::exists(blocked + ".part"));
}

TEST(IndexFile, SectionsComeBackWhateverTheirLengthsAndPieces) {
  const TestFolder folder;
  const std::string path = folder.path() + "/sections.vix";
  std::mt19937 random(8);
  const auto table = TableInMemory(RandomCodes(5, 16, random));
  const IndexFileIdentity identity{.space = "0123456789abcdef", .dimension = 16, .generation = 1};
  std::vector<std::byte> bytes(400'000);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  const std::span<const std::byte> all(bytes);
  const std::vector<IndexSection> sections = {
      {"empty", {}},
      {"one byte", {all.first(1)}},
      {"pieces", {all.first(1), all.subspan(1, 65'535), all.subspan(65'536, 7), all.subspan(65'543)}},
      {"sixteen letters!", {all.first(65'536), all.subspan(65'536, 65'536)}},
  };
  ASSERT_TRUE(WriteIndexFile(path, IndexFileKind::kHnsw, identity, *table, 5, sections));
  const auto file = IndexFile::Open(path, IndexFileKind::kHnsw, identity, *table);
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->covered(), 5U);
  EXPECT_EQ((*file)->bytes(), std::filesystem::file_size(path));
  const auto same = [&](const char* name, std::span<const std::byte> expected) {
    const auto section = (*file)->Section(name);
    return section && std::equal(section->begin(), section->end(), expected.begin(), expected.end());
  };
  EXPECT_TRUE(same("empty", {}));
  EXPECT_TRUE(same("one byte", all.first(1)));
  EXPECT_TRUE(same("pieces", all));
  EXPECT_TRUE(same("sixteen letters!", all.first(131'072)));
  EXPECT_EQ((*file)->Section("none").error().code(), Code::kCorrupt);
}

TEST(IndexFile, RefusesToWriteWhatItCouldNotRead) {
  const TestFolder folder;
  const std::string path = folder.path() + "/bad.vix";
  std::mt19937 random(9);
  const auto table = TableInMemory(RandomCodes(5, 16, random));
  const IndexFileIdentity identity{.space = "0123456789abcdef", .dimension = 16, .generation = 1};
  const auto code = [&](const IndexFileIdentity& of, RowId covered, const std::string& name) {
    const std::vector<IndexSection> sections = {{name, {}}};
    return WriteIndexFile(path, IndexFileKind::kHnsw, of, *table, covered, sections).error().code();
  };
  EXPECT_EQ(code(identity, 6, "x"), Code::kInvalidArgument);
  EXPECT_EQ(code(identity, 5, ""), Code::kInvalidArgument);
  EXPECT_EQ(code(identity, 5, "seventeen letters"), Code::kInvalidArgument);
  IndexFileIdentity other = identity;
  other.space = "short";
  EXPECT_EQ(code(other, 5, "x"), Code::kInvalidArgument);
  other = identity;
  other.dimension = 17;
  EXPECT_EQ(code(other, 5, "x"), Code::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace vitrine
