#include "fetch/manifest.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/temp_folder.h"
#include "unit/fetch/samples.h"

namespace vitrine::fetch {
namespace {

Manifest SampleManifest() {
  return {"sample",
          "https://models.example/sample/",
          {{"towers/a.onnx", 400, false, kSomeHash, Pin::kCatalogue, "\"v1\""},
           {"b.json", 10, true, kOtherHash, Pin::kFirstFetch, ""}}};
}

TEST(Manifest, ComesBackAsItWasWritten) {
  const TempFolder folder;
  ASSERT_TRUE(WriteManifest(folder.path(), SampleManifest()));
  const Result<Manifest> read = ReadManifest(folder.path());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->model, "sample");
  ASSERT_EQ(read->files.size(), 2u);
  EXPECT_EQ(read->files[0].bytes, 400u);
  EXPECT_FALSE(read->files[0].whole);
  EXPECT_EQ(read->files[0].validator, "\"v1\"");
  EXPECT_EQ(read->files[0].pin, Pin::kCatalogue);
  EXPECT_TRUE(read->files[1].whole);
  EXPECT_EQ(read->files[1].sha256, kOtherHash);
  EXPECT_EQ(read->files[1].pin, Pin::kFirstFetch);
}

TEST(Manifest, MissingAndDamagedAreToldApart) {
  const TempFolder folder;
  EXPECT_EQ(ReadManifest(folder.path()).error().code(), Code::kNotFound);
  const std::string path = folder.File(kManifestName);
  for (const char* text :
       {"", "{", "[]",
        R"({"schema":1,"model":"m","base":"b","files":[{"path":"../x","bytes":1,"whole":false}]})",
        R"({"schema":1,"model":"m","base":"b","files":[{"path":"x","bytes":1,"whole":true}]})",
        R"({"schema":9,"model":"m","base":"b","files":[]})"}) {
    ASSERT_TRUE(WriteFileAtomically(path, text, Durability::kCache));
    const Result<Manifest> read = ReadManifest(folder.path());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Code::kModel);
  }
}

TEST(Manifest, MergingKeepsPinsAndProgress) {
  const Manifest merged = MergeManifest(SampleModel(), SampleManifest());
  ASSERT_EQ(merged.files.size(), 2u);
  EXPECT_EQ(merged.files[0].bytes, 400u);
  EXPECT_TRUE(merged.files[1].whole);
  EXPECT_EQ(merged.files[1].sha256, kOtherHash);
}

TEST(Manifest, TheCatalogueOverrulesAPin) {
  CatalogueModel model = SampleModel();
  model.files[1].sha256 = kSomeHash;
  const Manifest merged = MergeManifest(model, SampleManifest());
  EXPECT_FALSE(merged.files[1].whole);
  EXPECT_EQ(merged.files[1].sha256, kSomeHash);
  EXPECT_EQ(merged.files[1].pin, Pin::kCatalogue);
}

TEST(Manifest, AnotherAddressBeginsAnew) {
  CatalogueModel model = SampleModel();
  model.base = "https://models.example/newer/";
  const Manifest merged = MergeManifest(model, SampleManifest());
  EXPECT_EQ(merged.files[0].bytes, 0u);
  EXPECT_FALSE(merged.files[1].whole);
  EXPECT_EQ(merged.files[1].sha256, "");
}

}  // namespace
}  // namespace vitrine::fetch
