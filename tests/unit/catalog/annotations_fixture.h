// A catalog with a few pictures to say things of.
#pragma once

#include "catalog/annotations.h"
#include "catalog_fixture.h"
#include "support/annotations_cases.h"

namespace vitrine {

class AnnotationsFixture : public CatalogFixture, public AnnotationsCases {
 protected:
  void SetUp() override {
    OpenForWriting();
    std::vector<FileOutcome> outcomes;
    for (int i = 1; i <= kPictures; ++i) outcomes.push_back(NewPicture("/p/" + std::to_string(i), i));
    RunOver("/p", outcomes);
  }

  Annotations& notes() override { return catalog_->annotations(); }

  void Reopen() override { OpenForWriting(); }

  template <typename Steps>
  void DoUnrecorded(const Steps& steps) {
    auto change = notes().BeginUnrecorded();
    ASSERT_TRUE(change) << change.error().message();
    steps(**change);
    EXPECT_EQ((*change)->Commit().value(), 0);
  }

  /// Pictures whose texts hold `match`.
  std::vector<int> Found(const std::string& match) {
    std::vector<int> found;
    const RowSet rows = catalog_->RowsWithWords(kSpace, match).value();
    for (RowId row = 0; row < rows.size(); ++row) {
      if (rows.Contains(row)) found.push_back(static_cast<int>(row) + 1);
    }
    return found;
  }

  std::vector<int> FoundBy(const std::string& word) override { return Found('"' + word + '"'); }

  std::vector<int> Due() {
    std::vector<int> due;
    for (const AssetId asset : std::vector(catalog_->SidecarsDue(100).value()))
      due.push_back(static_cast<int>(asset));
    return due;
  }
};

}  // namespace vitrine
