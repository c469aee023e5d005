// Two models side by side: what is missing in a space, filling it, and forgetting it.
#include <algorithm>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

constexpr const char* kOther = "ffffffffffffffff";
constexpr std::size_t kOtherDimension = 3;

class Spaces : public CatalogFixture {
 protected:
  void SetUp() override {
    OpenForWriting();
    RunOver("/p",
            {NewPicture("/p/0", 0), NewPicture("/p/1", 1), NewPicture("/p/2", 2), NewPicture("/p/3", 3)});
    ASSERT_TRUE(catalog_->EnsureSpace(kOther, "other 2", kOtherDimension));
  }

  static EncodedRows Rows(std::size_t count, int value) {
    EncodedRows rows{.dimension = kOtherDimension};
    rows.codes.assign(count * kOtherDimension, static_cast<std::int8_t>(value));
    rows.fine.assign(count * kOtherDimension, 0);
    rows.scales.assign(count, 1);
    return rows;
  }

  std::vector<AssetId> Due(std::size_t limit = 100, AssetId after = {}) {
    return catalog_->AssetsWithoutVector(kOther, limit, after).value();
  }

  SpaceRecord Record(const std::string& name) {
    const std::vector<SpaceRecord> spaces = catalog_->Spaces().value();
    for (const SpaceRecord& space : spaces) {
      if (space.name == name) return space;
    }
    return {};
  }
};

TEST_F(Spaces, WhatIsMissingIsLivingAndInOrder) {
  const std::vector<AssetId> due = Due();
  ASSERT_EQ(due.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(due));
  EXPECT_EQ(Due(2), (std::vector<AssetId>{due[0], due[1]}));
  EXPECT_EQ(Due(100, due[1]), (std::vector<AssetId>{due[2], due[3]}));
  EXPECT_TRUE(catalog_->AssetsWithoutVector(kSpace, 100)->empty());
  EXPECT_EQ(catalog_->AssetsWithoutVector("0000000000000000", 100).value(), due) << "no such space has none";
  RunOver("/p", {NewPicture("/p/3", 3)});
  EXPECT_EQ(Due(), (std::vector<AssetId>{due[3]})) << "the others have no file any more";
}

TEST_F(Spaces, AddedVectorsStayAsTheyWereFirst) {
  const std::vector<AssetId> due = Due();
  ASSERT_TRUE(catalog_->AddVectors(kOther, std::span(due).first(2), Rows(2, 7)));
  const std::uint64_t generation = catalog_->Generation(kOther).value();
  const std::vector<AssetId> again = {due[1], AssetId{999}, due[2]};
  ASSERT_TRUE(catalog_->AddVectors(kOther, again, Rows(3, 9)));
  EXPECT_EQ(catalog_->Generation(kOther).value(), generation) << "no row changed";
  const EncodedRows rows = catalog_->Vectors(kOther).value()->Read(0, 3).value();
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{7, 7, 7, 7, 7, 7, 9, 9, 9}));
  EXPECT_EQ(catalog_->RowOf(kOther, due[2]).value(), RowId{2});
  EXPECT_EQ(Due(), (std::vector<AssetId>{due[3]}));
  EXPECT_EQ(catalog_->RowOf(kSpace, due[2]).value(), RowId{2}) << "the other space is as it was";
}

TEST_F(Spaces, VectorsOfAnotherShapeAreRefused) {
  const std::vector<AssetId> due = Due();
  EXPECT_EQ(catalog_->AddVectors(kOther, due, Rows(3, 1)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(catalog_->AddVectors(kSpace, due, Rows(4, 1)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(catalog_->AddVectors("nobody", due, Rows(4, 1)).error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(catalog_->AddVectors("nobody", {}, {}));
}

TEST_F(Spaces, RecordCountsLivingPictures) {
  const std::vector<AssetId> due = Due();
  ASSERT_TRUE(catalog_->AddVectors(kOther, std::span(due).first(3), Rows(3, 1)));
  RunOver("/p", {NewPicture("/p/2", 2), NewPicture("/p/3", 3)});
  const SpaceRecord other = Record(kOther);
  EXPECT_EQ(other.model, "other 2");
  EXPECT_EQ(other.dimension, kOtherDimension);
  EXPECT_EQ(other.rows, 3U);
  EXPECT_EQ(other.vectors, 1U);
  EXPECT_EQ(Record(kSpace).vectors, 2U);
  EXPECT_EQ(catalog_->Spaces()->size(), 2U);
}

TEST_F(Spaces, DroppedSpaceIsGoneAndComesBackEmpty) {
  ASSERT_TRUE(catalog_->AddVectors(kOther, Due(), Rows(4, 1)));
  const std::unique_ptr<Catalog> reader = OpenReader();
  const std::uint64_t before = reader->Generation(kOther).value();
  const std::unique_ptr<RowSource> source = reader->Vectors(kOther).value();
  ASSERT_TRUE(catalog_->DropSpace(kOther));
  EXPECT_EQ(catalog_->Spaces()->size(), 1U);
  EXPECT_EQ(catalog_->Generation(kOther).value(), 0U);
  EXPECT_EQ(Due().size(), 4U);
  EXPECT_EQ(catalog_->LiveRows(kSpace)->Count(), 4U);
  EXPECT_EQ(catalog_->DropSpace(kOther).error().code(), Code::kNotFound);
  EXPECT_EQ(reader->Generation(kOther).error().code(), Code::kCorrupt) << "it has to open again";
  EXPECT_EQ(source->Read(0, 1).error().code(), Code::kCorrupt);
  // The same number inside may go to the next space: a reader of before must not take its rows.
  EXPECT_GT(catalog_->EnsureSpace("eeeeeeeeeeeeeeee", "third", kOtherDimension).value(), before);
  ASSERT_TRUE(catalog_->AddVectors("eeeeeeeeeeeeeeee", Due(), Rows(4, 5)));
  EXPECT_EQ(source->Read(0, 1).error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace vitrine
