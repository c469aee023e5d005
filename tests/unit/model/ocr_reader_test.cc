#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/hash.h"
#include "model/ocr_pack.h"
#include "model/text_reader.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

// A copy of tests/golden/tiny_ocr_pack that a test may spoil.
class TinyOcrPack {
 public:
  TinyOcrPack() { std::filesystem::copy(VITRINE_SOURCE_DIR "/tests/golden/tiny_ocr_pack", folder_.path()); }
  const std::string& path() const { return folder_.path(); }
  std::string Read(const std::string& name) const { return *ReadFile(folder_.File(name)); }
  void Write(const std::string& name, const std::string& bytes) const {
    ASSERT_TRUE(WriteFileAtomically(folder_.File(name), bytes, Durability::kCache));
  }
  void Edit(const std::string& from, const std::string& to) const {
    std::string json = Read("ocr.json");
    const std::size_t at = json.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    Write("ocr.json", json.replace(at, from.size(), to));
  }
  // Writes a file and its new hash, as somebody would who wants the pack to be believed.
  void Forge(const std::string& name, const std::string& bytes) const {
    Edit(Hex(Sha256(Read(name))), Hex(Sha256(bytes)));
    Write(name, bytes);
  }
  std::string OpenError() const {
    const auto reader = OpenTextReader(path(), 1);
    if (reader) return "";
    EXPECT_EQ(reader.error().code(), Code::kModel);
    return reader.error().message();
  }

 private:
  TempFolder folder_;
};

// White paper on which letters are squares of 8 x 8: r, g, b, and k for black, which the pack takes for no
// letter.
class Paper {
 public:
  Paper(std::int32_t width, std::int32_t height)
      : picture_{width, height,
                 std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height), 255)} {}

  Paper& Paint(std::int32_t left, std::int32_t top, const std::string& letters, std::int32_t edge = 8) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      for (std::int32_t y = 0; y < edge; ++y) {
        for (std::int32_t x = 0; x < edge; ++x) {
          const std::int32_t at =
              (top + y) * picture_.width_px + left + static_cast<std::int32_t>(i) * edge + x;
          for (std::size_t channel = 0; channel < 3; ++channel) {
            const bool lit = letters[i] == "rgb"[channel];
            picture_.pixels[3 * static_cast<std::size_t>(at) + channel] = lit ? 255 : 0;
          }
        }
      }
    }
    return *this;
  }
  const RgbImage& picture() const { return picture_; }

 private:
  RgbImage picture_;
};

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

class OcrReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenTextReader(pack_.path(), 1);
    ASSERT_TRUE(opened) << opened.error().message();
    reader_ = *std::move(opened);
  }
  std::string Read(const RgbImage& picture) const {
    const Result<std::string> text = reader_->Read(picture);
    EXPECT_TRUE(text) << text.error().message();
    return text ? *text : "";
  }

  TinyOcrPack pack_;
  std::unique_ptr<TextReader> reader_;
};

TEST_F(OcrReaderTest, LinesAreReadFromTheTopAndTheLeft) {
  EXPECT_EQ(Read(Paper(200, 100).Paint(100, 50, "rrkrg").Paint(16, 51, "bg").Paint(40, 10, "gkg").picture()),
            "bb\n\u00df"
            "b\naab\n");
}

TEST_F(OcrReaderTest, SizesThatAreNoMultipleAreFilledUp) {
  for (const std::int32_t width : {49, 63, 64, 65, 97}) {
    EXPECT_EQ(Read(Paper(width, width - 9).Paint(8, 8, "rgb").picture()), "ab\u00df\n") << width;
  }
}

TEST_F(OcrReaderTest, LargePicturesAreReducedForTheDetectorAlone) {
  // 512 pixels are halved to the detector's 256; letters of 32 pixels come to the recogniser's 8 either way.
  EXPECT_EQ(Read(Paper(512, 384).Paint(64, 64, "rgkgb", 32).picture()), "abb\u00df\n");
}

TEST_F(OcrReaderTest, PicturesWithoutTextSayNothing) {
  EXPECT_EQ(Read(Paper(80, 60).picture()), "");
  EXPECT_EQ(Read(Paper(1, 1).picture()), "");
  EXPECT_EQ(Read(Paper(80, 60).Paint(8, 8, "kkk").picture()), "");  // A line of blanks.
}

TEST_F(OcrReaderTest, UnsureLinesAreLeftOut) {
  RgbImage picture = Paper(80, 60).Paint(8, 8, "rrr").picture();
  for (std::uint8_t& value : picture.pixels) value = value == 255 ? 255 : 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
    if (picture.pixels[i + 1] == 0) picture.pixels[i] = 128;  // Between red and black: the classes are even.
  }
  EXPECT_EQ(Read(picture), "");
}

TEST_F(OcrReaderTest, PictureWithoutPixelsIsRefused) {
  EXPECT_EQ(reader_->Read({}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(reader_->Read({4, 4, {1, 2, 3}}).error().code(), Code::kInvalidArgument);
}

TEST(OcrPack, TinyPackIsReadWhole) {
  const TinyOcrPack tiny;
  const Result<OcrPack> pack = OcrPack::Load(tiny.path());
  ASSERT_TRUE(pack) << pack.error().message();
  EXPECT_EQ(pack->name, "tiny ocr");
  EXPECT_EQ(pack->picture_px, 64);
  EXPECT_EQ(pack->detector.long_px, 256);
  EXPECT_FALSE(pack->recogniser.graph.is_bgr);
  EXPECT_EQ(*ReadCharacters(*pack), (std::vector<std::string>{"a", "b", "\u00df"}));
  EXPECT_TRUE(HasOcrPack(tiny.path()));
  EXPECT_FALSE(HasOcrPack(tiny.path() + "/none"));
}

TEST(OcrPack, WhatIsWrongIsNamed) {
  for (const auto& [from, to, says] :
       {std::tuple<const char*, const char*, const char*>{"\"schema\": 1", "\"schema\": 2", "schema 2"},
        {"\"multiple_px\": 32", "\"multiple_px\": 0", "detector.multiple_px"},
        {"\"rgb\"", "\"cmyk\"", "detector.channels"},
        {"\"max_width_px\": 256", "\"max_width_px\": 4", "recogniser.max_width_px"},
        {"\"min_confidence\": 0.6", "\"min_confidence\": 2", "recogniser.min_confidence"},
        {"\"detector.onnx\"", "\"../detector.onnx\"", "plain name"},
        {"\"text\": \"aab\"", "\"text\": \"aaab\"", "do not belong together"}}) {
    const TinyOcrPack tiny;
    tiny.Edit(from, to);
    const std::string message = tiny.OpenError();
    EXPECT_SAYS(message, says);
    EXPECT_SAYS(message, tiny.path());
  }
}

TEST(OcrPack, DamagedOrMissingFilesAreRefused) {
  for (const char* name : {"detector.onnx", "recogniser.onnx", "characters.txt", "self_test.rgb"}) {
    const TinyOcrPack tiny;
    std::string bytes = tiny.Read(name);
    bytes[bytes.size() / 2] ^= 1;
    tiny.Write(name, bytes);
    EXPECT_SAYS(tiny.OpenError(), "is damaged");
    std::filesystem::remove(tiny.path() + "/" + name);
    EXPECT_SAYS(tiny.OpenError(), name);
  }
}

TEST(OcrPack, CharactersMustFitTheGraph) {
  for (const auto& [characters, says] : {std::pair<std::string, const char*>{"a\nb\n", "shape"},
                                         {"a\n\nb\n", "empty line"},
                                         {"", "no characters"},
                                         {"a\n\xff\nb\n", "UTF-8"}}) {
    const TinyOcrPack tiny;
    tiny.Forge("characters.txt", characters);
    EXPECT_SAYS(tiny.OpenError(), says);
  }
}

TEST(OcrPack, SwappedGraphsAreRefused) {
  const TinyOcrPack tiny;
  const std::string json = tiny.Read("ocr.json");
  const std::string detector = tiny.Read("detector.onnx");
  const std::string recogniser = tiny.Read("recogniser.onnx");
  tiny.Edit(Hex(Sha256(detector)), std::string(64, '0'));
  tiny.Edit(Hex(Sha256(recogniser)), Hex(Sha256(detector)));
  tiny.Edit(std::string(64, '0'), Hex(Sha256(recogniser)));
  tiny.Edit("\"bytes\": " + std::to_string(detector.size()),
            "\"bytes\": " + std::to_string(recogniser.size()));
  tiny.Write("detector.onnx", recogniser);
  EXPECT_SAYS(tiny.OpenError(), "cannot be used");
}

}  // namespace
}  // namespace vitrine
