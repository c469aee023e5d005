#include "image/worker/sniff.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::worker {
namespace {

using namespace std::string_view_literals;
using protocol::Format;

Format Sniff(std::string_view bytes) { return SniffFormat(std::as_bytes(std::span(bytes))); }

TEST(SniffFormat, KnowsEachFormatByItsBytes) {
  EXPECT_EQ(Sniff("\xff\xd8\xff\xe0...."sv), Format::kJpeg);
  EXPECT_EQ(Sniff("\x89PNG\r\n\x1a\n...."sv), Format::kPng);
  EXPECT_EQ(Sniff("GIF89a...."sv), Format::kGif);
  EXPECT_EQ(Sniff("RIFF\x10\0\0\0WEBPVP8 "sv), Format::kWebp);
  EXPECT_EQ(Sniff("RIFF\x10\0\0\0WAVEfmt "sv), Format::kUnknown);
  EXPECT_EQ(Sniff("\xff\x0a...."sv), Format::kJxl);
  EXPECT_EQ(Sniff("\0\0\0\x18"
                  "ftypheic\0\0\0\0mif1heic"sv),
            Format::kHeif);
  EXPECT_EQ(Sniff("\0\0\0\x18"
                  "ftypmif1\0\0\0\0mif1avif"sv),
            Format::kAvif);
  EXPECT_EQ(Sniff("\0\0\0\x18"
                  "ftypcrx \0\0\0\1crx isom"sv),
            Format::kRaw);
  EXPECT_EQ(Sniff("\0\0\0\x18"
                  "ftypisom\0\0\0\0isommp41"sv),
            Format::kUnknown);
  EXPECT_EQ(Sniff("FUJIFILMCCD-RAW 0201"sv), Format::kRaw);
  EXPECT_EQ(Sniff("II*\0\x08\0\0\0\0\0........"sv), Format::kTiff);
  EXPECT_EQ(Sniff("II*\0\x10\0\0\0CR\2\0......"sv), Format::kRaw);
  EXPECT_EQ(Sniff("BM....\0\0\0\0\x36\0\0\0\x28\0\0\0........"sv), Format::kBmp);
  EXPECT_EQ(Sniff("BMW is a car, and this is a letter about it"sv), Format::kUnknown);
  EXPECT_EQ(Sniff("<?xml version='1.0'?>\n<svg xmlns='x'/>"sv), Format::kSvg);
  EXPECT_EQ(Sniff("<html><body>no drawing</body></html>"sv), Format::kUnknown);
  EXPECT_EQ(Sniff(""sv), Format::kUnknown);
}

TEST(SniffFormat, PrefixesOfAnyLengthAreReadWithinTheirBounds) {
  constexpr unsigned kSeed = 3;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  constexpr std::string_view kHeads[] = {
      "\0\0\xff\xff"
      "ftypmif1"sv,
      "II*\0\x08\0\0\0"sv, "BM"sv, "<svg"sv, "RIFF"sv};
  for (int round = 0; round < 3000; ++round) {
    std::string text(kHeads[round % 5]);
    while (random() % 40 != 0) text.push_back(static_cast<char>(random()));
    const std::vector<std::byte> exact(std::as_bytes(std::span(text)).begin(),
                                       std::as_bytes(std::span(text)).end());
    SniffFormat(exact);
  }
}

}  // namespace
}  // namespace vitrine::worker
