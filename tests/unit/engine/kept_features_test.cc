#include "engine/kept_features.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

const Sha256Digest kOne = Sha256(std::string_view("one"));
const Sha256Digest kTwo = Sha256(std::string_view("two"));
const std::vector<float> kFirst = {1, 2, 3};
const std::vector<float> kSecond = {-4, 5, 6};

class KeptFeaturesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto kept = KeptFeatures::Open(path_, 3);
    ASSERT_TRUE(kept) << kept.error().message();
    ASSERT_TRUE(kept->Add(kOne, kFirst));
    ASSERT_TRUE(kept->Add(kTwo, kSecond));
  }

  std::vector<float> Find(const Sha256Digest& picture, std::size_t width = 3) const {
    const auto kept = KeptFeatures::Open(path_, width);
    EXPECT_TRUE(kept);
    const std::span<const float> found = kept ? kept->Find(picture) : std::span<const float>();
    return {found.begin(), found.end()};
  }

  const TempFolder folder_;
  const std::string path_ = folder_.File("kept");
};

TEST_F(KeptFeaturesTest, WhatWasAddedIsThereAgain) {
  EXPECT_EQ(Find(kOne), kFirst);
  EXPECT_EQ(Find(kTwo), kSecond);
  EXPECT_TRUE(Find(Sha256(std::string_view("three"))).empty());
}

TEST_F(KeptFeaturesTest, TornRecordIsMadeAgain) {
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 5);
  EXPECT_EQ(Find(kOne), kFirst);
  EXPECT_TRUE(Find(kTwo).empty());
  ASSERT_TRUE(KeptFeatures::Open(path_, 3)->Add(kTwo, kSecond));
  EXPECT_EQ(Find(kTwo), kSecond);
}

TEST_F(KeptFeaturesTest, FlippedBitIsFound) {
  std::string bytes = ReadFile(path_).value();
  bytes[40] = static_cast<char>(bytes[40] ^ 4);
  ASSERT_TRUE(WriteFileAtomically(path_, bytes, Durability::kCache));
  EXPECT_TRUE(Find(kOne).empty());
}

TEST_F(KeptFeaturesTest, AnotherWidthIsAnotherFile) { EXPECT_TRUE(Find(kOne, 4).empty()); }

TEST_F(KeptFeaturesTest, SecondProcessIsTurnedAway) {
  const auto held = KeptFeatures::Open(path_, 3);
  ASSERT_TRUE(held);
  EXPECT_EQ(KeptFeatures::Open(path_, 3).error().code(), Code::kLocked);
}

}  // namespace
}  // namespace vitrine
