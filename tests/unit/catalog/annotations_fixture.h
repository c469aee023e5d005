// A catalog with a few pictures and short ways to say things of them.
#pragma once

#include "catalog/annotations.h"
#include "catalog_fixture.h"

namespace vitrine {

class AnnotationsFixture : public CatalogFixture {
 protected:
  static constexpr int kPictures = 6;

  void SetUp() override {
    OpenForWriting();
    std::vector<FileOutcome> outcomes;
    for (int i = 1; i <= kPictures; ++i) outcomes.push_back(NewPicture("/p/" + std::to_string(i), i));
    RunOver("/p", outcomes);
  }

  Annotations& notes() { return catalog_->annotations(); }

  static TagMark Rejected() { return {.state = TagState::kRejected, .model = {}}; }
  static TagMark OfFile() { return {.origin = TagOrigin::kFile, .model = {}}; }
  static TagMark Suggested(double probability) {
    return {
        .state = TagState::kSuggested, .origin = TagOrigin::kWords, .probability = probability, .model = "m"};
  }

  static std::vector<AssetId> Pictures(const std::vector<int>& numbers) {
    std::vector<AssetId> assets;
    assets.reserve(numbers.size());
    for (const int number : numbers) assets.push_back(AssetId{number});
    return assets;
  }

  /// One change, committed; returns its entry.
  template <typename Steps>
  std::int64_t Do(const std::string& what, const Steps& steps) {
    auto change = notes().Begin(what);
    EXPECT_TRUE(change) << change.error().message();
    if (!change) return 0;
    steps(**change);
    const auto entry = (*change)->Commit();
    EXPECT_TRUE(entry) << entry.error().message();
    return entry ? *entry : 0;
  }

  template <typename Steps>
  void DoUnrecorded(const Steps& steps) {
    auto change = notes().BeginUnrecorded();
    ASSERT_TRUE(change) << change.error().message();
    steps(**change);
    EXPECT_EQ((*change)->Commit().value(), 0);
  }

  std::int64_t Tag(const std::string& path, const std::vector<int>& pictures,
                   const TagMark& mark = {.model = {}}) {
    return Do("tag " + path, [&](Change& change) {
      const Status marked = change.Mark(path, Pictures(pictures), mark);
      EXPECT_TRUE(marked) << marked.error().message();
    });
  }

  /// Pictures that carry the tag, accepted.
  std::vector<int> Carriers(const std::string& path) {
    std::vector<int> carriers;
    for (const MarkedAsset& marked : std::vector(notes().MarksOf(path).value())) {
      if (marked.mark.state == TagState::kAccepted) carriers.push_back(static_cast<int>(marked.asset));
    }
    return carriers;
  }

  std::vector<std::string> TagPaths() {
    std::vector<std::string> paths;
    for (const TagCount& tag : std::vector(notes().Tags().value())) paths.push_back(tag.path);
    return paths;
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

  std::vector<int> Due() {
    std::vector<int> due;
    for (const AssetId asset : std::vector(catalog_->SidecarsDue(100).value()))
      due.push_back(static_cast<int>(asset));
    return due;
  }
};

}  // namespace vitrine
