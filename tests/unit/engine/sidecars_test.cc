#include "engine/sidecars.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/hash.h"
#include "index/quantise.h"
#include "ingest/sidecars.h"
#include "support/temp_folder.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

using Tags = std::vector<std::string>;

constexpr char kSpace[] = "test:f32:v1";

class SyncSidecarsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalog_ = Catalog::Open(folder_.File("library"), CatalogMode::kWrite).value();
    ASSERT_TRUE(catalog_->EnsureSpace(kSpace, "test", 4));
    std::filesystem::create_directory(folder_.File("photos"));
    run_ = catalog_->BeginRun(folder_.File("photos")).value();
    asset_ = Add("a.jpg");
  }

  std::string At(const std::string& name) const { return folder_.File("photos") + "/" + name; }

  AssetId Add(const std::string& name) {
    std::ofstream(At(name)) << name;
    FileOutcome outcome = {.path = At(name)};
    outcome.new_asset = NewAsset{.content = Sha256(name)};
    Matrix vector(1, 4);
    vector.row(0)[0] = 1;
    const std::vector<FileOutcome> outcomes = {outcome};
    EXPECT_TRUE(catalog_->RecordBatch(run_, kSpace, outcomes, Encode(vector)));
    return *catalog_->FileAt(At(name)).value()->asset;
  }

  void Say(const Tags& tags, std::optional<int> rating = {}, const std::string& caption = "") {
    const auto change = catalog_->annotations().Begin("test").value();
    for (const std::string& tag : tags) ASSERT_TRUE(change->Mark(tag, {&asset_, 1}, {}));
    ASSERT_TRUE(change->SetNote(asset_, {.rating = rating, .caption = caption}));
    ASSERT_TRUE(change->Commit());
  }
  void Unsay(const std::string& tag) {
    const auto change = catalog_->annotations().Begin("test").value();
    ASSERT_TRUE(change->Unmark(tag, {&asset_, 1}));
    ASSERT_TRUE(change->Commit());
  }

  SidecarReport Sync(const SidecarOptions& options = {}) {
    CatalogGate gate(*catalog_);
    auto report = SyncSidecars(gate, options, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *report : SidecarReport();
  }
  EmbeddedNote Here() { return CatalogNote(catalog_->annotations(), asset_).value(); }
  EmbeddedNote There(const std::string& name = "a.jpg.xmp") {
    return ReadXmp(ReadFile(At(name)).value()).value();
  }
  void Put(const std::string& name, const EmbeddedNote& note) {
    std::ofstream(At(name)) << *MergeXmp("", {.note = note});
  }
  std::size_t Due() { return catalog_->SidecarsDue(10).value().size(); }

  TempFolder folder_;
  std::unique_ptr<Catalog> catalog_;
  StopSignal stop_;
  std::int64_t run_ = 0;
  AssetId asset_{};
};

TEST_F(SyncSidecarsTest, WhatIsSaidHereIsWrittenBesideThePicture) {
  ASSERT_EQ(chmod(At("a.jpg").c_str(), 0640), 0);
  Say({"places/sea"}, 4, "Waves");
  const SidecarReport plan = Sync({.write = false});
  EXPECT_EQ(plan.written, 1U);
  EXPECT_FALSE(std::filesystem::exists(At("a.jpg.xmp"))) << "a plan writes nothing";
  const SidecarReport report = Sync();
  EXPECT_EQ(report.written, 1U);
  EXPECT_EQ(report.created, 1U);
  EXPECT_EQ(There(), (EmbeddedNote{.tags = {"places/sea"}, .rating = 4, .caption = "Waves"}));
  struct stat status{};
  ASSERT_EQ(stat(At("a.jpg.xmp").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U) << "who may read the picture may read its sidecar";
  EXPECT_EQ(ReadFile(At("a.jpg")).value(), "a.jpg") << "the original is untouched";
  EXPECT_EQ(Due(), 0U);
  EXPECT_EQ(Sync().pictures, 0U);
}

TEST_F(SyncSidecarsTest, TheSidecarThatIsThereIsTheOneWritten) {
  Put("a.xmp", {.tags = {"theirs"}});
  Say({"ours"});
  Sync();
  EXPECT_FALSE(std::filesystem::exists(At("a.jpg.xmp")));
  EXPECT_EQ(There("a.xmp").tags, (Tags{"theirs", "ours"}));
  EXPECT_EQ(Here().tags, (Tags{"ours", "theirs"})) << "what they said is taken over";
}

TEST_F(SyncSidecarsTest, ShortNamesOnRequest) {
  Say({"x"});
  Sync({.short_names = true});
  EXPECT_TRUE(std::filesystem::exists(At("a.xmp")));
}

TEST_F(SyncSidecarsTest, WhatIsTakenAwayHereGoesThere) {
  Say({"stays", "goes"});
  Sync();
  Unsay("goes");
  Sync();
  EXPECT_EQ(There().tags, Tags{"stays"});
}

TEST_F(SyncSidecarsTest, ChangesOfOthersMeanwhileAreMergedIn) {
  Say({"stays", "gone there"}, 2);
  Sync();
  Put("a.jpg.xmp", {.tags = {"stays", "new there"}, .rating = 2, .caption = "theirs"});
  Say({"new here"}, 5);
  const SidecarReport report = Sync();
  EXPECT_TRUE(report.conflicts.empty());
  EXPECT_EQ(report.adopted, 1U);
  EXPECT_EQ(Here(),
            (EmbeddedNote{.tags = {"new here", "new there", "stays"}, .rating = 5, .caption = "theirs"}));
  EXPECT_EQ(There().rating, 5);
  EXPECT_EQ(There().caption, "theirs");
}

TEST_F(SyncSidecarsTest, AConflictIsReportedUntilSomebodyDecides) {
  Say({}, 1);
  Sync();
  Put("a.jpg.xmp", {.rating = 5});
  Say({"tag"}, 3);
  for (int round = 0; round < 2; ++round) {
    const SidecarReport report = Sync();
    ASSERT_EQ(report.conflicts.size(), 1U) << "round " << round;
    EXPECT_EQ(report.conflicts[0].what, "rating");
    EXPECT_EQ(report.conflicts[0].vitrine, "3");
    EXPECT_EQ(report.conflicts[0].file, "5");
    EXPECT_EQ(There(), (EmbeddedNote{.tags = {"tag"}, .rating = 5}));
    EXPECT_EQ(Here().rating, 3);
    EXPECT_EQ(Due(), 1U);
  }
  EXPECT_TRUE(Sync({.prefer = SidecarPreference::kVitrine}).conflicts.empty());
  EXPECT_EQ(There().rating, 3);
  EXPECT_EQ(Due(), 0U);
}

TEST_F(SyncSidecarsTest, TheFileMayBePreferred) {
  Say({}, 1);
  Sync();
  Put("a.jpg.xmp", {.rating = 5});
  Say({}, 3);
  Sync({.prefer = SidecarPreference::kFile});
  EXPECT_EQ(Here().rating, 5);
  EXPECT_EQ(There().rating, 5);
}

TEST_F(SyncSidecarsTest, WhatCannotBeReadIsNotWrittenOver) {
  std::ofstream(At("a.jpg.xmp")) << "<broken";
  Say({"x"});
  const SidecarReport report = Sync();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].sidecar, At("a.jpg.xmp"));
  EXPECT_EQ(ReadFile(At("a.jpg.xmp")).value(), "<broken");
  EXPECT_EQ(Due(), 1U);
}

TEST_F(SyncSidecarsTest, ReadOnlyFoldersWait) {
  if (geteuid() == 0) GTEST_SKIP() << "nothing is read-only for the superuser; e2e/sidecars.sh mounts one";
  Say({"x"});
  ASSERT_EQ(chmod(folder_.File("photos").c_str(), 0555), 0);
  const SidecarReport report = Sync();
  ASSERT_EQ(chmod(folder_.File("photos").c_str(), 0755), 0);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(Due(), 1U);
  EXPECT_EQ(Sync().written, 1U);
}

TEST_F(SyncSidecarsTest, APictureThatIsNotThereWaits) {
  Say({"x"});
  std::filesystem::rename(At("a.jpg"), At("elsewhere"));
  EXPECT_EQ(Sync().failures.size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(At("a.jpg.xmp")));
  std::filesystem::rename(At("elsewhere"), At("a.jpg"));
  EXPECT_EQ(Sync().written, 1U);
}

TEST_F(SyncSidecarsTest, ALinkIsNeitherFollowedNorReplaced) {
  std::filesystem::create_symlink(At("target"), At("a.jpg.xmp"));
  Say({"x"});
  EXPECT_EQ(Sync().failures.size(), 1U);
  EXPECT_TRUE(std::filesystem::is_symlink(At("a.jpg.xmp")));
  EXPECT_FALSE(std::filesystem::exists(At("target")));
}

TEST_F(SyncSidecarsTest, NothingSaidMakesNoSidecar) {
  Say({"x"});
  Unsay("x");
  EXPECT_EQ(Sync().written, 0U);
  EXPECT_FALSE(std::filesystem::exists(At("a.jpg.xmp")));
  EXPECT_EQ(Due(), 0U);
}

TEST_F(SyncSidecarsTest, MachinesSpeakOnlyWhenAskedTo) {
  const auto change = catalog_->annotations().Begin("test").value();
  ASSERT_TRUE(change->Mark("dog", {&asset_, 1}, {}));
  ASSERT_TRUE(change->Mark(
      "cat", {&asset_, 1},
      {.state = TagState::kSuggested, .origin = TagOrigin::kWords, .probability = 0.5, .model = "m"}));
  ASSERT_TRUE(change->Commit());
  Sync();
  EXPECT_EQ(ReadFile(At("a.jpg.xmp")).value().find("cat"), std::string::npos);
  Say({"more"});
  Sync({.machine_tags = true});
  EXPECT_NE(ReadFile(At("a.jpg.xmp")).value().find("<vitrine:tag>cat</vitrine:tag>"), std::string::npos);
  EXPECT_EQ(There().tags, (Tags{"dog", "more"}));
}

}  // namespace
}  // namespace vitrine
