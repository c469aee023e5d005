#include "model/variants.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/pack.h"
#include "model/pack_embedder.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

TowerVariant Variant(const std::string& precision, double speed, double mean = 1, double p1 = 1,
                     double recall = 0) {
  TowerVariant variant{.precision = precision};
  variant.space = "space of " + precision;
  variant.measured = TowerVariant::Measured{mean, p1, recall, speed, 1};
  return variant;
}

const std::vector<TowerVariant> kAll = {Variant("fp32", 40), Variant("int8", 120, 0.998, 0.99, -0.2),
                                        Variant("fp16", 20), Variant("int4", 300, 0.97, 0.9, -3)};

std::string Chosen(const PrecisionWish& wish, const std::vector<TowerVariant>& variants = kAll,
                   const Tolerance& tolerance = {}) {
  const Result<TowerVariant> chosen = ChooseVariant(variants, tolerance, wish);
  return chosen ? chosen->precision : chosen.error().message();
}

TEST(ChooseVariant, FastestWithinTheToleranceIsTaken) {
  EXPECT_EQ(Chosen({}), "int8");
  EXPECT_EQ(Chosen({}, kAll, {.cosine_mean = 0.999}), "fp32");
  EXPECT_EQ(Chosen({}, kAll, {.cosine_p1 = 0.995}), "fp32");
  EXPECT_EQ(Chosen({}, kAll, {.recall10_loss = 0.1}), "fp32");
  EXPECT_EQ(Chosen({}, kAll, {.cosine_mean = 0.9, .cosine_p1 = 0.9, .recall10_loss = 5}), "int4");
}

TEST(ChooseVariant, ProcessorWithoutInt8ProductsTakesFloats) {
  EXPECT_EQ(Chosen({.int8_dot = false}), "fp32");
  EXPECT_EQ(Chosen({.int8_dot = false}, {Variant("int8", 100)}), "int8");
}

TEST(ChooseVariant, AcceleratorTakesShortFloats) {
  EXPECT_EQ(Chosen({.device = Device::kGpu}), "fp16");
  EXPECT_EQ(Chosen({.device = Device::kNpu}, {Variant("fp32", 40), Variant("int8", 100)}), "fp32");
}

TEST(ChooseVariant, UnmeasuredVariantIsNeverTakenUnasked) {
  std::vector<TowerVariant> variants = {Variant("fp32", 40), Variant("int8", 0)};
  variants[1].measured.reset();
  EXPECT_EQ(Chosen({}, variants), "fp32");
  variants[0].measured.reset();
  EXPECT_EQ(Chosen({}, variants), "fp32");
  EXPECT_EQ(Chosen({.precision = Precision::kInt8}, variants), "int8");
}

TEST(ChooseVariant, LibraryStaysInTheSpaceItHas) {
  PrecisionWish wish;
  wish.in_use = [](const std::string& space) { return space == "space of fp32"; };
  EXPECT_EQ(Chosen(wish), "fp32");
  wish.in_use = [](const std::string& space) { return space == "space of int4"; };
  EXPECT_EQ(Chosen(wish), "int4") << "though nobody would choose it anew";
  wish.int8_dot = false;
  wish.in_use = [](const std::string& space) { return space == "space of int8"; };
  EXPECT_EQ(Chosen(wish), "int8") << "though this machine would rather have floats";
  wish.in_use = [](const std::string&) { return false; };
  EXPECT_EQ(Chosen(wish), "fp32");
}

TEST(ChooseVariant, AskingWinsOverWhatIsInUse) {
  PrecisionWish wish{.precision = Precision::kInt4};
  wish.in_use = [](const std::string& space) { return space == "space of fp32"; };
  EXPECT_EQ(Chosen(wish), "int4");
}

TEST(ChooseVariant, Bf16IsTheFileOfFloat32) { EXPECT_EQ(Chosen({.precision = Precision::kBf16}), "fp32"); }

TEST(ChooseVariant, MissingPrecisionIsRefusedByName) {
  const std::string message =
      Chosen({.precision = Precision::kFloat16}, {Variant("fp32", 1), Variant("int8", 2)});
  EXPECT_NE(message.find("no tower for fp16; it has fp32, int8"), std::string::npos) << message;
}

// The tiny pack, which gets a second image tower.
class TwoPrecisions : public testing::Test {
 protected:
  ModelPack Chosen(const PrecisionWish& wish) const {
    Result<ModelPack> pack = ModelPack::Load(tiny_.path());
    EXPECT_TRUE(pack) << pack.error().message();
    EXPECT_TRUE(pack->Choose(wish));
    return *std::move(pack);
  }

  const TinyPack tiny_;
};

TEST_F(TwoPrecisions, ImageTowersFileIsPartOfTheSpace) {
  const std::string before = ModelPack::Load(tiny_.path())->space().id;
  tiny_.AddImageVariant(tiny_.Read("image.onnx"));
  EXPECT_EQ(ModelPack::Load(tiny_.path())->space().id, before)
      << "a variant changes nothing for the main file";
  EXPECT_EQ(Chosen({.precision = Precision::kFloat32}).space().id, before);
  EXPECT_EQ(Chosen({.precision = Precision::kBf16}).space().id, before);
  const ModelPack short_one = Chosen({});
  EXPECT_NE(short_one.space().id, before);
  EXPECT_EQ(short_one.image().file.name, "image.int8.onnx");
  EXPECT_EQ(short_one.text().file.name, "text.onnx");
  EXPECT_EQ(Chosen({.in_use = [&](const std::string& space) { return space == before; }}).space().id, before);
}

TEST_F(TwoPrecisions, EveryPrecisionIsHeldToTheSelfTest) {
  tiny_.AddImageVariant(WithWrongSigns(tiny_.Read("image.onnx")));
  EmbedderOptions options{.pack_folder = tiny_.path(), .precision = Precision::kInt8};
  const Result<ModelReport> report = InspectModel(options);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message().find("image.int8.onnx"), std::string::npos) << report.error().message();
  options.precision = Precision::kFloat32;
  EXPECT_TRUE(InspectModel(options));
}

TEST_F(TwoPrecisions, UnknownPrecisionIsRefused) {
  tiny_.AddImageVariant(tiny_.Read("image.onnx"), "int3");
  const Result<ModelPack> pack = ModelPack::Load(tiny_.path());
  ASSERT_FALSE(pack);
  EXPECT_NE(pack.error().message().find("image.variants[0].precision"), std::string::npos)
      << pack.error().message();
}

TEST(PackEmbedder, Bf16IsUsedFromTheFirstPictureWhereItIsAskedFor) {
  const TinyPack tiny;
  std::vector<bool> asked;
  Machine machine{
      {"OpenVINOExecutionProvider"}, false, true, [&](std::string model, const SessionSettings& settings) {
        asked.push_back(settings.bf16);
        return OrtSession::Create(std::move(model), {.threads = settings.threads});
      }};
  const EmbedderOptions options{.pack_folder = tiny.path(), .precision = Precision::kBf16};
  PackEmbedder embedder(*ModelPack::Load(tiny.path()), options, machine);
  ASSERT_TRUE(embedder.image_tower(1));
  EXPECT_EQ(asked, std::vector<bool>{true});
  EXPECT_TRUE(embedder.notes().empty());

  machine.bf16 = false;
  asked.clear();
  PackEmbedder older(*ModelPack::Load(tiny.path()), options, machine);
  ASSERT_TRUE(older.image_tower(1));
  EXPECT_EQ(asked, std::vector<bool>{false});
  ASSERT_EQ(older.notes().size(), 1u);
  EXPECT_EQ(older.notes()[0], "bf16 is not used but fp32: this processor multiplies no bf16");
}

TEST(PackEmbedder, LongRunOfFloat32MovesToBf16WhereTheProcessorHasIt) {
  const TinyPack tiny;
  for (const bool has_bf16 : {true, false}) {
    const Machine machine{{"OpenVINOExecutionProvider"},
                          false,
                          has_bf16,
                          [](std::string model, const SessionSettings& settings) {
                            return OrtSession::Create(std::move(model), {.threads = settings.threads});
                          }};
    for (const Precision precision : {Precision::kAuto, Precision::kFloat32}) {
      PackEmbedder embedder(*ModelPack::Load(tiny.path()),
                            {.pack_folder = tiny.path(), .precision = precision}, machine);
      const auto tower = embedder.image_tower(1024);
      ASSERT_TRUE(tower);
      EXPECT_EQ((*tower)->bf16(), has_bf16 && precision == Precision::kAuto);
    }
  }
}

}  // namespace
}  // namespace vitrine
