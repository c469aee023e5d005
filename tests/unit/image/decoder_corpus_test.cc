// Files from the outside world: broken on purpose, odd, or merely turned.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using testing::StartPool;

std::vector<std::string> FilesUnder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(VITRINE_SHARED_DATA + folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<DecodedPicture> DecodePath(DecoderPool& pool, const std::string& path) {
  Result<UniqueFd> file = OpenRegularFile(path);
  if (!file) return std::move(file).error();
  return pool.Decode(*std::move(file), {});
}

// Every file of the corpora gives a picture or a reason. None crashes a worker or runs into its time limit.
TEST(Corpus, EveryFileGivesAPictureOrAReason) {
  std::vector<std::string> files = FilesUnder("/hostile");
  const std::vector<std::string> camera = FilesUnder("/camera");
  files.insert(files.end(), camera.begin(), camera.end());
  if (files.empty()) GTEST_SKIP() << "no shared data";
  const auto pool = StartPool("vitrine-decode");
  int pictures = 0;
  for (const std::string& file : files) {
    const auto decoded = DecodePath(*pool, file);
    if (decoded) {
      ++pictures;
      continue;
    }
    EXPECT_FALSE(decoded.error().message().empty()) << file;
    EXPECT_EQ(decoded.error().message().find("signal"), std::string::npos)
        << file << decoded.error().message();
    EXPECT_NE(decoded.error().code(), Code::kTimeout) << file;
  }
  EXPECT_GT(pictures, 350);
}

TEST(Corpus, PngSuiteValidFilesDecodeAndBrokenOnesDoNot) {
  const std::vector<std::string> files = FilesUnder("/hostile/pngsuite");
  if (files.empty()) GTEST_SKIP() << "no shared data";
  const auto pool = StartPool("vitrine-decode");
  for (const std::string& file : files) {
    const std::string_view name = NameOf(file);
    if (!name.ends_with(".png")) continue;
    const auto decoded = DecodePath(*pool, file);
    EXPECT_EQ(decoded.has_value(), !name.starts_with("x"))
        << name << (decoded ? "" : decoded.error().message());
  }
}

double MeanDifference(const RgbImage& a, const RgbImage& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

TEST(Corpus, AllNineOrientationsShowTheSamePicture) {
  const auto pool = StartPool("vitrine-decode");
  for (const std::string kind : {"Landscape_", "Portrait_"}) {
    const std::string stem = VITRINE_SHARED_DATA "/camera/orientation/" + kind;
    const auto plain = DecodePath(*pool, stem + "0.jpg");
    if (!plain) GTEST_SKIP() << "no shared data";
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const auto turned = DecodePath(*pool, stem + std::to_string(orientation) + ".jpg");
      ASSERT_TRUE(turned);
      EXPECT_EQ(turned->info.width_px, plain->info.width_px);
      ASSERT_EQ(turned->picture.pixels.size(), plain->picture.pixels.size());
      EXPECT_LT(MeanDifference(plain->picture, turned->picture), 12) << kind << orientation;
    }
  }
}

}  // namespace
}  // namespace vitrine
