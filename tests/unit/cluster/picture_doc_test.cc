#include "cluster/picture_doc.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/matrix.h"
#include "index/quantise.h"

namespace vitrine::cluster {
namespace {

PictureCopy Sample() {
  PictureCopy picture;
  picture.asset.id = AssetId{7};
  picture.asset.content.fill(0xAB);
  picture.asset.info = {.width_px = 4000, .height_px = 2000, .format = "jpeg", .facts = {}};
  picture.asset.info.facts.taken_at = "2024-06-01T17:03:22";
  picture.asset.info.facts.camera = "FUJIFILM X-T5";
  picture.asset.info.facts.f_number = 1.4;
  picture.asset.info.facts.latitude = 48.85;
  picture.asset.info.facts.longitude = 2.35;
  picture.asset.sketch = {
      .palette = {{200, 40, 30, 0.6F}, {20, 30, 90, 0.4F}}, .hash = 0xFEDCBA9876543210, .sharpness = 3.5F};
  picture.asset.paths = {"/photos/2024/Caf\xC3\xA9.JPG", "/photos/odd\xFF.jpg"};
  picture.stamps = {
      {.size_bytes = 5'000'000'000, .mtime_ns = 1, .ctime_ns = -2, .device = 3, .inode = 1ULL << 63},
      {.size_bytes = 4, .mtime_ns = 5, .ctime_ns = 6, .device = 7, .inode = 8}};
  picture.tags = {
      {"places/beach", {.state = TagState::kAccepted, .origin = TagOrigin::kPerson}},
      {"dog",
       {.state = TagState::kSuggested, .origin = TagOrigin::kWords, .probability = 0.25, .model = "ab"}}};
  picture.note = {.rating = 4, .caption = "at the \"sea\""};
  picture.picture_text = "OPEN";
  picture.texts = {"caf\xC3\xA9 JPG", "places \xEE\x80\x80 beach", "at the sea", "photos", "OPEN"};
  Matrix vector(1, 6);
  for (std::size_t i = 0; i < 6; ++i) vector.row(0)[i] = static_cast<float>(i) - 2.5F;
  picture.vector = Encode(vector);
  return picture;
}

TEST(PictureDoc, ComesBackAsItWas) {
  const PictureCopy picture = Sample();
  const nlohmann::json document = DocumentOf(picture, VectorKind::kByte);
  // Through text, as a cluster keeps it.
  const auto source = nlohmann::json::parse(document.dump());
  const auto back = PictureOf(DocumentId(picture.asset.content), source, 6);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(ChecksumOf(*back), ChecksumOf(picture));
  EXPECT_EQ(SumText(ChecksumOf(*back)), source["sum"]);
  EXPECT_EQ(back->asset.paths, picture.asset.paths);
  EXPECT_EQ(back->stamps, picture.stamps);
  EXPECT_EQ(back->asset.sketch, picture.asset.sketch);
  EXPECT_EQ(back->note, picture.note);
  EXPECT_EQ(back->tags[1].mark, picture.tags[1].mark);
  EXPECT_EQ(back->vector.codes, picture.vector.codes);
  EXPECT_EQ(back->vector.fine, picture.vector.fine);
  EXPECT_EQ(back->vector.scales, picture.vector.scales);
}

TEST(PictureDoc, TheChecksumIsOfEverythingThatIsSaidOfThePicture) {
  const std::uint64_t sum = ChecksumOf(Sample());
  const auto changed = [&](auto change) {
    PictureCopy other = Sample();
    change(other);
    return ChecksumOf(other) != sum;
  };
  EXPECT_TRUE(
      changed([](PictureCopy& p) { p.vector.fine[0] = static_cast<std::int8_t>(p.vector.fine[0] + 1); }));
  EXPECT_TRUE(changed([](PictureCopy& p) { p.vector.scales[0] *= 2; }));
  EXPECT_TRUE(changed([](PictureCopy& p) { p.tags.pop_back(); }));
  EXPECT_TRUE(changed([](PictureCopy& p) { p.note.caption += "!"; }));
  EXPECT_TRUE(changed([](PictureCopy& p) { p.asset.paths[0] += "x"; }));
  EXPECT_TRUE(changed([](PictureCopy& p) { p.asset.offline = true; }));
}

TEST(PictureDoc, HoldsWhatItIsSearchedBy) {
  const nlohmann::json document = DocumentOf(Sample(), VectorKind::kFloat);
  EXPECT_EQ(document["shape"], (nlohmann::json{"panorama", "landscape"}));
  EXPECT_EQ(document["tags"], (nlohmann::json{"\x1fplaces\x1f"
                                              "beach\x1f"}));
  EXPECT_EQ(document["camera"], "fujifilm x-t5");
  EXPECT_EQ(document["words"]["name"], "cafe jpg");
  EXPECT_EQ(document["bytes"], 5'000'000'000);
  EXPECT_EQ(document["taken_s"], 1'717'261'402);
  EXPECT_EQ(document["vector"].size(), 6U);
  EXPECT_NEAR(document["vector"][0].get<float>(), -2.5F / 4.1833F, 1e-3F);
}

TEST(PictureDoc, DamageIsAnErrorAndNoCrash) {
  const nlohmann::json whole = DocumentOf(Sample(), VectorKind::kByte);
  const std::string id = DocumentId(Sample().asset.content);
  EXPECT_FALSE(PictureOf("xyz", whole, 6));
  EXPECT_FALSE(PictureOf(id, whole, 7));
  EXPECT_FALSE(PictureOf(id, nlohmann::json::object(), 6));
  for (const char* field : {"code", "picture", "id"}) {
    nlohmann::json cut = whole;
    cut.erase(field);
    const auto read = PictureOf(id, cut, 6);
    ASSERT_FALSE(read) << field;
    EXPECT_EQ(read.error().code(), Code::kCorrupt) << field;
    cut[field] = nlohmann::json::array({1});
    EXPECT_FALSE(PictureOf(id, cut, 6)) << field;
  }
}

}  // namespace
}  // namespace vitrine::cluster
