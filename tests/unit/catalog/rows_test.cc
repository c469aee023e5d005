// The vectors as the index reads them: in order, complete, and never believed when damaged.
#include <random>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

class CatalogRows : public CatalogFixture {
 protected:
  void SetUp() override {
    OpenForWriting();
    std::vector<FileOutcome> outcomes;
    for (int i = 0; i < 10; ++i) outcomes.push_back(NewPicture("/p/" + std::to_string(i), i));
    RunOver("/p", outcomes);
  }

  Code CodeOfReadingAll() {
    const std::unique_ptr<RowSource> rows = catalog_->Vectors(kSpace).value();
    const Result<RowId> count = rows->RowCount();
    if (!count) return count.error().code();
    const auto read = rows->Read(0, *count);
    return read ? Code::kInternal : read.error().code();
  }
};

TEST_F(CatalogRows, ComeInOrderWithTheirScales) {
  const std::unique_ptr<RowSource> source = catalog_->Vectors(kSpace).value();
  ASSERT_EQ(source->RowCount().value(), 10U);
  const EncodedRows rows = source->Read(3, 6).value();
  EXPECT_EQ(rows.dimension, kDimension);
  EXPECT_EQ(rows.scales, (std::vector<float>{4, 5, 6}));
  EXPECT_EQ(rows.codes.size(), 3 * kDimension);
  EXPECT_EQ(rows.codes[0], 4);
  EXPECT_EQ(rows.codes[3 * kDimension - 1], 6);
  EXPECT_EQ(rows.fine[0], -4);
  EXPECT_EQ(rows.fine[3 * kDimension - 1], -6);
}

TEST_F(CatalogRows, EveryCodeAndScaleSurvivesExactly) {
  constexpr unsigned kSeed = 7;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const std::vector<FileOutcome> outcomes = {NewPicture("/q/1", 101), NewPicture("/q/2", 102)};
  EncodedRows vectors = VectorsFor(outcomes);
  for (std::int8_t& code : vectors.codes) code = static_cast<std::int8_t>(random());
  for (std::int8_t& fine : vectors.fine) fine = static_cast<std::int8_t>(random());
  vectors.scales = {0.1F, 1e-30F};
  ASSERT_TRUE(catalog_->RecordBatch(catalog_->BeginRun("/q").value(), kSpace, outcomes, vectors));
  const EncodedRows rows = catalog_->Vectors(kSpace).value()->Read(10, 12).value();
  EXPECT_EQ(rows.codes, vectors.codes);
  EXPECT_EQ(rows.fine, vectors.fine);
  EXPECT_EQ(rows.scales, vectors.scales);
}

TEST_F(CatalogRows, VectorsWithoutFineCodesReadAsZeros) {
  const std::vector<FileOutcome> outcomes = {NewPicture("/q/1", 101)};
  EncodedRows vectors = VectorsFor(outcomes);
  vectors.fine.clear();
  ASSERT_TRUE(catalog_->RecordBatch(catalog_->BeginRun("/q").value(), kSpace, outcomes, vectors));
  const EncodedRows rows = catalog_->Vectors(kSpace).value()->Read(9, 11).value();
  EXPECT_EQ(rows.fine[0], -10);
  EXPECT_EQ(rows.fine[kDimension], 0);
}

TEST_F(CatalogRows, EmptyRangeAndUnknownSpace) {
  EXPECT_EQ(catalog_->Vectors(kSpace).value()->Read(4, 4)->rows(), 0U);
  EXPECT_EQ(catalog_->Vectors("nobody").error().code(), Code::kNotFound);
  EXPECT_EQ(catalog_->LiveRows("nobody")->size(), 0U);
  EXPECT_FALSE(catalog_->RowOf("nobody", AssetId{1}).value());
}

TEST_F(CatalogRows, RowsOfTwoSpacesDoNotMix) {
  ASSERT_TRUE(catalog_->EnsureSpace("ffffffffffffffff", "other", kDimension));
  EXPECT_EQ(catalog_->Vectors("ffffffffffffffff").value()->RowCount().value(), 0U);
  const std::vector<FileOutcome> again = {NewPicture("/p/3", 3)};
  ASSERT_TRUE(catalog_->RecordBatch(catalog_->BeginRun("/p").value(), "ffffffffffffffff", again,
                                    VectorsFor(again, 50)));
  EXPECT_EQ(catalog_->Vectors("ffffffffffffffff").value()->Read(0, 1)->scales[0], 50);
  EXPECT_EQ(catalog_->Vectors(kSpace).value()->RowCount().value(), 10U);
}

TEST_F(CatalogRows, MissingRowIsDamage) {
  Sql("DELETE FROM embedding WHERE id = (SELECT id FROM embedding ORDER BY id LIMIT 1 OFFSET 4)");
  EXPECT_EQ(CodeOfReadingAll(), Code::kCorrupt);
}

TEST_F(CatalogRows, WrongLengthIsDamage) {
  Sql("UPDATE embedding SET fine = x'010203' WHERE id & 4294967295 = 5");
  EXPECT_EQ(CodeOfReadingAll(), Code::kCorrupt);
  Sql("UPDATE embedding SET fine = NULL, codes = x'010203' WHERE id & 4294967295 = 5");
  EXPECT_EQ(CodeOfReadingAll(), Code::kCorrupt);
}

TEST_F(CatalogRows, ScaleThatIsNoNumberIsDamage) {
  Sql("UPDATE embedding SET scale = -1.0 WHERE id & 4294967295 = 4");
  EXPECT_EQ(CodeOfReadingAll(), Code::kCorrupt);
  Sql("UPDATE embedding SET scale = 9e999 WHERE id & 4294967295 = 4");
  EXPECT_EQ(CodeOfReadingAll(), Code::kCorrupt);
}

}  // namespace
}  // namespace vitrine
