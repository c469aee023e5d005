// Sidecars in documents: the rules are those of a library on one machine, which judges.
#include "engine/cluster/shared_sidecars.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "base/file.h"
#include "base/matrix.h"
#include "catalog/catalog.h"
#include "engine/cluster/merging.h"
#include "index/quantise.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"
#include "xmp/note.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;

const PathBytes kPicture = "/photos/a.jpg", kSidecar = "/photos/a.jpg.xmp";

PictureCopy Document() {
  PictureCopy picture;
  picture.asset.content.fill(0xC4);
  picture.asset.id = SharedId(picture.asset.content);
  picture.asset.info = {.width_px = 4, .height_px = 2, .format = "jpeg", .facts = {}};
  picture.asset.paths = {kPicture};
  picture.stamps = {{.size_bytes = 1}};
  Matrix vector(1, 4);
  vector.row(0)[1] = 1;
  picture.vector = Encode(vector);
  return picture;
}

Sidecar Saying(std::vector<std::string> tags, std::optional<int> rating = {}, std::string caption = "") {
  Sidecar sidecar = {.path = kSidecar};
  sidecar.note = {.tags = std::move(tags), .rating = rating, .caption = std::move(caption)};
  sidecar.bytes = PackNote(sidecar.note);
  sidecar.size_bytes = sidecar.bytes.size();
  sidecar.mtime_ns = 5;
  return sidecar;
}

std::vector<std::string> TagsOf(const PictureCopy& picture) {
  std::vector<std::string> tags;
  for (const AssetTag& tag : picture.tags) {
    if (tag.mark.state == TagState::kAccepted) tags.push_back(tag.path);
  }
  std::ranges::sort(tags);
  return tags;
}

using Tags = std::vector<std::string>;

TEST(SharedSidecars, WhatIsMetForTheFirstTimeIsBelieved) {
  PictureCopy there = Document();
  there.note = {.rating = 2, .caption = "from the picture"};
  ASSERT_TRUE(TakeSidecar(Saying({"animals/bird"}, 4, "a bird"), there).value());
  EXPECT_EQ(TagsOf(there), Tags{"animals/bird"});
  EXPECT_EQ(there.tags.front().mark.origin, TagOrigin::kFile);
  EXPECT_EQ(there.note, (Note{.rating = 4, .caption = "a bird"}));
  EXPECT_NE(there.texts[1].find("bird"), std::string::npos) << "words of tags are searched";
  EXPECT_EQ(there.texts[2], "a bird");
  EXPECT_FALSE(TakeSidecar(Saying({"animals/bird"}, 4, "a bird"), there).value()) << "met once more";
}

TEST(SharedSidecars, WhatPeopleChangedBeforeItWasMetStays) {
  PictureCopy there = Document();
  there.step = 3;
  there.note = {.rating = 2, .caption = ""};
  ASSERT_TRUE(TakeSidecar(Saying({"bird"}, 4, "a bird"), there).value());
  EXPECT_EQ(there.note, (Note{.rating = 2, .caption = "a bird"}));
  EXPECT_EQ(TagsOf(there), Tags{"bird"});
}

TEST(SharedSidecars, ALaterChangeIsMergedWithWhatPeopleSaidMeanwhile) {
  PictureCopy there = Document();
  ASSERT_TRUE(TakeSidecar(Saying({"bird", "lake"}, 3, "old"), there).value());
  std::erase_if(there.tags, [](const AssetTag& tag) { return tag.path == "lake"; });
  there.tags.push_back({"mine", {.state = TagState::kAccepted, .origin = TagOrigin::kPerson}});
  there.note.caption = "mine";
  // Through the document, as another machine sees it.
  const auto document = cluster::DocumentOf(there, cluster::VectorKind::kByte);
  there = cluster::PictureOf(cluster::DocumentId(there.asset.content), document, 4).value();
  ASSERT_TRUE(TakeSidecar(Saying({"lake", "heron"}, 5, "old"), there).value());
  EXPECT_EQ(TagsOf(there), (Tags{"heron", "mine"}));
  EXPECT_EQ(there.note, (Note{.rating = 5, .caption = "mine"}));
}

TEST(SharedSidecars, AreForgottenWithTheirPicturesPlace) {
  PictureCopy there = Document();
  ASSERT_TRUE(TakeSidecar(Saying({"bird"}), there).value());
  PictureCopy moved = Document();
  moved.asset.paths = {"/photos/b.jpg"};
  const std::vector<PathBytes> roots = {"/photos"};
  TakeIn(moved, roots, there);
  EXPECT_EQ(there.sidecars.size(), 1U);
  const std::vector<DocumentFile> gone = {{kPicture, {.size_bytes = 1}}};
  EXPECT_EQ(TakeAway(gone, roots, there), 1U);
  EXPECT_TRUE(there.sidecars.empty());
  EXPECT_EQ(TagsOf(there), Tags{"bird"});
}

// One picture in a catalog and one in a document, through the same random changes by people and in the
// sidecar.
TEST(SharedSidecars, AgreeWithALibraryOnOneMachine) {
  const TempFolder folder;
  const FakeEmbedder embedder;
  const auto catalog = Catalog::Open(folder.path(), CatalogMode::kWrite).value();
  ASSERT_TRUE(catalog->EnsureSpace(embedder.space().id, embedder.space().model, embedder.space().dimension));
  std::mt19937 random(17);
  const auto below = [&](int end) { return std::uniform_int_distribution(0, end - 1)(random); };
  const std::vector<std::string> words = {"bird", "Bird", "animals/bird", "lake", "night", "mine"};
  const auto any_note = [&] {
    EmbeddedNote note;
    for (int i = below(4); i > 0; --i) note.tags.push_back(words[static_cast<std::size_t>(below(6))]);
    if (below(2) == 0) note.rating = below(6);
    if (below(2) == 0) note.caption = words[static_cast<std::size_t>(below(3))];
    return CleanNote(note);
  };
  for (int picture = 0; picture < 40; ++picture) {
    const PathBytes path = "/photos/p" + std::to_string(picture) + ".jpg";
    FileOutcome outcome{.path = path};
    outcome.new_asset = NewAsset{.content = Sha256(path)};
    Matrix vector(1, embedder.space().dimension);
    vector.row(0)[0] = 1;
    const std::int64_t run = catalog->BeginRun("/photos").value();
    ASSERT_TRUE(catalog->RecordBatch(run, embedder.space().id, std::span(&outcome, 1), Encode(vector)));
    const AssetId asset = catalog->AssetOfContent(Sha256(path)).value().value();
    PictureCopy there = Document();
    for (int change = 0; change < 12; ++change) {
      if (below(2) == 0) {
        Sidecar sidecar = Saying({});
        sidecar.path = path + ".xmp";
        sidecar.note = any_note();
        sidecar.bytes = PackNote(sidecar.note);
        const auto taking = catalog->annotations().BeginUnrecorded().value();
        ASSERT_TRUE(TakeSidecar(*catalog, *taking, sidecar, asset, there.step > 0));
        ASSERT_TRUE(taking->Commit());
        ASSERT_TRUE(TakeSidecar(sidecar, there));
      } else {
        const EmbeddedNote before = CatalogNote(catalog->annotations(), asset).value(), after = any_note();
        const auto changing = catalog->annotations().BeginUnrecorded().value();
        ASSERT_TRUE(AmendCatalog(*changing, asset, before, after));
        ASSERT_TRUE(changing->Commit());
        there.tags.clear();
        const EmbeddedNote changed = CatalogNote(catalog->annotations(), asset).value();
        for (const std::string& tag : changed.tags)
          there.tags.push_back({tag, {.state = TagState::kAccepted, .origin = TagOrigin::kPerson}});
        there.note = {.rating = after.rating, .caption = after.caption};
        ++there.step;
      }
      const EmbeddedNote here = CatalogNote(catalog->annotations(), asset).value();
      std::set<std::string> tags_here, tags_there;
      for (const std::string& tag : here.tags) tags_here.insert(TagKey(tag));
      for (const std::string& tag : TagsOf(there)) tags_there.insert(TagKey(tag));
      ASSERT_EQ(tags_here, tags_there) << picture << ", change " << change;
      ASSERT_EQ(there.note, (Note{.rating = here.rating, .caption = here.caption}))
          << picture << ", change " << change;
    }
  }
}

std::string Xmp(const std::string& tag) {
  return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
         "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
         "<rdf:Description rdf:about=\"\" "
         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:subject><rdf:Bag><rdf:li>" +
         tag + "</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>";
}

TEST(BunchSidecars, AreReadOnceAndOnlyWhereTheyAreNews) {
  const TempFolder folder;
  const PathBytes one = folder.File("a.jpg"), other = folder.File("a.png"), both = folder.File("a.xmp");
  for (const PathBytes& path : {one, other}) ASSERT_TRUE(WriteFileAtomically(path, "x", Durability::kCache));
  ASSERT_TRUE(WriteFileAtomically(both, Xmp("bird"), Durability::kCache));
  ASSERT_TRUE(WriteFileAtomically(folder.File("a.jpg.xmp"), "no XMP", Durability::kCache));
  using namespace std::chrono_literals;
  for (const char* name : {"a.xmp", "a.jpg.xmp"})
    std::filesystem::last_write_time(folder.File(name), std::filesystem::file_time_type::clock::now() - 1h);
  const StopSignal stop;
  const Plan plan = PlanWork({folder.path()}, false, stop);
  ASSERT_EQ(plan.files, 2U);
  BunchSidecars sidecars(plan.bunches.front());
  PictureCopy jpeg = Document(), png = Document();
  jpeg.asset.paths = {one};
  png.asset.paths = {other};
  EXPECT_TRUE(sidecars.TakeInto(jpeg.asset.paths, jpeg).value());
  EXPECT_TRUE(sidecars.TakeInto(png.asset.paths, png).value());
  EXPECT_EQ(TagsOf(jpeg), Tags{"bird"});
  EXPECT_EQ(TagsOf(png), Tags{"bird"});
  EXPECT_EQ(sidecars.read(), 1U);
  EXPECT_FALSE(sidecars.doubtful());
  ASSERT_EQ(sidecars.failures().size(), 1U);
  EXPECT_EQ(sidecars.failures().front().first, folder.File("a.jpg.xmp"));
  BunchSidecars again(plan.bunches.front());
  EXPECT_FALSE(again.TakeInto(png.asset.paths, png).value());
  EXPECT_EQ(again.read(), 0U);
}

}  // namespace
}  // namespace vitrine
