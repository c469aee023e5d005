// The meaning of the catalog's calls: what is remembered, found, forgotten and kept.
#include "catalog/catalog.h"

#include <map>
#include <random>
#include <set>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

class CatalogCalls : public CatalogFixture {
 protected:
  void SetUp() override { OpenForWriting(); }

  std::vector<std::pair<RowId, AssetRecord>> AssetsOf(const std::vector<RowId>& rows) {
    return catalog_->AssetsOfRows(kSpace, rows).value();
  }
};

TEST_F(CatalogCalls, RecordedPictureComesBackWhole) {
  FileOutcome outcome = NewPicture("/p/a.jpg", 1);
  outcome.new_asset->info.facts = {.taken_at = "2024-06-01T17:03:22",
                                   .camera = "FUJIFILM X-T5",
                                   .lens = "XF33",
                                   .exposure_s = 0.004,
                                   .f_number = 1.4,
                                   .focal_length_mm = 33,
                                   .iso = 200,
                                   .latitude = -33.5,
                                   .longitude = 151.25};
  RunOver("/p", {outcome});
  const auto found = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0}).value();
  ASSERT_EQ(found.size(), 1U);
  const AssetRecord& asset = found[0].second;
  EXPECT_EQ(found[0].first, 0U);
  EXPECT_EQ(asset.content, ContentOf(1));
  EXPECT_EQ(asset.info.width_px, 640);
  EXPECT_EQ(asset.info.height_px, 480);
  EXPECT_EQ(asset.info.format, "jpeg");
  EXPECT_EQ(asset.info.facts.taken_at, "2024-06-01T17:03:22");
  EXPECT_EQ(asset.info.facts.camera, "FUJIFILM X-T5");
  EXPECT_EQ(asset.info.facts.lens, "XF33");
  EXPECT_EQ(asset.info.facts.exposure_s, 0.004);
  EXPECT_EQ(asset.info.facts.f_number, 1.4);
  EXPECT_EQ(asset.info.facts.focal_length_mm, 33);
  EXPECT_EQ(asset.info.facts.iso, 200);
  EXPECT_EQ(asset.info.facts.latitude, -33.5);
  EXPECT_EQ(asset.info.facts.longitude, 151.25);
  EXPECT_EQ(asset.paths, std::vector<PathBytes>{"/p/a.jpg"});
  EXPECT_FALSE(asset.offline);
}

TEST_F(CatalogCalls, AbsentFactsStayAbsent) {
  RunOver("/p", {NewPicture("/p/a.jpg", 1)});
  const Facts facts = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0}).value()[0].second.info.facts;
  EXPECT_FALSE(facts.taken_at || facts.camera || facts.lens || facts.iso);
  EXPECT_FALSE(facts.exposure_s || facts.f_number || facts.focal_length_mm || facts.latitude ||
               facts.longitude);
}

TEST_F(CatalogCalls, StampComesBackWithEveryBit) {
  FileOutcome outcome = NewPicture("/p/a.jpg", 1);
  outcome.stamp = {.size_bytes = 0xffffffffffffffff,
                   .mtime_ns = -1,
                   .ctime_ns = 9'000'000'000'000'000'000,
                   .device = 0x8000000000000001,
                   .inode = 0xfedcba9876543210};
  RunOver("/p", {outcome});
  EXPECT_EQ(catalog_->FileAt("/p/a.jpg").value()->stamp, outcome.stamp);
}

TEST_F(CatalogCalls, PathsAreBytes) {
  const std::vector<PathBytes> paths = {"/p/new\nline.jpg",
                                        "/p/\xff\xfe.jpg",
                                        "/p/caf\xc3\xa9.jpg",
                                        "/p/cafe\xcc\x81.jpg",
                                        "/p/" + std::string(255, 'n'),
                                        "/p/'; DROP TABLE file; --.jpg"};
  std::vector<FileOutcome> outcomes;
  for (std::size_t i = 0; i < paths.size(); ++i)
    outcomes.push_back(NewPicture(paths[i], static_cast<int>(i)));
  RunOver("/p", outcomes);
  for (const PathBytes& path : paths) EXPECT_EQ(catalog_->FileAt(path).value()->path, path);
  EXPECT_FALSE(catalog_->FileAt("/p/cafe.jpg").value());
  EXPECT_EQ(catalog_->Counts()->files, paths.size());
}

TEST_F(CatalogCalls, SameContentAtTwoPathsIsOneAsset) {
  RunOver("/p", {NewPicture("/p/b.jpg", 1), NewPicture("/p/a.jpg", 1)});
  EXPECT_EQ(catalog_->Counts()->assets, 1U);
  EXPECT_EQ(catalog_->Counts()->files, 2U);
  EXPECT_EQ(catalog_->Vectors(kSpace).value()->RowCount().value(), 1U);
  const auto found = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0}).value();
  EXPECT_EQ(found[0].second.paths, (std::vector<PathBytes>{"/p/a.jpg", "/p/b.jpg"}));
}

TEST_F(CatalogCalls, KnownContentNeedsAVectorInTheSpaceAskedFor) {
  ASSERT_TRUE(catalog_->EnsureSpace("ffffffffffffffff", "other", kDimension));
  RunOver("/p", {NewPicture("/p/a.jpg", 1)});
  EXPECT_TRUE(catalog_->AssetByContent(ContentOf(1), kSpace).value());
  EXPECT_FALSE(catalog_->AssetByContent(ContentOf(1), "ffffffffffffffff").value());
  EXPECT_FALSE(catalog_->AssetByContent(ContentOf(2), kSpace).value());
}

TEST_F(CatalogCalls, OneAssetLivesInTwoSpaces) {
  ASSERT_TRUE(catalog_->EnsureSpace("ffffffffffffffff", "other", kDimension));
  RunOver("/p", {NewPicture("/p/a.jpg", 1), NewPicture("/p/b.jpg", 2)});
  const std::int64_t run = catalog_->BeginRun("/p").value();
  const std::vector<FileOutcome> again = {NewPicture("/p/b.jpg", 2)};
  ASSERT_TRUE(catalog_->RecordBatch(run, "ffffffffffffffff", again, VectorsFor(again)));
  const AssetId b = *catalog_->FileAt("/p/b.jpg").value()->asset;
  EXPECT_EQ(catalog_->RowOf(kSpace, b).value(), RowId{1});
  EXPECT_EQ(catalog_->RowOf("ffffffffffffffff", b).value(), RowId{0});
  EXPECT_EQ(catalog_->Counts()->assets, 2U);
}

TEST_F(CatalogCalls, FailuresAreListedInByteOrderAndHealed) {
  RunOver("/p", {Failed("/p/z", "empty"), NewPicture("/p/m", 1), Failed("/p/a", "cut")});
  EXPECT_EQ(FailedPaths(), (std::vector<PathBytes>{"/p/a", "/p/z"}));
  EXPECT_EQ(catalog_->FileAt("/p/z").value()->failure, "empty");
  EXPECT_FALSE(catalog_->FileAt("/p/z").value()->asset);
  EXPECT_EQ(catalog_->Counts()->failures, 2U);
  RunOver("/p", {NewPicture("/p/z", 2), Failed("/p/m", "cut"), NewPicture("/p/a", 3)});
  EXPECT_EQ(FailedPaths(), std::vector<PathBytes>{"/p/m"});
  EXPECT_EQ(catalog_->Counts()->assets, 2U);
}

TEST_F(CatalogCalls, FinishForgetsOnlyWhatWasNotSeen) {
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/b", 2), NewPicture("/p/c", 3)});
  const std::int64_t run = catalog_->BeginRun("/p").value();
  ASSERT_TRUE(catalog_->MarkSeen(run, std::vector<PathBytes>{"/p/a", "/p/unknown"}));
  EXPECT_EQ(catalog_->TallyUnder("/p", run)->remembered, 3U);
  EXPECT_EQ(catalog_->TallyUnder("/p", run)->seen, 1U);
  EXPECT_EQ(catalog_->FinishRun(run, "/p").value(), 2U);
  EXPECT_TRUE(catalog_->FileAt("/p/a").value());
  EXPECT_FALSE(catalog_->FileAt("/p/b").value());
  EXPECT_TRUE(catalog_->AssetByContent(ContentOf(2), kSpace).value())
      << "a picture that comes back costs no inference";
}

TEST_F(CatalogCalls, WhatALaterRunSawIsNotForgottenByAnEarlierOne) {
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/b", 2)});
  const std::int64_t early = catalog_->BeginRun("/p").value();
  RunOver("/p/added", {NewPicture("/p/added/c", 3)});
  ASSERT_TRUE(catalog_->MarkSeen(early, std::vector<PathBytes>{"/p/a"}));
  EXPECT_EQ(catalog_->BeginRun("/p/added", early).value(), early);
  EXPECT_EQ(catalog_->TallyUnder("/p", early)->seen, 2U);
  EXPECT_EQ(catalog_->TallyUnder("/p", 0)->seen, 0U);
  EXPECT_EQ(catalog_->FinishRun(early, "/p").value(), 1U);
  EXPECT_TRUE(catalog_->FileAt("/p/added/c").value());
  EXPECT_EQ(catalog_->FinishRun(catalog_->BeginRun("/p").value(), "/p").value(), 2U)
      << "the next run is later than both";
}

TEST_F(CatalogCalls, ContentAndTextOfAPictureOutliveItsFile) {
  RunOver("/p", {NewPicture("/p/a", 1)});
  const AssetId id = *catalog_->FileAt("/p/a").value()->asset;
  EXPECT_EQ(catalog_->PictureText(id).value(), "");
  ASSERT_TRUE(catalog_->SetPictureText(id, "STOP"));
  EXPECT_EQ(catalog_->FinishRun(catalog_->BeginRun("/p").value(), "/p").value(), 1U);
  EXPECT_EQ(catalog_->ContentOf(id).value(), ContentOf(1));
  EXPECT_EQ(catalog_->PictureText(id).value(), "STOP");
  EXPECT_FALSE(catalog_->ContentOf(AssetId{4711}).value());
}

TEST_F(CatalogCalls, SiblingsThatShareAPrefixAreNotUnderTheRoot) {
  const std::vector<FileOutcome> outside = {NewPicture("/data-secret/x", 1), NewPicture("/data.old/x", 2),
                                            NewPicture("/data0", 3), NewPicture("/dat", 4),
                                            NewPicture("/data\xff/x", 5)};
  RunOver("/data-secret", outside);
  RunOver("/data", {NewPicture("/data/x", 6), NewPicture("/data/\xff/y", 7), NewPicture("/data//", 8)});
  EXPECT_EQ(catalog_->TallyUnder("/data", 0)->remembered, 3U);
  EXPECT_EQ(catalog_->FinishRun(catalog_->BeginRun("/data").value(), "/data").value(), 3U);
  for (const FileOutcome& outcome : outside)
    EXPECT_TRUE(catalog_->FileAt(outcome.path).value()) << outcome.path;
}

TEST_F(CatalogCalls, TheRootOfTheFileSystemHoldsEverything) {
  RunOver("/", {NewPicture("/a", 1), NewPicture("/\xff/b", 2)});
  EXPECT_EQ(catalog_->TallyUnder("/", 0)->remembered, 2U);
  EXPECT_EQ(catalog_->Roots().value()[0].files, 2U);
}

TEST_F(CatalogCalls, AFileCanBeARoot) {
  RunOver("/p/a.jpg", {NewPicture("/p/a.jpg", 1)});
  EXPECT_EQ(catalog_->Roots().value()[0].path, "/p/a.jpg");
  EXPECT_EQ(catalog_->Roots().value()[0].files, 1U);
}

TEST_F(CatalogCalls, KeepUnderSavesAFolderNobodyCouldRead) {
  RunOver("/p", {NewPicture("/p/shut/a", 1), NewPicture("/p/shut-not/b", 2)});
  const std::int64_t run = catalog_->BeginRun("/p").value();
  ASSERT_TRUE(catalog_->KeepUnder(run, "/p/shut"));
  EXPECT_EQ(catalog_->FinishRun(run, "/p").value(), 1U);
  EXPECT_TRUE(catalog_->FileAt("/p/shut/a").value());
}

TEST_F(CatalogCalls, KeepMissingDevicesSavesTheFilesOfAnAbsentDrive) {
  FileOutcome on_usb = NewPicture("/p/usb/a", 1);
  on_usb.stamp.device = 9;
  RunOver("/p", {on_usb, NewPicture("/p/b", 2), NewPicture("/p/c", 3)});
  const std::int64_t run = catalog_->BeginRun("/p").value();
  ASSERT_TRUE(catalog_->MarkSeen(run, std::vector<PathBytes>{"/p/b"}));
  EXPECT_EQ(catalog_->KeepMissingDevices(run, "/p", std::vector<std::uint64_t>{5}).value(), 1U);
  EXPECT_EQ(catalog_->FinishRun(run, "/p").value(), 1U);
  EXPECT_TRUE(catalog_->FileAt("/p/usb/a").value());
  EXPECT_FALSE(catalog_->FileAt("/p/c").value());
}

TEST_F(CatalogCalls, RootsJoinARunUnderItsNumber) {
  const std::int64_t run = catalog_->BeginRun("/a").value();
  EXPECT_EQ(catalog_->BeginRun("/b", run).value(), run);
  EXPECT_EQ(catalog_->BeginRun("/c").value(), run + 1);
}

TEST_F(CatalogCalls, OfflineRootKeepsItsFilesAndSaysSo) {
  RunOver("/usb", {NewPicture("/usb/a", 1)});
  RunOver("/home", {NewPicture("/home/b", 2), NewPicture("/home/copy-of-a", 1)});
  ASSERT_TRUE(catalog_->MarkOffline("/usb"));
  const auto both = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0, 1}).value();
  EXPECT_FALSE(both[0].second.offline) << "a copy of it is at hand";
  EXPECT_FALSE(both[1].second.offline);
  ASSERT_TRUE(catalog_->MarkOffline("/home"));
  for (const auto& [row, asset] : AssetsOf(std::vector<RowId>{0, 1})) {
    EXPECT_TRUE(asset.offline) << row;
  }
  ASSERT_TRUE(catalog_->BeginRun("/home"));
  EXPECT_FALSE(catalog_->AssetsOfRows(kSpace, std::vector<RowId>{1}).value()[0].second.offline);
}

TEST_F(CatalogCalls, TheInnermostRootDecidesWhatIsOffline) {
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/usb/b", 2)});
  ASSERT_TRUE(catalog_->MarkOffline("/p/usb"));
  const auto found = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0, 1}).value();
  EXPECT_FALSE(found[0].second.offline);
  EXPECT_TRUE(found[1].second.offline);
}

TEST_F(CatalogCalls, LiveRowsFollowThePaths) {
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/b", 2), NewPicture("/p/copy-of-b", 2),
                 NewPicture("/p/c", 3)});
  EXPECT_EQ(catalog_->LiveRows(kSpace)->Count(), 3U);
  RunOver("/p", {NewPicture("/p/copy-of-b", 2), Failed("/p/c", "cut")});
  const RowSet live = catalog_->LiveRows(kSpace).value();
  EXPECT_EQ(live.size(), 3U);
  EXPECT_FALSE(live.Contains(0)) << "forgotten";
  EXPECT_TRUE(live.Contains(1)) << "one path of two is left";
  EXPECT_FALSE(live.Contains(2)) << "its file is damaged now";
  EXPECT_TRUE(catalog_->AssetsOfRows(kSpace, std::vector<RowId>{0, 2}).value().empty());
  RunOver("/p", {NewPicture("/p/back", 1)});
  EXPECT_TRUE(catalog_->LiveRows(kSpace)->Contains(0));
}

TEST_F(CatalogCalls, ManyRandomRunsAgreeWithAPlainModel) {
  // The oracle is a map from path to content, and a set of live contents counted from it each time.
  constexpr unsigned kSeed = 20241122;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  std::map<PathBytes, int> truth;
  for (int round = 0; round < 60; ++round) {
    std::map<PathBytes, int> next;
    std::vector<FileOutcome> outcomes;
    for (int i = 0; i < 12; ++i) {
      const PathBytes path = "/p/" + std::to_string(random() % 15);
      const int content = static_cast<int>(random() % 10);
      if (next.emplace(path, content).second) outcomes.push_back(NewPicture(path, content));
    }
    std::uint64_t gone = 0;
    for (const auto& [path, content] : truth) gone += next.contains(path) ? 0U : 1U;
    EXPECT_EQ(RunOver("/p", outcomes), gone);
    truth = next;
    std::set<int> contents;
    for (const auto& [path, content] : truth) contents.insert(content);
    EXPECT_EQ(catalog_->Counts()->assets, contents.size());
    EXPECT_EQ(catalog_->LiveRows(kSpace)->Count(), contents.size());
    EXPECT_EQ(catalog_->Counts()->files, truth.size());
  }
}

TEST_F(CatalogCalls, AssetsOfRowsKeepTheOrderAskedFor) {
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/b", 2), NewPicture("/p/c", 3)});
  std::vector<RowId> rows;
  for (const auto& [row, asset] : AssetsOf(std::vector<RowId>{2, 99, 0})) rows.push_back(row);
  EXPECT_EQ(rows, (std::vector<RowId>{2, 0}));
}

TEST_F(CatalogCalls, BatchThatDoesNotFitIsRefusedWhole) {
  const std::int64_t run = catalog_->BeginRun("/p").value();
  const std::vector<FileOutcome> two = {NewPicture("/p/a", 1), NewPicture("/p/b", 2)};
  EncodedRows one_vector = VectorsFor({two[0]});
  EXPECT_EQ(catalog_->RecordBatch(run, kSpace, two, one_vector).error().code(), Code::kInvalidArgument);
  EncodedRows short_codes = VectorsFor(two);
  short_codes.codes.pop_back();
  EXPECT_EQ(catalog_->RecordBatch(run, kSpace, two, short_codes).error().code(), Code::kInvalidArgument);
  const std::vector<FileOutcome> neither = {FileOutcome{.path = "/p/x"}};
  EXPECT_EQ(catalog_->RecordBatch(run, kSpace, neither, VectorsFor(neither)).error().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(catalog_->RecordBatch(run, "unknown", two, VectorsFor(two)).error().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(catalog_->Counts()->files, 0U);
}

TEST_F(CatalogCalls, UnknownAssetRollsTheBatchBack) {
  const std::int64_t run = catalog_->BeginRun("/p").value();
  std::vector<FileOutcome> outcomes = {NewPicture("/p/a", 1),
                                       FileOutcome{.path = "/p/b", .asset = AssetId{999}}};
  EXPECT_FALSE(catalog_->RecordBatch(run, kSpace, outcomes, VectorsFor(outcomes)));
  EXPECT_EQ(catalog_->Counts()->files, 0U);
  EXPECT_EQ(catalog_->LiveRows(kSpace)->size(), 0U);
}

TEST_F(CatalogCalls, GenerationIsKeptAndDiffersBetweenCatalogs) {
  const std::uint64_t first = catalog_->Generation(kSpace).value();
  EXPECT_GE(first, 1U);
  EXPECT_EQ(catalog_->EnsureSpace(kSpace, "test 1", kDimension).value(), first);
  EXPECT_EQ(catalog_->Generation("nobody").value(), 0U);
  EXPECT_EQ(catalog_->EnsureSpace(kSpace, "test 1", kDimension + 1).error().code(), Code::kInvalidArgument);
  catalog_.reset();
  std::filesystem::remove(database());
  OpenForWriting();
  EXPECT_NE(catalog_->Generation(kSpace).value(), first)
      << "vector files of the deleted catalog must not be believed";
}

TEST_F(CatalogCalls, SettingsAreKeptUntilSetAgain) {
  EXPECT_EQ(catalog_->Setting("index.kind").value(), std::nullopt);
  ASSERT_TRUE(catalog_->SetSetting("index.kind", "exact"));
  ASSERT_TRUE(catalog_->SetSetting("index.memory", ""));
  ASSERT_TRUE(catalog_->SetSetting("index.kind", "ivf"));
  OpenForWriting();
  EXPECT_EQ(catalog_->Setting("index.kind").value(), "ivf");
  EXPECT_EQ(OpenReader()->Setting("index.memory").value(), "");
  EXPECT_EQ(catalog_->Setting("index.recall").value(), std::nullopt);
}

TEST_F(CatalogCalls, ReaderSeesWhatIsCommittedWhileTheWriterWrites) {
  RunOver("/p", {NewPicture("/p/a", 1)});
  const std::unique_ptr<Catalog> reader = OpenReader();
  EXPECT_EQ(reader->Counts()->files, 1U);
  RunOver("/p", {NewPicture("/p/a", 1), NewPicture("/p/b", 2)});
  EXPECT_EQ(reader->Counts()->files, 2U);
  EXPECT_EQ(reader->MarkOffline("/p").error().code(), Code::kIo) << "a reader never writes";
}

}  // namespace
}  // namespace vitrine
