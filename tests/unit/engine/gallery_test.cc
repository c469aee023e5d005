#include "vitrine/gallery.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "support/made_library.h"

namespace vitrine {
namespace {

using GalleryTest = MadeLibrary;

TEST_F(GalleryTest, WithoutALibraryEveryCallSaysSo) {
  const AssetId id{1};
  EXPECT_EQ(gallery().List({}).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Facets("", 5).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Details({&id, 1}).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Thumbnail(id).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Rendition(id, 512).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Original(id).error().code(), Code::kNotFound);
  EXPECT_EQ(gallery().Failures(5).error().code(), Code::kNotFound);
  EXPECT_NE(gallery().List({}).error().message().find("vitrine index"), std::string::npos);
}

TEST_F(GalleryTest, TimelineIsInOrderAndPicturesWithoutDateComeLast) {
  Record({Picture("/photos/b/img10.jpg"), Picture("/photos/b/img2.jpg"),
          Picture("/photos/a/z.jpg", "2024-06-01T10:00:00"),
          Picture("/photos/a/y.jpg", "2024-06-01T10:00:00"), Picture("/photos/c.jpg", "1969-12-31T23:59:59"),
          Picture("/photos/d.jpg", "2025-01-01T00:00:00")});
  const Listing newest = gallery().List({.order = Order::kNewest}).value();
  EXPECT_FALSE(newest.ranked);
  EXPECT_EQ(NamesIn(newest),
            (std::vector<std::string>{"d.jpg", "y.jpg", "z.jpg", "c.jpg", "img2.jpg", "img10.jpg"}));
  EXPECT_EQ(newest.taken_at_s[3], -1);
  EXPECT_EQ(newest.taken_at_s[4], Listing::kNoTime);
  const Listing oldest = gallery().List({.order = Order::kOldest}).value();
  EXPECT_EQ(NamesIn(oldest),
            (std::vector<std::string>{"c.jpg", "y.jpg", "z.jpg", "d.jpg", "img2.jpg", "img10.jpg"}));
  const Listing name = gallery().List({.order = Order::kName}).value();
  EXPECT_EQ(NamesIn(name),
            (std::vector<std::string>{"c.jpg", "d.jpg", "img2.jpg", "img10.jpg", "y.jpg", "z.jpg"}));
  const Listing added = gallery().List({.order = Order::kAdded}).value();
  EXPECT_EQ(NamesIn(added),
            (std::vector<std::string>{"d.jpg", "c.jpg", "y.jpg", "z.jpg", "img2.jpg", "img10.jpg"}));
  EXPECT_FLOAT_EQ(added.aspects.front(), 1.5F);
}

TEST_F(GalleryTest, TimelineOfAFactHoldsThoseAlone) {
  std::vector<FileOutcome> outcomes = {Picture("/photos/a.jpg"), Picture("/photos/b.jpg")};
  outcomes[1].new_asset->embedded.tags = {"places/beach"};
  Record(std::move(outcomes));
  EXPECT_EQ(NamesIn(gallery().List({.query = "tag:places"}).value()), (std::vector<std::string>{"b.jpg"}));
  const auto refused = gallery().List({.query = "camara:x"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_NE(refused.error().message().find("column 1"), std::string::npos) << refused.error().message();
  EXPECT_EQ(gallery().List({.query = "a dog"}).error().code(), Code::kModel) << "goes to the search";
}

TEST_F(GalleryTest, VersionChangesWithEveryChangeAndOnlyThen) {
  Record({Picture("/photos/a.jpg")});
  const Listing before = gallery().List({}).value();
  EXPECT_EQ(gallery().List({.order = Order::kName})->version, before.version);
  EXPECT_LT(before.version, std::uint64_t{1} << 53);
  std::uint64_t last = before.version;
  for (int i = 0; i < 20; ++i) {
    // Another connection, as another process would have.
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    const auto change = catalog->annotations().Begin("rate").value();
    ASSERT_TRUE(change->SetNote(before.ids[0], {.rating = i % 6, .caption = {}}));
    ASSERT_TRUE(change->Commit());
    const std::uint64_t now = gallery().List({})->version;
    EXPECT_NE(now, last);
    last = now;
  }
  // The last writer's closing may have counted once more; now nobody writes.
  last = gallery().List({})->version;
  EXPECT_EQ(gallery().List({})->version, last);
  EXPECT_EQ(gallery().List({.query = "rating:1"})->ids.size(), 1U);
}

TEST_F(GalleryTest, LibraryThatIsMadeAnewIsSeen) {
  Record({Picture("/photos/a.jpg"), Picture("/photos/b.jpg")});
  EXPECT_EQ(gallery().List({})->ids.size(), 2U);
  for (const char* const file : {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"}) {
    std::filesystem::remove(folder_.File(file));
  }
  EXPECT_EQ(gallery().List({}).error().code(), Code::kNotFound);
  Record({Picture("/photos/c.jpg")});
  const Listing listing = gallery().List({}).value();
  EXPECT_EQ(NamesIn(listing), (std::vector<std::string>{"c.jpg"}));
}

TEST_F(GalleryTest, DetailsSayAllThatIsKnown) {
  boards_of_ = [](const std::string& content) { return std::vector<std::string>{"board of " + content}; };
  std::vector<FileOutcome> outcomes = {Picture("/photos/a.jpg", "2024-06-01T10:00:00"),
                                       Picture("/photos/b.jpg")};
  outcomes[0].stamp.size_bytes = 4711;
  outcomes[0].new_asset->sketch.palette = {{.red = 200, .green = 10, .blue = 10, .share = 0.7F}};
  outcomes[0].new_asset->embedded = {.tags = {"from file"}, .rating = 4, .caption = "hello"};
  Record(std::move(outcomes));
  const std::vector<AssetId> ids = gallery().List({.order = Order::kName})->ids;
  {
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    const auto change = catalog->annotations().Begin("tags").value();
    const auto suggest = [&](const std::string& tag, double probability) {
      ASSERT_TRUE(change->Mark(tag, {{ids[0]}},
                               {.state = TagState::kSuggested,
                                .origin = TagOrigin::kWords,
                                .probability = probability,
                                .model = "m"}));
    };
    suggest("less likely", 0.5);
    suggest("more likely", 0.9);
    ASSERT_TRUE(change->Mark("a no", {{ids[0]}}, {.state = TagState::kRejected}));
    ASSERT_TRUE(change->Commit());
    ASSERT_TRUE(catalog->SetPictureText(ids[0], "STOP"));
  }
  const AssetId unknown{999};
  const std::vector<AssetId> asked = {ids[1], unknown, ids[0]};
  const std::vector<PictureDetails> details = gallery().Details(asked).value();
  ASSERT_EQ(details.size(), 2U);
  EXPECT_EQ(details[0].id, ids[1]);
  const PictureDetails& a = details[1];
  EXPECT_EQ(a.content, Hex(Sha256("/photos/a.jpg")));
  EXPECT_EQ(a.paths, (std::vector<PathBytes>{"/photos/a.jpg"}));
  EXPECT_EQ(a.size_bytes, 4711U);
  EXPECT_EQ(a.info.facts.taken_at, "2024-06-01T10:00:00");
  EXPECT_EQ(a.palette.size(), 1U);
  EXPECT_EQ(a.rating, 4);
  EXPECT_EQ(a.caption, "hello");
  EXPECT_EQ(a.text, "STOP");
  EXPECT_EQ(a.boards, (std::vector<std::string>{"board of " + a.content}));
  std::vector<std::string> tags;
  for (const PictureTag& tag : a.tags) tags.push_back(tag.tag);
  EXPECT_EQ(tags, (std::vector<std::string>{"from file", "more likely", "less likely", "a no"}));
  EXPECT_FALSE(a.tags[0].by_machine);
  EXPECT_TRUE(a.tags[1].by_machine);
  EXPECT_EQ(a.tags[3].state, PictureTag::State::kRejected);
}

TEST_F(GalleryTest, PathsAreThoseOfDetailsInTheOrderAsked) {
  Record({Picture("/photos/a.jpg"), Picture("/photos/b.jpg")});
  const std::vector<AssetId> ids = gallery().List({.order = Order::kName})->ids;
  const std::vector<AssetId> asked = {ids[1], AssetId{999}, ids[0]};
  EXPECT_EQ(gallery().Paths(asked).value(), (std::vector<PathBytes>{"/photos/b.jpg", "/photos/a.jpg"}));
}

TEST_F(GalleryTest, ARankedListHasTheVersionOfALibraryWithoutReadingItsFacts) {
  Record({Picture("/photos/a.jpg")});
  const AssetId id = gallery().List({})->ids[0];
  const std::uint64_t before = views_.Version().value();
  EXPECT_EQ(before, gallery().List({})->version);
  const auto held = views_.Now()->view;
  {
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    const auto change = catalog->annotations().Begin("tag").value();
    ASSERT_TRUE(change->Mark("beach", {{id}}, {.state = TagState::kAccepted}));
    ASSERT_TRUE(change->Commit());
  }
  const std::uint64_t after = views_.Version().value();
  EXPECT_NE(after, before);
  EXPECT_EQ(gallery().List({.query = "tag:beach"})->ids.size(), 1U) << "shown at once";
  EXPECT_NE(views_.Now()->view, held);
  EXPECT_EQ(views_.Now()->view->version, views_.Version().value());
}

TEST_F(GalleryTest, FailuresAreInOrderAndNotMoreThanAsked) {
  Record({Picture("/photos/a.jpg")});
  {
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    std::vector<FileOutcome> failed;
    for (const char* const name : {"c", "a", "b"}) {
      failed.push_back({.path = std::string("/photos/bad/") + name, .failure = "damaged"});
    }
    ASSERT_TRUE(catalog->RecordBatch(catalog->BeginRun("/photos").value(), space().id, failed,
                                     {.dimension = space().dimension}));
  }
  const std::vector<FileRecord> failures = gallery().Failures(2).value();
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].path, "/photos/bad/a");
  EXPECT_EQ(failures[1].path, "/photos/bad/b");
  EXPECT_EQ(failures[0].reason, "damaged");
}

TEST_F(GalleryTest, PictureWithoutFileIsNamedAndSaysWhy) {
  Record({Picture("/photos/gone.jpg")});
  const AssetId id = gallery().List({})->ids.front();
  for (const auto& error : {gallery().Original(id).error(), gallery().Rendition(id, 640).error()}) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_NE(error.message().find("/photos/gone.jpg"), std::string::npos) << error.message();
  }
  EXPECT_EQ(gallery().Rendition(id, 63).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(gallery().Rendition(id, 8193).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace vitrine
