#include "model/open.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <thread>

#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

EmbedderOptions Options(const TinyPack& tiny, Device device = Device::kCpu) {
  EmbedderOptions options;
  options.pack_folder = tiny.path();
  options.device = device;
  return options;
}

RgbImage Plain(std::int32_t width, std::int32_t height, std::array<std::uint8_t, 3> colour) {
  RgbImage picture{width, height, {}};
  for (std::int32_t i = 0; i < width * height; ++i) {
    picture.pixels.insert(picture.pixels.end(), colour.begin(), colour.end());
  }
  return picture;
}

float Dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::string PictureError(const TinyPack& tiny) {
  const auto embedder = OpenEmbedder(Options(tiny));
  if (!embedder) return "does not open: " + embedder.error().message();
  const RgbImage picture = Plain(20, 20, {255, 0, 0});
  const Result<Matrix> vectors = (*embedder)->EmbedPictures({&picture, 1});
  return vectors ? "" : vectors.error().message();
}

std::string TextError(const TinyPack& tiny) {
  const auto embedder = OpenEmbedder(Options(tiny));
  if (!embedder) return "does not open: " + embedder.error().message();
  const Result<Matrix> vectors = (*embedder)->EmbedTexts({{std::string("red")}});
  return vectors ? "" : vectors.error().message();
}

TEST(OpenEmbedder, WordFindsThePictureOnEveryDevice) {
  const TinyPack tiny;
  for (const Device device : {Device::kCpu, Device::kAuto}) {
    const auto embedder = OpenEmbedder(Options(tiny, device));
    ASSERT_TRUE(embedder) << embedder.error().message();
    const std::vector<RgbImage> pictures = {Plain(30, 20, {255, 0, 0}), Plain(20, 30, {0, 255, 0}),
                                            Plain(5, 5, {0, 0, 255})};
    const std::vector<std::string> words = {"a red car", "GREEN", "the blue sea"};
    const Result<Matrix> seen = (*embedder)->EmbedPictures(pictures);
    const Result<Matrix> said = (*embedder)->EmbedTexts(words);
    ASSERT_TRUE(seen) << seen.error().message();
    ASSERT_TRUE(said) << said.error().message();
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(Dot(seen->row(i), seen->row(i)), 1, 1e-5);
      EXPECT_NEAR(Dot(said->row(i), said->row(i)), 1, 1e-5);
      for (std::size_t j = 0; j < 3; ++j) {
        EXPECT_LE(Dot(said->row(i), seen->row(j)), Dot(said->row(i), seen->row(i))) << words[i];
      }
    }
  }
}

TEST(OpenEmbedder, VectorDoesNotDependOnItsNeighbours) {
  const TinyPack tiny;
  const auto embedder = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(embedder);
  std::vector<RgbImage> pictures;
  for (std::uint8_t i = 0; i < 21; ++i) {
    pictures.push_back(
        Plain(16 + i, 40 - i, {static_cast<std::uint8_t>(10 * i), 90, static_cast<std::uint8_t>(7 * i)}));
  }
  const Result<Matrix> together = (*embedder)->EmbedPictures(pictures);
  ASSERT_TRUE(together);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Result<Matrix> alone = (*embedder)->EmbedPictures({&pictures[i], 1});
    ASSERT_TRUE(alone);
    EXPECT_GT(Dot(alone->row(0), together->row(i)), 0.99999f) << i;
  }
}

TEST(OpenEmbedder, VectorsStayWhenALongRunMovesToAnotherProvider) {
  TinyPack tiny;
  std::string json = tiny.Read("pack.json");
  json.replace(json.find("\"float32\""), 9,
               "\"int8\"");  // The image tower's precision: only int8 towers move.
  tiny.Write("pack.json", json);
  const auto embedder = OpenEmbedder(Options(tiny, Device::kAuto));
  ASSERT_TRUE(embedder);
  const std::vector<RgbImage> pictures(100, Plain(20, 20, {200, 60, 10}));
  const Result<Matrix> first = (*embedder)->EmbedPictures(std::span(pictures).first(1));
  ASSERT_TRUE(first) << first.error().message();
  for (int i = 0; i < 11; ++i) {
    const Result<Matrix> later = (*embedder)->EmbedPictures(pictures);
    ASSERT_TRUE(later) << later.error().message();
    EXPECT_GT(Dot(later->row(99), first->row(0)), 0.9999f);
  }
}

TEST(OpenEmbedder, EmptyBatchGivesNoRows) {
  const TinyPack tiny;
  const auto embedder = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(embedder);
  EXPECT_EQ((*embedder)->EmbedPictures({})->rows(), 0u);
  EXPECT_EQ((*embedder)->EmbedTexts({})->rows(), 0u);
}

TEST(OpenEmbedder, AnyTextGivesAUnitVector) {
  const TinyPack tiny;
  const auto embedder = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(embedder);
  const std::vector<std::string> texts = {"", "   ", "\xff\xfe", std::string(200'000, 'x'),
                                          std::string("a\0b", 3)};
  const Result<Matrix> vectors = (*embedder)->EmbedTexts(texts);
  ASSERT_TRUE(vectors) << vectors.error().message();
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_NEAR(Dot(vectors->row(i), vectors->row(i)), 1, 1e-5) << i;
}

TEST(OpenEmbedder, PictureWithoutItsPixelsIsRefused) {
  const TinyPack tiny;
  const auto embedder = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(embedder);
  for (const RgbImage& picture :
       {RgbImage{}, RgbImage{0, 5, {}}, RgbImage{-1, -1, {1, 2, 3}}, RgbImage{2, 2, {1}}}) {
    const Result<Matrix> vectors = (*embedder)->EmbedPictures({&picture, 1});
    ASSERT_FALSE(vectors);
    EXPECT_EQ(vectors.error().code(), Code::kInvalidArgument);
  }
}

TEST(OpenEmbedder, ThreadsShareOneEmbedder) {
  const TinyPack tiny;
  const auto embedder = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(embedder);
  std::vector<std::thread> threads;
  std::array<float, 4> scores = {};
  for (std::size_t t = 0; t < scores.size(); ++t) {
    threads.emplace_back([&, t] {
      const RgbImage picture = Plain(20, 20, {255, 0, 0});
      const Result<Matrix> seen = (*embedder)->EmbedPictures({&picture, 1});
      const Result<Matrix> said = (*embedder)->EmbedTexts({{std::string("red")}});
      if (seen && said) scores[t] = Dot(seen->row(0), said->row(0));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const float score : scores) EXPECT_FLOAT_EQ(score, scores[0]);
  EXPECT_GT(scores[0], 0.5f);
}

TEST(OpenEmbedder, TowersAreReadWhenTheyAreUsed) {
  const TinyPack without_text;
  std::filesystem::remove(without_text.File("text.onnx"));
  std::filesystem::remove(without_text.File("vocab.txt"));
  EXPECT_EQ(PictureError(without_text), "");
  EXPECT_SAYS(TextError(without_text), "vocab.txt");
  const TinyPack without_image;
  std::filesystem::remove(without_image.File("image.onnx"));
  std::filesystem::remove(without_image.File("self_test.rgb"));
  EXPECT_EQ(TextError(without_image), "");
  EXPECT_SAYS(PictureError(without_image), "image.onnx");
}

TEST(OpenEmbedder, SwappedTowersAreRefused) {
  const TinyPack tiny;
  const std::string image = tiny.Read("image.onnx");
  const std::string text = tiny.Read("text.onnx");
  tiny.Edit(Hex(Sha256(image)), "IMAGE");
  tiny.Edit(Hex(Sha256(text)), Hex(Sha256(image)));
  tiny.Edit("IMAGE", Hex(Sha256(text)));
  tiny.Edit("\"bytes\": " + std::to_string(image.size()), "\"bytes\": IMAGE");
  tiny.Edit("\"bytes\": " + std::to_string(text.size()), "\"bytes\": " + std::to_string(image.size()));
  tiny.Edit("\"bytes\": IMAGE", "\"bytes\": " + std::to_string(text.size()));
  tiny.Write("image.onnx", text);
  tiny.Write("text.onnx", image);
  EXPECT_SAYS(PictureError(tiny), "it has 2 inputs where 1 is right");
  EXPECT_SAYS(PictureError(tiny), "; copy the pack again from where it came");
  EXPECT_SAYS(TextError(tiny), "it has 1 inputs where 2 are right");
}

TEST(OpenEmbedder, TowerWithOtherWeightsFailsTheSelfTest) {
  // Sound files with right hashes, but the projection of one tower is not the other's: they disagree.
  for (const std::string name : {"image.onnx", "text.onnx"}) {
    const TinyPack tiny;
    std::string model = tiny.Read(name);
    const std::size_t projection = model.find("projectionJ`");  // Name, then the raw data field of 96 bytes.
    ASSERT_NE(projection, std::string::npos);
    for (std::size_t i = 0; i < 24; i += 2) {  // Flips the sign of every other weight.
      char& byte = model[projection + 12 + 4 * i + 3];
      byte = static_cast<char>(byte ^ 0x80);
    }
    tiny.Forge(name, model);
    EXPECT_SAYS(name == "image.onnx" ? PictureError(tiny) : TextError(tiny), "do not belong together");
  }
}

TEST(OpenEmbedder, WeightsThatAreNotNumbersAreRefused) {
  for (const std::string name : {"image.onnx", "text.onnx"}) {
    const TinyPack tiny;
    std::string model = tiny.Read(name);
    const std::size_t projection = model.find("projectionJ`");
    ASSERT_NE(projection, std::string::npos);
    model.replace(projection + 12 + 4 * 5, 4, std::string("\x00\x00\xc0\x7f", 4));
    tiny.Forge(name, model);
    const std::string error = name == "image.onnx" ? PictureError(tiny) : TextError(tiny);
    EXPECT_SAYS(error, name);
    EXPECT_SAYS(error, "holds weights that are not numbers");
    EXPECT_SAYS(error, "; copy the pack again");
  }
}

TEST(OpenEmbedder, TowerOfAnotherDimensionIsRefusedWithBoth) {
  const TinyPack tiny;
  tiny.Edit("\"dimension\": 8", "\"dimension\": 9");
  for (const std::string last : {"-0.638722", "0.181727", "-0.38824", "-0.174265", "0.294553"}) {
    tiny.Edit(last + "\n", last + ", 0\n");  // Every expected vector gets its ninth number.
  }
  const std::string words = "float32 [n, 8] where float32 [n, 9] is right";
  EXPECT_SAYS(PictureError(tiny), words);
  EXPECT_SAYS(TextError(tiny), words);
}

TEST(OpenEmbedder, TensorOfAbsurdSizeIsRefusedBeforeTheRuntimeSeesIt) {
  const TinyPack tiny;
  std::string model = tiny.Read("image.onnx");
  const std::size_t shape = model.find(std::string("\x08\x03\x08\x08\x10\x01", 6));  // dims 3, 8; float.
  ASSERT_NE(shape, std::string::npos);
  model[shape + 1] = '\x7f';
  model[shape + 3] = '\x7f';
  tiny.Forge("image.onnx", model);
  EXPECT_SAYS(PictureError(tiny), "claims more numbers than it holds");
}

TEST(OpenEmbedder, SelfTestPictureOfAnotherPackIsRefused) {
  const TinyPack tiny;
  tiny.Forge("self_test.rgb", std::string(tiny.Read("self_test.rgb").size(), '\xF0'));
  EXPECT_SAYS(PictureError(tiny), "do not belong together");
}

TEST(OpenEmbedder, GraphThatIsNotAsThePackSaysIsRefused) {
  const TinyPack other_edge;
  other_edge.Edit("\"edge_px\": 16", "\"edge_px\": 32");
  EXPECT_SAYS(
      PictureError(other_edge),
      "its tensor \"pixels\" has another type or shape than the pack says: uint8 [n, 16, 16, 3] where "
      "uint8 [n, 32, 32, 3] is right");
  const TinyPack other_type;
  other_type.Edit("\"uint8\"", "\"float32\"");
  EXPECT_SAYS(PictureError(other_type), "where float32 [n, 16, 16, 3] is right");
  const TinyPack other_name;
  other_name.Edit("\"output\": \"embedding\"", "\"output\": \"vector\"");
  EXPECT_SAYS(PictureError(other_name), "it has no tensor \"vector\" as the pack says, but \"embedding\"");
  EXPECT_SAYS(TextError(other_name), "it has no tensor \"vector\"");
}

TEST(OpenEmbedder, DamagedModelWithRightHashIsRefusedByTheRuntime) {
  const TinyPack tiny;
  std::string model = tiny.Read("text.onnx");
  const std::size_t at = model.find("MatMul");
  ASSERT_NE(at, std::string::npos);
  model.replace(at, 6, "MatMux");
  tiny.Forge("text.onnx", model);
  EXPECT_SAYS(TextError(tiny), "cannot be used");
}

// The tiny pack with its words as a tokenizer.json, padded; the tower takes 32-bit ids and no mask.
void UseTokenizerJson(const TinyPack& tiny) {
  constexpr char kJson[] =
      R"({"normalizer": {"type": "BertNormalizer", "lowercase": true},
          "pre_tokenizer": {"type": "BertPreTokenizer"},
          "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]},
          "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab":
            {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "red": 4, "green": 5, "blue": 6, "yellow": 7,
             "white": 8, "black": 9, "a": 10, "the": 11, "car": 12, "sea": 13, "dog": 14, "##s": 15,
             "##ish": 16, ",": 17}}})";
  tiny.Forge("vocab.txt", kJson);
  tiny.Edit("\"wordpiece\"", "\"tokenizer_json\"");
  tiny.Edit("\"max_tokens\": 16", "\"max_tokens\": 16, \"pad_to\": 16, \"pad_id\": 0");
  const std::string tower = tiny.Read("text_ids.onnx");
  tiny.Edit("\"bytes\": " + std::to_string(tiny.Read("text.onnx").size()),
            "\"dtype\": \"int32\", \"bytes\": " + std::to_string(tower.size()));
  tiny.Forge("text.onnx", tower);
  tiny.Edit("\"attention_mask\": \"attention_mask\",", "");
}

TEST(OpenEmbedder, PaddedIdsWithoutAMaskFindTheSameVectors) {
  const TinyPack plain;
  const TinyPack tiny;
  UseTokenizerJson(tiny);
  const auto before = OpenEmbedder(Options(plain));
  const auto after = OpenEmbedder(Options(tiny));
  ASSERT_TRUE(before);
  ASSERT_TRUE(after) << after.error().message();
  const std::vector<std::string> texts = {"a red car", "", "the sea, the sea, the sea, the sea, the sea"};
  const Result<Matrix> expected = (*before)->EmbedTexts(texts);
  const Result<Matrix> found = (*after)->EmbedTexts(texts);
  ASSERT_TRUE(expected);
  ASSERT_TRUE(found) << found.error().message();
  for (std::size_t row = 0; row < texts.size(); ++row) {
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(found->row(row)[i], expected->row(row)[i], 1e-5) << row;
  }
}

TEST(OpenEmbedder, TokenizerThatIsNotKnownIsRefusedByName) {
  const TinyPack tiny;
  UseTokenizerJson(tiny);
  std::string json = tiny.Read("vocab.txt");
  tiny.Forge("vocab.txt", json.replace(json.find("BertNormalizer"), 14, "Rot13"));
  EXPECT_SAYS(TextError(tiny), "\"normalizer.type\" is \"Rot13\"");
}

TEST(OpenEmbedder, SenselessOptionsAreRefused) {
  const TinyPack tiny;
  EmbedderOptions options = Options(tiny);
  options.image_threads = 0;
  EXPECT_EQ(OpenEmbedder(options).error().code(), Code::kInvalidArgument);
  options.pack_folder = tiny.File("nothing");
  options.image_threads = 1;
  EXPECT_EQ(OpenEmbedder(options).error().code(), Code::kModel);
}

TEST(InspectModel, TellsWhatDoctorPrints) {
  const TinyPack tiny;
  const Result<ModelReport> report = InspectModel(Options(tiny));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->name, "tiny");
  EXPECT_EQ(report->space.dimension, 8u);
  EXPECT_TRUE(report->runtime.starts_with("ONNX Runtime 1."));
  EXPECT_EQ(report->image_provider, "CPUExecutionProvider");
  EXPECT_EQ(report->files.size(), 4u);
  EXPECT_EQ(report->sentence_cosines.size(), 4u);
  EXPECT_GT(report->picture_cosine, 0.999);
  for (const double cosine : report->sentence_cosines) EXPECT_GT(cosine, 0.9999);
}

TEST(InspectModel, StarterPackPassesItsSelfTestOnEveryDevice) {
  EmbedderOptions options;
  options.pack_folder = VITRINE_SOURCE_DIR "/models/starter";
  if (!std::filesystem::exists(options.pack_folder + "/pack.json"))
    GTEST_SKIP() << "no starter pack in this tree";
  for (const Device device : {Device::kCpu, Device::kAuto}) {
    options.device = device;
    const Result<ModelReport> report = InspectModel(options);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->name, "starter");
    EXPECT_GE(report->picture_cosine, 0.99);
  }
}

}  // namespace
}  // namespace vitrine
