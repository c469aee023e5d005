#include "index/encoded_rows.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using Codes = std::vector<std::int8_t>;

TEST(EncodedRows, AppendTakesTheRowsNamed) {
  const EncodedRows from{
      .dimension = 2, .codes = {1, 2, 3, 4, 5, 6}, .fine = {7, 8, 9, 10, 11, 12}, .scales = {1, 2, 3}};
  EncodedRows to;
  to.Append(from, 1, 3);
  to.Append(from, 0, 1);
  EXPECT_EQ(to.dimension, 2U);
  EXPECT_EQ(to.codes, (Codes{3, 4, 5, 6, 1, 2}));
  EXPECT_EQ(to.fine, (Codes{9, 10, 11, 12, 7, 8}));
  EXPECT_EQ(to.scales, (std::vector<float>{2, 3, 1}));
  EXPECT_TRUE(to.HasShape(2));
}

TEST(EncodedRows, ZerosStandInForFineCodesThatOneSideLacks) {
  const EncodedRows old_row{.dimension = 2, .codes = {1, 2}, .scales = {1}};
  const EncodedRows new_row{.dimension = 2, .codes = {3, 4}, .fine = {5, 6}, .scales = {2}};
  EncodedRows rows = old_row;
  EXPECT_TRUE(rows.HasShape(2));
  rows.Append(new_row, 0, 1);
  rows.Append(old_row, 0, 1);
  EXPECT_EQ(rows.fine, (Codes{0, 0, 5, 6, 0, 0}));
  EXPECT_EQ(rows.codes, (Codes{1, 2, 3, 4, 1, 2}));
}

TEST(EncodedRows, OtherShapesAreSeen) {
  const EncodedRows rows{.dimension = 2, .codes = {1, 2}, .fine = {5, 6}, .scales = {1}};
  EXPECT_TRUE(rows.HasShape(2));
  EXPECT_FALSE(rows.HasShape(1));
  for (int part = 0; part < 3; ++part) {
    EncodedRows wrong = rows;
    if (part == 0) wrong.codes.pop_back();
    if (part == 1) wrong.fine.pop_back();
    if (part == 2) wrong.scales.push_back(1);
    EXPECT_FALSE(wrong.HasShape(2)) << part;
  }
}

}  // namespace
}  // namespace vitrine
