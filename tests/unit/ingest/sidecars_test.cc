#include "ingest/sidecars.h"

#include "ingest_fixture.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

using Tags = std::vector<std::string>;

std::string Xmp(const EmbeddedNote& note) { return *MergeXmp("", {.note = note}); }

class Sidecars : public IngestFixture {
 protected:
  AssetId AssetAt(const std::string& name) { return *catalog_->FileAt(At(name)).value()->asset; }
  EmbeddedNote NoteAt(const std::string& name) {
    return CatalogNote(catalog_->annotations(), AssetAt(name)).value();
  }
  // A sidecar whose time is so far back that it is not taken for one being written.
  void WriteSidecar(const std::string& name, const std::string& bytes, int age_s = 100) {
    Write(name, bytes);
    std::filesystem::last_write_time(
        At(name), std::filesystem::file_time_type::clock::now() - std::chrono::seconds(age_s));
  }
  void ChangeHere(const std::string& name, const Tags& add, const Tags& remove,
                  std::optional<int> rating = {}) {
    const AssetId asset = AssetAt(name);
    const auto change = catalog_->annotations().Begin("test").value();
    for (const std::string& tag : add) ASSERT_TRUE(change->Mark(tag, {&asset, 1}, {}));
    for (const std::string& tag : remove) ASSERT_TRUE(change->Unmark(tag, {&asset, 1}));
    if (rating) {
      ASSERT_TRUE(change->SetNote(asset, {.rating = rating, .caption = {}}));
    }
    ASSERT_TRUE(change->Commit());
  }
};

TEST(SidecarNames, BothHabitsAreKnown) {
  EXPECT_TRUE(IsSidecarName("a.xmp"));
  EXPECT_TRUE(IsSidecarName("a.jpg.XMP"));
  EXPECT_FALSE(IsSidecarName(".xmp"));
  EXPECT_FALSE(IsSidecarName("a.xml"));
  EXPECT_FALSE(IsSidecarName("._a.xmp"));
  const Tags there = {"a.XMP", "a.jpg.xmp", "a.png.xmp", "ab.xmp", "b.xmp"};
  EXPECT_EQ(SidecarsOf("a.jpg", there), (Tags{"a.XMP", "a.jpg.xmp"}));
  EXPECT_EQ(SidecarsOf("b", there), Tags{"b.xmp"});
  EXPECT_TRUE(SidecarsOf("c.jpg", there).empty());
}

TEST_F(Sidecars, AreReadWithTheirPictures) {
  Write("a.jpg", "one");
  Write("b.jpg", "two");
  WriteSidecar("a.jpg.xmp", Xmp({.tags = {"places/sea"}, .rating = 4, .caption = "Waves"}));
  WriteSidecar("b.xmp", Xmp({.tags = {"night"}}));
  const IndexReport report = Run();
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(NoteAt("a.jpg"), (EmbeddedNote{.tags = {"places/sea"}, .rating = 4, .caption = "Waves"}));
  EXPECT_EQ(NoteAt("b.jpg").tags, Tags{"night"});
  EXPECT_TRUE(catalog_->SidecarsDue(10).value().empty()) << "what files said need not be written to files";
}

TEST_F(Sidecars, ChangesAreNoticedThoughThePictureIsTheSame) {
  Write("a.jpg", "one");
  WriteSidecar("a.xmp", Xmp({.tags = {"old", "both"}, .rating = 1}), 200);
  Run();
  const std::size_t before = Embedded();
  WriteSidecar("a.xmp", Xmp({.tags = {"both", "new"}, .rating = 5}), 100);
  EXPECT_EQ(Run().reused, 1U);
  EXPECT_EQ(Embedded(), before);
  EXPECT_EQ(NoteAt("a.jpg"), (EmbeddedNote{.tags = {"both", "new"}, .rating = 5}));
  EXPECT_TRUE(Run().notes.empty()) << "an unchanged sidecar is not read again";
}

TEST_F(Sidecars, ASidecarThatComesLaterIsBelieved) {
  Write("a.jpg", "one");
  Run();
  WriteSidecar("a.jpg.xmp", Xmp({.tags = {"late"}, .rating = 2}));
  Run();
  EXPECT_EQ(NoteAt("a.jpg"), (EmbeddedNote{.tags = {"late"}, .rating = 2}));
}

TEST_F(Sidecars, BothSidesChangesCount) {
  Write("a.jpg", "one");
  WriteSidecar("a.xmp", Xmp({.tags = {"stays", "removed here", "removed there"}}), 200);
  Run();
  ChangeHere("a.jpg", {"added here"}, {"removed here"}, 3);
  WriteSidecar("a.xmp", Xmp({.tags = {"stays", "removed here", "added there"}, .rating = 5}), 100);
  Run();
  EXPECT_EQ(NoteAt("a.jpg"), (EmbeddedNote{.tags = {"added here", "added there", "stays"}, .rating = 3}))
      << "a rating in conflict stays as it is here";
  Run();
  EXPECT_EQ(NoteAt("a.jpg").rating, 3);
  EXPECT_EQ(catalog_->SidecarsDue(10).value(), std::vector<AssetId>{AssetAt("a.jpg")});
}

TEST_F(Sidecars, ABrokenOneIsALineInTheListAndNoMore) {
  Write("a.jpg", "one");
  WriteSidecar("a.xmp", "<x:xmpmeta");
  WriteSidecar("a.jpg.xmp", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 1U);
  ASSERT_EQ(report.failures.size(), 2U);
  EXPECT_EQ(report.failures[0].path, At("a.xmp"));
  EXPECT_NE(report.failures[0].reason.find("line 1"), std::string::npos);
  EXPECT_NE(report.failures[1].reason.find("document type"), std::string::npos);
  WriteSidecar("a.xmp", Xmp({.tags = {"mended"}}), 50);
  Run();
  EXPECT_EQ(NoteAt("a.jpg").tags, Tags{"mended"});
}

TEST_F(Sidecars, ALinkIsNotFollowed) {
  Write("a.jpg", "one");
  Write("elsewhere/x.xmp", Xmp({.tags = {"no"}}));
  std::filesystem::create_symlink(At("elsewhere/x.xmp"), At("a.xmp"));
  Run();
  EXPECT_TRUE(NoteAt("a.jpg").tags.empty());
}

TEST_F(Sidecars, OneThatIsGoneTakesNothingAway) {
  Write("a.jpg", "one");
  WriteSidecar("a.xmp", Xmp({.tags = {"kept"}}));
  Run();
  std::filesystem::remove(At("a.xmp"));
  Run();
  EXPECT_EQ(NoteAt("a.jpg").tags, Tags{"kept"});
}

TEST_F(Sidecars, ASinglePictureBringsItsOwn) {
  Write("a.jpg", "one");
  WriteSidecar("a.xmp", Xmp({.tags = {"alone"}}));
  options_.roots = {At("a.jpg")};
  Run();
  EXPECT_EQ(NoteAt("a.jpg").tags, Tags{"alone"});
}

}  // namespace
}  // namespace vitrine
