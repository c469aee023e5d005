#include "fetch/catalogue.h"

#include <gtest/gtest.h>

#include <utility>

#include "unit/fetch/samples.h"

namespace vitrine::fetch {
namespace {

TEST(Catalogue, ReadsWhatItIsGiven) {
  const Result<Catalogue> catalogue = ParseCatalogue(SampleCatalogue(), "c.json");
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  ASSERT_EQ(catalogue->models.size(), 1u);
  const CatalogueModel& model = catalogue->models[0];
  EXPECT_EQ(model.layout, Layout::kImmich);
  EXPECT_EQ(model.Bytes(), 1010u);
  EXPECT_EQ(model.KnownHashes(), 1u);
  EXPECT_EQ(model.files[0].LimitBytes(), 1000u);
  EXPECT_GT(model.files[1].LimitBytes(), 10u);
}

TEST(Catalogue, NamesTheFieldThatIsWrong) {
  const std::pair<std::pair<const char*, const char*>, const char*> cases[] = {
      {{"\"schema\": 1", "\"schema\": 2"}, "schema 2"},
      {{"\"tests\"", "7"}, "models[0].purpose"},
      {{"\"immich\"", "\"zip\""}, "models[0].layout"},
      {{"https://", "http://"}, "models[0].base"},
      {{"sample/\"", "sample\""}, "models[0].base"},
      {{"towers/a.onnx", "../a.onnx"}, "models[0].files[0].path"},
      {{"towers/a.onnx", "/etc/passwd"}, "models[0].files[0].path"},
      {{"towers/a.onnx", "fetched.json"}, "models[0].files[0].path"},
      {{"towers/a.onnx", "b.json"}, "models[0].files[1].path"},
      {{"\"name\": \"sample\"", "\"name\": \"../sample\""}, "models[0].name"},
      {{"\"bytes\": 1000", "\"bytes\": -1"}, "models[0].files[0].bytes"},
      {{"\"bytes\": 1000", "\"bytes\": 99999999999999"}, "models[0].files[0].bytes"},
      {{"aaaa", "AAAA"}, "models[0].files[0].sha256"},
      {{"\"about_bytes\"", "\"about\""}, "models[0].files[1].about_bytes"},
      {{"\"licence\"", "\"license\""}, "models[0].licence"},
  };
  for (const auto& [change, field] : cases) {
    const Result<Catalogue> catalogue =
        ParseCatalogue(SampleCatalogue(change.first, change.second), "c.json");
    ASSERT_FALSE(catalogue) << field;
    EXPECT_EQ(catalogue.error().code(), Code::kModel);
    EXPECT_NE(catalogue.error().message().find(field), std::string::npos) << catalogue.error().message();
    EXPECT_NE(catalogue.error().message().find("c.json"), std::string::npos);
  }
}

TEST(Catalogue, EveryCutIsRefused) {
  const std::string text = SampleCatalogue();
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    EXPECT_FALSE(ParseCatalogue(text.substr(0, bytes), "c.json")) << bytes;
  }
}

TEST(Catalogue, AMisspeltNameGetsAGuess) {
  const Result<Catalogue> catalogue = ParseCatalogue(SampleCatalogue(), "c.json");
  ASSERT_TRUE(catalogue);
  EXPECT_TRUE(catalogue->Find("sample"));
  const auto missing = catalogue->Find("sampel");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find("did you mean"), std::string::npos) << missing.error().message();
}

TEST(Catalogue, TheOneThatIsShippedIsSound) {
  const Result<Catalogue> catalogue =
      ReadCatalogue(std::string(VITRINE_SOURCE_DIR) + "/models/catalogue.json");
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  EXPECT_GE(catalogue->models.size(), 5u);
  for (const CatalogueModel& model : catalogue->models) {
    EXPECT_TRUE(model.base.starts_with("https://")) << model.name;
    // Every layout has two towers and what `modelkit import` reads beside them.
    std::size_t towers = 0;
    for (const CatalogueFile& file : model.files) towers += file.path.ends_with(".onnx") ? 1u : 0u;
    EXPECT_EQ(towers, 2u) << model.name;
  }
}

}  // namespace
}  // namespace vitrine::fetch
