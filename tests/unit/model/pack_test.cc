#include "model/pack.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "base/hash.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

std::string LoadError(const TinyPack& tiny) {
  const Result<ModelPack> pack = ModelPack::Load(tiny.path());
  if (pack) return "";
  EXPECT_EQ(pack.error().code(), Code::kModel);
  EXPECT_NE(pack.error().message().find(tiny.path()), std::string::npos) << pack.error().message();
  return pack.error().message();
}

PackFile FileNamed(const ModelPack& pack, const std::string& name) {
  for (const PackFile& file :
       {pack.image().file, pack.text().file, pack.text().tokenizer_file, pack.self_test().picture}) {
    if (file.name == name) return file;
  }
  ADD_FAILURE() << name;
  return {};
}

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

TEST(ModelPack, TinyPackIsReadWhole) {
  const TinyPack tiny;
  const Result<ModelPack> pack = ModelPack::Load(tiny.path());
  ASSERT_TRUE(pack) << pack.error().message();
  EXPECT_EQ(pack->space().model, "tiny 1.0.0");
  EXPECT_EQ(pack->space().dimension, 8u);
  EXPECT_EQ(pack->space().id, "1fd0735ad05cf0df");  // What libraries on disks are named by.
  EXPECT_EQ(pack->image().preprocessing.edge_px, 16);
  EXPECT_EQ(pack->text().tokenizer.max_tokens, 16u);
  EXPECT_EQ(pack->self_test().sentences.size(), 4u);
  EXPECT_DOUBLE_EQ(pack->text_background().deviation, 0.3);
  for (const std::string name : TinyPack::kHashedFiles) {
    EXPECT_TRUE(pack->Read(FileNamed(*pack, name))) << name;
  }
}

TEST(ModelPack, SpaceChangesWithWhateverChangesVectors) {
  const TinyPack original;
  const std::string id = ModelPack::Load(original.path())->space().id;
  const std::string vocabulary_hash = Hex(Sha256(original.Read("vocab.txt")));
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"squash\"", "\"crop\""},
                                 {"\"squash\"", "\"crop\", \"short_px\": 18"},
                                 {"\"squash\"", "\"squash\", \"fill\": 0"},
                                 {"\"bilinear\"", "\"bicubic\""},
                                 {"\"prompt\": \"{}\"", "\"prompt\": \"a photo of {}\""},
                                 {"\"max_tokens\": 16", "\"max_tokens\": 17"},
                                 {"\"lowercase\": true", "\"lowercase\": false"},
                                 {"\"edge_px\": 16", "\"edge_px\": 17"},
                                 {vocabulary_hash, std::string(64, 'a')}}) {
    const TinyPack changed;
    changed.Edit(from, to);
    EXPECT_NE(ModelPack::Load(changed.path())->space().id, id) << to;
  }
  const TinyPack crop;
  const TinyPack short_crop;
  crop.Edit("\"squash\"", "\"crop\"");
  short_crop.Edit("\"squash\"", "\"crop\", \"short_px\": 18");
  EXPECT_NE(ModelPack::Load(crop.path())->space().id, ModelPack::Load(short_crop.path())->space().id);
  for (const char* tokenizer : {"\"max_tokens\": 16, \"pad_to\": 16, \"pad_id\": 0",
                                "\"max_tokens\": 16, \"pad_to\": 16, \"pad_id\": 1"}) {
    const TinyPack padded;
    padded.Edit("\"max_tokens\": 16", tokenizer);
    EXPECT_NE(ModelPack::Load(padded.path())->space().id, id) << tokenizer;
  }
  const TinyPack of_json;
  of_json.Edit("\"wordpiece\"", "\"tokenizer_json\"");
  EXPECT_NE(ModelPack::Load(of_json.path())->space().id, id);
  const TinyPack renamed;
  renamed.Edit("\"name\": \"tiny\"", "\"name\": \"other\"");
  EXPECT_EQ(ModelPack::Load(renamed.path())->space().id, id);
}

TEST(ModelPack, FieldsOfSchema2LeaveTheSpacesOfOlderPacksAlone) {
  EXPECT_EQ(ModelPack::Load(TinyPack().path())->space().id, "1fd0735ad05cf0df");
}

TEST(ModelPack, AnyFlippedBitIsRefusedWithFileAndBothHashes) {
  constexpr unsigned kSeed = 100;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (const std::string name : TinyPack::kHashedFiles) {
    const TinyPack tiny;
    const ModelPack pack = *ModelPack::Load(tiny.path());
    const std::string bytes = tiny.Read(name);
    for (int i = 0; i < 100; ++i) {
      std::string spoiled = bytes;
      char& byte = spoiled[random() % spoiled.size()];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
      tiny.Write(name, spoiled);
      const Result<std::string> read = pack.Read(FileNamed(pack, name));
      ASSERT_FALSE(read) << name;
      EXPECT_EQ(read.error().code(), Code::kModel);
      EXPECT_SAYS(read.error().message(), name);
      EXPECT_SAYS(read.error().message(), Hex(Sha256(bytes)));
      EXPECT_SAYS(read.error().message(), Hex(Sha256(spoiled)));
      EXPECT_SAYS(read.error().message(), "copy the pack again");
    }
  }
}

TEST(ModelPack, MissingCutOrGrownFileIsRefused) {
  for (const std::string name : TinyPack::kHashedFiles) {
    const TinyPack tiny;
    const ModelPack pack = *ModelPack::Load(tiny.path());
    const PackFile file = FileNamed(pack, name);
    const std::string bytes = tiny.Read(name);
    tiny.Write(name, bytes + "x");
    EXPECT_FALSE(pack.Read(file)) << name;
    tiny.Write(name, bytes.substr(0, bytes.size() / 2));
    EXPECT_FALSE(pack.Read(file)) << name;
    tiny.Write(name, "");
    EXPECT_FALSE(pack.Read(file)) << name;
    std::filesystem::remove(tiny.File(name));
    const Result<std::string> gone = pack.Read(file);
    ASSERT_FALSE(gone);
    EXPECT_SAYS(gone.error().message(), name);
  }
}

TEST(ModelPack, LinkInPlaceOfAFileIsRefused) {
  const TinyPack tiny;
  const ModelPack pack = *ModelPack::Load(tiny.path());
  std::filesystem::rename(tiny.File("text.onnx"), tiny.File("elsewhere"));
  std::filesystem::create_symlink("elsewhere", tiny.File("text.onnx"));
  EXPECT_FALSE(pack.Read(pack.text().file));
}

TEST(ModelPack, JsonCutAnywhereIsRefused) {
  const TinyPack tiny;
  const std::string json = tiny.Read("pack.json");
  for (std::size_t size = 0; size + 2 < json.size(); size += 64) {
    tiny.Write("pack.json", json.substr(0, size));
    EXPECT_SAYS(LoadError(tiny), "pack.json") << size;
  }
  std::filesystem::remove(tiny.File("pack.json"));
  EXPECT_SAYS(LoadError(tiny), "no model pack at");
}

TEST(ModelPack, SpoiledJsonNeverDoesHarm) {
  constexpr unsigned kSeed = 9;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const TinyPack tiny;
  const std::string json = tiny.Read("pack.json");
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    std::string spoiled = json;
    spoiled[random() % spoiled.size()] = static_cast<char>(random());
    tiny.Write("pack.json", spoiled);
    refused += LoadError(tiny).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 100);
}

TEST(ModelPack, UnknownSchemaIsRefusedInWords) {
  const TinyPack tiny;
  tiny.Edit("\"schema\": 1", "\"schema\": 4");
  EXPECT_SAYS(LoadError(tiny), "is of schema 4, and this version reads schemas up to 3; update Vitrine");
}

TEST(ModelPack, FieldOutOfBoundsIsNamed) {
  struct Spoiling {
    const char* from;
    const char* to;
    const char* words;
  };
  for (const Spoiling& one : {
           Spoiling{"\"dimension\": 8", "\"dimension\": 9", "picture_vector"},
           {"\"dimension\": 8", "\"dimension\": 4", "\"dimension\" must be a whole number in 8..4096"},
           {"\"dimension\": 8", "\"dimension\": 1e9", "\"dimension\""},
           {"\"dimension\": 8", "\"dimension\": -8", "\"dimension\""},
           {"\"dimension\"", "\"dimensions\"", "\"dimension\" is missing"},
           {"\"edge_px\": 16", "\"edge_px\": 15", "\"image.edge_px\""},
           {"\"edge_px\": 16", "\"edge_px\": 100000", "\"image.edge_px\""},
           {"\"squash\"", "\"squash\", \"short_px\": 20",
            "\"image.short_px\" goes with the rule \"crop\" alone"},
           {"\"squash\"", "\"crop\", \"short_px\": 15",
            "\"image.short_px\" must be a whole number in 16..32"},
           {"\"squash\"", "\"squash\", \"fill\": 256", "\"image.fill\""},
           {"\"tokenizer\"", "\"tokeniser\"", "\"text.tokenizer\" is missing"},
           {"\"squash\"", "\"stretch\"", "this version knows: squash, crop, letterbox"},
           {"\"wordpiece\"", "\"bpe\"", "this version knows: wordpiece"},
           {"\"lowercase\": true", "\"lowercase\": 1", "\"text.tokenizer.lowercase\""},
           {"\"prompt\": \"{}\"", "\"prompt\": \"no hole\"", "\"text.prompt\""},
           {"\"max_tokens\": 16", "\"max_tokens\": 16, \"pad_to\": 15", "\"text.tokenizer.pad_to\""},
           {"\"max_tokens\": 16", "\"max_tokens\": 16, \"pad_to\": 16",
            "\"text.tokenizer.pad_id\" is missing"},
           {"\"prompt\": \"{}\"", "\"prompt\": \"{}\", \"dtype\": \"int8\"",
            "this version knows: int64, int32"},
           {"\"image.onnx\"", "\"../image.onnx\"", "\"image.file\" must be a plain name"},
           {"\"image.onnx\"", "\"/etc/passwd\"", "\"image.file\" must be a plain name"},
           {"\"image.onnx\"", "\"..\"", "\"image.file\" must be a plain name"},
           {"\"image.onnx\"", "\"pack.json\"", "\"image.file\" must be a plain name"},
           {"\"image.onnx\"", "\"a\\u0000b\"", "\"image.file\" must be a plain name"},
           {"\"self_test.rgb\"", "\".hidden\"", "\"self_test.picture.file\""},
           {"\"width\": 96", "\"width\": 0", "\"self_test.picture.width\""},
           {"\"min_cosine\": 0.999", "\"min_cosine\": 0.1", "\"self_test.min_cosine\""},
           {"\"text_std_score\": 0.3", "\"text_std_score\": 0", "\"calibration.text_std_score\""},
           {"\"calibration\": {", "\"calibration\": [{", "not valid JSON"},
           {"\"licence\": \"Apache-2.0\"", "\"licence\": \"\"", "\"licence\""},
       }) {
    const TinyPack tiny;
    tiny.Edit(one.from, one.to);
    EXPECT_SAYS(LoadError(tiny), one.words) << one.to;
  }
}

TEST(ModelPack, ZeroDeviationIsRefused) {
  const TinyPack tiny;
  const std::string json = tiny.Read("pack.json");
  const std::size_t at = json.find('1', json.find("\"std\""));
  tiny.Write("pack.json", json.substr(0, at) + "0" + json.substr(at + 1));
  EXPECT_SAYS(LoadError(tiny), "\"image.std\"");
}

}  // namespace
}  // namespace vitrine
