#include "query/words.h"

#include <gtest/gtest.h>

#include "index/quantise.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

constexpr char kSpace[] = "fa4e000000000001";

class LookUpWordsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalog_ = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    ASSERT_TRUE(catalog_->EnsureSpace(kSpace, "fake", 8));
    const std::int64_t run = catalog_->BeginRun("/p").value();
    std::vector<FileOutcome> outcomes(100);
    Matrix vectors(outcomes.size(), 8);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::string folder = i < 4 ? "sibiu trip" : i < 60 ? "old camera" : "new";
      outcomes[i].path =
          "/p/" + folder + "/" + (i == 0 ? "anneliese" : "img") + std::to_string(1000 + i) + ".jpg";
      if (i == 0) outcomes[i].path = "/p/sibiu trip/anneliese.jpg";
      outcomes[i].new_asset = NewAsset{.content = Sha256(outcomes[i].path), .info = {8, 8, "jpeg", {}}};
      vectors.row(i)[i % 8] = 1;
    }
    ASSERT_TRUE(catalog_->RecordBatch(run, kSpace, outcomes, Encode(vectors)));
  }

  WordEvidence Of(const std::string& text) { return LookUpWords(*catalog_, kSpace, text, 100).value(); }

  const TempFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(LookUpWordsTest, RarerWordsSayMore) {
  const WordEvidence evidence = Of("anneliese at sibiu");
  ASSERT_EQ(evidence.words.size(), 2u);
  EXPECT_GT(evidence.words[0].weight, evidence.words[1].weight);
  EXPECT_GT(evidence.by_row[0], evidence.by_row[1]);
  EXPECT_GT(evidence.by_row[1], 0.0F);
  EXPECT_EQ(evidence.by_row[50], 0.0F);
}

TEST_F(LookUpWordsTest, OneWordOfALongSentenceSaysLessThanTheWordAlone) {
  EXPECT_LT(Of("sibiu castle meadow horses river bridge").by_row[1], Of("sibiu").by_row[1] / 2);
}

TEST_F(LookUpWordsTest, CommonAndEmptyWordsSayNothing) {
  EXPECT_TRUE(Of("the camera of a photo").by_row.empty());
  EXPECT_TRUE(Of("").by_row.empty());
}

TEST_F(LookUpWordsTest, NamesAreFoundInSingularAndPlural) { EXPECT_GT(Of("trips").by_row[2], 0.0F); }

TEST_F(LookUpWordsTest, QuotesAndOperatorsOfTheWordIndexAreOnlyLetters) {
  EXPECT_TRUE(LookUpWords(*catalog_, kSpace, "\"sibiu* OR NEAR( -x ^y", 100));
  EXPECT_EQ(PhraseMatch(WordsOf("He said \"it's 5\"")), "\"he said it s 5\"");
  EXPECT_EQ(PhraseMatch({}), "");
}

}  // namespace
}  // namespace vitrine
