// A raw file made by hand: a DNG whose first directory holds a JPEG preview and whose second holds the
// sensor's data.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using testing::Encode;
using testing::FileWith;
using testing::IsNear;
using testing::QuarterColour;
using testing::Quarters;
using testing::StartPool;

std::string Little(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

struct Entry {
  std::uint32_t tag, type, count, value;
};

std::string Directory(const std::vector<Entry>& entries) {
  std::string text = Little(static_cast<std::uint32_t>(entries.size()), 2);
  for (const Entry& entry : entries) {
    text += Little(entry.tag, 2) + Little(entry.type, 2) + Little(entry.count, 4) + Little(entry.value, 4);
  }
  return text + Little(0, 4);
}

std::string MakeDng(const std::string& preview, std::uint32_t orientation) {
  constexpr std::uint32_t kSensor = 8 + (2 + 16 * 12 + 4);
  constexpr std::uint32_t kNames = kSensor + (2 + 12 * 12 + 4);
  constexpr std::uint32_t kPreview = kNames + 32;
  const auto preview_bytes = static_cast<std::uint32_t>(preview.size());
  constexpr std::uint32_t kEdge = 64;
  const std::string first = Directory({{254, 4, 1, 1},
                                       {256, 4, 1, 400},
                                       {257, 4, 1, 300},
                                       {258, 3, 1, 8},
                                       {259, 3, 1, 7},
                                       {262, 3, 1, 6},
                                       {271, 2, 6, kNames},
                                       {272, 2, 10, kNames + 8},
                                       {273, 4, 1, kPreview},
                                       {274, 3, 1, orientation},
                                       {277, 3, 1, 3},
                                       {278, 4, 1, 300},
                                       {279, 4, 1, preview_bytes},
                                       {330, 4, 1, kSensor},
                                       {50706, 1, 4, 0x0401},
                                       {50708, 2, 10, kNames + 8}});
  const std::string sensor = Directory({{254, 4, 1, 0},
                                        {256, 4, 1, kEdge},
                                        {257, 4, 1, kEdge},
                                        {258, 3, 1, 16},
                                        {259, 3, 1, 1},
                                        {262, 3, 1, 32803},
                                        {273, 4, 1, kPreview + preview_bytes},
                                        {277, 3, 1, 1},
                                        {278, 4, 1, kEdge},
                                        {279, 4, 1, kEdge * kEdge * 2},
                                        {33421, 3, 2, 0x00020002},
                                        {33422, 1, 4, 0x02010100}});
  std::string names("Canon\0\0\0Testbild1\0", 18);
  names.resize(32);
  return std::string("II*\0\x08\0\0\0", 8) + first + sensor + names + preview +
         std::string(std::size_t{kEdge} * kEdge * 2, '\0');
}

TEST(Raw, PreviewIsShownUprightWithTheCamerasName) {
  const auto pool = StartPool("vitrine-decode", {.workers = 1});
  const auto decoded = pool->Decode(FileWith(MakeDng(Encode(Quarters(400, 300), ".jpg"), 6)), {});
  ASSERT_TRUE(decoded) << decoded.error().message();
  EXPECT_EQ(decoded->info.format, "raw");
  EXPECT_EQ(decoded->info.facts.camera, "Canon Testbild1");
  EXPECT_EQ(decoded->info.width_px, 300);
  EXPECT_EQ(decoded->info.height_px, 400);
  EXPECT_TRUE(
      IsNear(QuarterColour(decoded->picture, false, false), 0x0000ff));  // A quarter turn to the right.
  EXPECT_TRUE(IsNear(QuarterColour(decoded->picture, true, false), 0xff0000));
}

TEST(Raw, FileCutBeforeItsPreviewIsRefusedInWords) {
  const auto pool = StartPool("vitrine-decode", {.workers = 1});
  const std::string file = MakeDng(Encode(Quarters(400, 300), ".jpg"), 1);
  const auto decoded = pool->Decode(FileWith(file.substr(0, 420)), {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message().find("signal"), std::string::npos) << decoded.error().message();
}

}  // namespace
}  // namespace vitrine
