// Export and import between catalogs, without a model: vectors of eight numbers.
#include "engine/vector_exchange.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <vector>

#include "engine/npy.h"
#include "index/segment_store.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 8;

// Asks for a stop once so many rows have been recorded.
class StopAfter final : public VectorObserver {
 public:
  StopAfter(StopSignal& stop, std::uint64_t rows) : stop_(stop), rows_(rows) {}
  void OnStep(std::string_view step, std::uint64_t done, std::uint64_t) override {
    if (step == "recording vectors" && done >= rows_) stop_.Request();
  }

 private:
  StopSignal& stop_;
  std::uint64_t rows_;
};

class VectorExchangeTest : public ::testing::Test {
 protected:
  VectorExchangeTest() {
    catalog_ = Catalog::Open(library_, CatalogMode::kWrite).value();
    EXPECT_TRUE(catalog_->EnsureSpace(space_.id, space_.model, kDimension));
  }

  // A matrix whose row i points mostly along axis i % 8, at an angle of its own.
  std::vector<float> Rows(std::size_t rows, float first = 0) const {
    std::vector<float> values(rows * kDimension);
    for (std::size_t i = 0; i < rows; ++i) {
      values[i * kDimension + i % kDimension] = 2;
      values[i * kDimension + (i + 1) % kDimension] =
          (static_cast<float>(i) + first) / static_cast<float>(rows);
    }
    return values;
  }

  std::string WriteNpy(const std::vector<float>& values) const {
    std::string bytes = NpyHead(values.size() / kDimension, kDimension);
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    std::ofstream(folder_.File("in.npy"), std::ios::binary) << bytes;
    return folder_.File("in.npy");
  }

  std::string WriteIds(const std::string& lines) const {
    std::ofstream(folder_.File("in.ids"), std::ios::binary) << lines;
    return folder_.File("in.ids");
  }

  Result<ImportReport> Import(const std::string& npy, const std::string& ids = "") {
    return ImportVectors(*catalog_, space_, {.npy_file = npy, .ids_file = ids}, nullptr, stop_);
  }

  // The vector behind a path as the catalog holds it, through a fresh snapshot.
  std::vector<float> VectorAt(const PathBytes& path) {
    const auto snapshot = OpenSnapshot(library_, space_).value();
    const auto file = snapshot->catalog->FileAt(path).value();
    if (!file || !file->asset) return {};
    const auto row = snapshot->catalog->RowOf(space_.id, *file->asset).value();
    return row ? snapshot->rows->Vector(*row) : std::vector<float>();
  }

  static float Cosine(const std::vector<float>& a, std::span<const float> b) {
    if (a.size() != b.size()) return -2;
    const float dot = std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
    return dot / std::sqrt(std::inner_product(b.begin(), b.end(), b.begin(), 0.0F));
  }

  const TempFolder folder_;
  const std::string library_ = folder_.File("library");
  const Space space_{.id = "0123456789abcdef", .model = "test", .dimension = kDimension};
  StopSignal stop_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(VectorExchangeTest, UnknownRowsBecomeOfflinePicturesUnderTheFile) {
  const std::vector<float> values = Rows(3);
  const std::string npy = WriteNpy(values);
  const auto report = Import(npy, WriteIds("cat\ndog\t/home/ada/dog.jpg\n\xff\r\n"));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->vectors, 3u);
  EXPECT_EQ(report->pictures, 3u);
  EXPECT_EQ(report->replaced, 0u);
  EXPECT_EQ(report->root, npy);
  EXPECT_GT(Cosine(VectorAt(npy + "/cat"), std::span(values).first(8)), 0.9999F);
  EXPECT_GT(Cosine(VectorAt(npy + "/home/ada/dog.jpg"), std::span(values).subspan(8, 8)), 0.9999F);
  EXPECT_GT(Cosine(VectorAt(npy + "/\xff"), std::span(values).subspan(16, 8)), 0.9999F);
  const auto roots = catalog_->Roots().value();
  ASSERT_EQ(roots.size(), 1u);
  EXPECT_TRUE(roots[0].offline);
  EXPECT_EQ(roots[0].files, 3u);
}

TEST_F(VectorExchangeTest, SecondImportReplacesInsteadOfAdding) {
  ASSERT_TRUE(Import(WriteNpy(Rows(20))));
  const std::uint64_t generation = catalog_->Generation(space_.id).value();
  const auto same = Import(WriteNpy(Rows(20)));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->pictures, 0u);
  EXPECT_EQ(same->replaced, 20u);
  EXPECT_EQ(catalog_->Generation(space_.id).value(), generation)
      << "nothing changed, no file need be rebuilt";

  const std::vector<float> other = Rows(20, 7);
  ASSERT_TRUE(Import(WriteNpy(other)));
  EXPECT_NE(catalog_->Generation(space_.id).value(), generation) << "rows of a generation never change";
  EXPECT_GT(Cosine(VectorAt(folder_.File("in.npy") + "/5"), std::span(other).subspan(40, 8)), 0.9999F);
  EXPECT_EQ(OpenSnapshot(library_, space_).value()->rows->row_count(), 20u);
}

TEST_F(VectorExchangeTest, KnownPicturesAreNamedByContentOrPath) {
  ASSERT_TRUE(catalog_->BeginRun("/photos"));
  const Sha256Digest content = Sha256("a picture");
  FileOutcome outcome{.path = "/photos/a.jpg"};
  outcome.new_asset = NewAsset{.content = content, .info = {}};
  Matrix first(1, kDimension);
  first.row(0)[0] = 1;
  ASSERT_TRUE(catalog_->RecordBatch(1, space_.id, std::span(&outcome, 1), Encode(first)));

  const std::vector<float> values = Rows(2);
  const auto report = Import(WriteNpy(values), WriteIds("/photos/a.jpg\n" + Hex(content) + "\n"));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->replaced, 2u);
  EXPECT_EQ(report->pictures, 0u);
  EXPECT_TRUE(report->root.empty());
  EXPECT_GT(Cosine(VectorAt("/photos/a.jpg"), std::span(values).subspan(8, 8)), 0.9999F)
      << "the later row counts";
}

TEST_F(VectorExchangeTest, StoppedImportGoesOnWhereItWas) {
  const std::vector<float> values = Rows(30'000);
  const std::string npy = WriteNpy(values);
  StopAfter observer(stop_, 1);
  const auto first = ImportVectors(*catalog_, space_, {.npy_file = npy, .ids_file = {}}, &observer, stop_);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->stopped);
  EXPECT_GT(first->vectors, 0u);
  EXPECT_LT(first->vectors, 30'000u);
  StopSignal fresh;
  const auto second = ImportVectors(*catalog_, space_, {.npy_file = npy, .ids_file = {}}, nullptr, fresh);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->stopped);
  EXPECT_EQ(second->replaced, first->vectors) << "what was recorded was kept";
  EXPECT_EQ(second->pictures, 30'000u - first->vectors);
}

TEST_F(VectorExchangeTest, BadRowAtTheEndIsFoundBeforeAnythingIsRecorded) {
  for (const float bad : {0.0F, std::nanf(""), HUGE_VALF}) {
    std::vector<float> values = Rows(20'000);
    std::fill(values.end() - kDimension, values.end(), bad);
    const auto report = Import(WriteNpy(values));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Code::kInvalidArgument);
    EXPECT_NE(report.error().message().find("row 19999"), std::string::npos) << report.error().message();
  }
  EXPECT_EQ(catalog_->Counts().value().assets, 0u);
}

TEST_F(VectorExchangeTest, IdsMustMatchTheRows) {
  const std::string npy = WriteNpy(Rows(3));
  for (const char* lines : {"", "a\nb\n", "a\nb\nc\nd\n", "a\n\nc\n", "a\n\tname\nc\n", "a\n//\nc\n"}) {
    const auto report = Import(npy, WriteIds(lines));
    ASSERT_FALSE(report) << lines;
    EXPECT_EQ(report.error().code(), Code::kInvalidArgument);
    EXPECT_NE(report.error().message().find("in.ids"), std::string::npos) << report.error().message();
  }
  EXPECT_EQ(catalog_->Counts().value().assets, 0u);
}

TEST_F(VectorExchangeTest, OtherDimensionIsRefusedWithTheWayOut) {
  const Space other{.id = space_.id, .model = "test", .dimension = 16};
  const auto report =
      ImportVectors(*catalog_, other, {.npy_file = WriteNpy(Rows(3)), .ids_file = {}}, nullptr, stop_);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message().find("--model"), std::string::npos);
}

TEST_F(VectorExchangeTest, ExportHoldsTheLiveRowsInOrderAndComesBackTheSame) {
  const std::vector<float> values = Rows(9000);
  ASSERT_TRUE(Import(WriteNpy(values)));
  const auto snapshot = OpenSnapshot(library_, space_).value();
  snapshot->live.Erase(4);
  const ExchangeOptions files{.npy_file = folder_.File("out.npy"), .ids_file = folder_.File("out.ids")};
  const auto report = ExportVectors(*snapshot, space_, files, nullptr, stop_);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->vectors, 8999u);
  const auto matrix = NpyReader::Open(files.npy_file);
  ASSERT_TRUE(matrix) << matrix.error().message();
  ASSERT_EQ(matrix->rows(), 8999u);
  std::ifstream ids(files.ids_file);
  std::vector<float> row(kDimension);
  std::string line;
  for (std::size_t i = 0; i < 8999; ++i) {
    const std::size_t source = i < 4 ? i : i + 1;
    ASSERT_TRUE(matrix->Read(i, row));
    ASSERT_GT(Cosine(row, std::span(values).subspan(source * kDimension, kDimension)), 0.9999F) << i;
    ASSERT_TRUE(std::getline(ids, line));
    ASSERT_TRUE(line.ends_with("in.npy/" + std::to_string(source))) << line;
  }
  EXPECT_FALSE(std::getline(ids, line));
}

TEST_F(VectorExchangeTest, StoppedExportLeavesNoFile) {
  ASSERT_TRUE(Import(WriteNpy(Rows(9000))));
  const auto snapshot = OpenSnapshot(library_, space_).value();
  stop_.Request();
  const ExchangeOptions files{.npy_file = folder_.File("out.npy"), .ids_file = folder_.File("out.ids")};
  const auto report = ExportVectors(*snapshot, space_, files, nullptr, stop_);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->stopped);
  for (const char* name : {"out.npy", "out.ids", "out.npy.part", "out.ids.part"}) {
    EXPECT_FALSE(std::filesystem::exists(folder_.File(name))) << name;
  }
}

TEST(OnOneLine, ComesBackWhateverTheName) {
  for (const char* path : {"/a/b.jpg", "/a\tb\n\r\\n", "\\", "\\\\t", "/\xff\x01"}) {
    const std::string line = OnOneLine(path);
    EXPECT_EQ(line.find_first_of("\t\n\r"), std::string::npos);
    EXPECT_EQ(FromOneLine(line), path);
  }
  EXPECT_EQ(FromOneLine("C:\\photos"), "C:\\photos") << "a backslash that escapes nothing stays";
}

TEST(DigestFromHex, ReadsExactly64Digits) {
  const Sha256Digest digest = Sha256("x");
  EXPECT_EQ(DigestFromHex(Hex(digest)), digest);
  EXPECT_FALSE(DigestFromHex(""));
  EXPECT_FALSE(DigestFromHex(std::string(63, 'a')));
  EXPECT_FALSE(DigestFromHex(std::string(63, 'a') + "g"));
}

}  // namespace
}  // namespace vitrine
