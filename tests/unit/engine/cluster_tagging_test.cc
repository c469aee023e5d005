// Tags judged and taught on the same library on this machine and on a cluster in memory: the same tags, and
// the same marks.
#include "engine/cluster/tag_pictures.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/try.h"
#include "cluster/annotations.h"
#include "described_library.h"
#include "engine/journal.h"
#include "engine/tag_teaching.h"
#include "engine/tagging.h"

namespace vitrine {
namespace {

constexpr char kIndex[] = "vitrine-library-a";

class Seen final : public SuggestObserver {
 public:
  void OnStep(std::string_view, std::uint64_t, std::uint64_t) override {}
  void OnPicture(const PictureTags& picture) override {
    order.push_back(picture.id);
    pictures[picture.paths.front()] = picture;
  }
  std::vector<AssetId> order;
  std::map<PathBytes, PictureTags> pictures;
};

class ClusterTaggingTest : public DescribedLibraryTest {
 protected:
  void SetUp() override {
    DescribedLibraryTest::SetUp();
    std::ofstream(vocabulary()) << "red\nblue\ndog\nbeach\nanimals/cat\nkayak = canoe\nnight\n";
    meta_ = {.space = embedder_.space().id, .dimension = FakeEmbedder::kDimension};
    snapshot_ = OpenSnapshot(folder_.path(), embedder_.space()).value();
    snapshot_->model = model_;
    annotations_ = std::make_unique<cluster::ClusterAnnotations>(*cluster_, kIndex, meta_);
    ASSERT_GT(PathsIn("/photos/2021").size(), 10U);
  }

  std::string vocabulary() const { return folder_.File("words.txt"); }

  std::vector<PathBytes> PathsIn(const std::string& folder) const {
    std::vector<PathBytes> paths;
    for (std::int64_t i = 1; i <= kPictures; ++i) {
      const AssetId id{i};
      const std::vector<AssetRecord> records = catalog_->AssetsOf(std::span(&id, 1)).value();
      for (const PathBytes& path : records.front().paths) {
        if (path.starts_with(folder + "/")) paths.push_back(path);
      }
    }
    return paths;
  }

  static Result<std::vector<float>> EmbedAs(const PathBytes& file, Embedder& model) {
    const std::vector<std::string> text = {file.ends_with("dog.jpg") ? "dog" : "snow"};
    VITRINE_TRY_ASSIGN(const Matrix vectors, model.EmbedTexts(text));
    return std::vector<float>(vectors.row(0).begin(), vectors.row(0).end());
  }

  std::unique_ptr<TagPictures> Remote() {
    return PicturesOn({.cluster = *cluster_, .index = kIndex, .meta = meta_, .model = [this] {
                         return Result<std::shared_ptr<Embedder>>(model_);
                       }});
  }

  std::unique_ptr<Tagging> LocalTags() {
    return MakeTagging({.words = words_,
                        .threads = 2,
                        .view = [this](bool) -> Result<TagView> {
                          return TagView{.alone = {}, .pictures = PicturesIn(*snapshot_)};
                        },
                        .say = [this](const SayWork& work) { return work(catalog_->annotations()); },
                        .embed_file = EmbedAs});
  }

  std::unique_ptr<Tagging> RemoteTags() {
    return MakeTagging(
        {.words = words_,
         .threads = 2,
         .view = [this](bool) -> Result<TagView> { return TagView{.alone = {}, .pictures = Remote()}; },
         .say = [this](const SayWork& work) { return work(*annotations_); },
         .embed_file = EmbedAs});
  }

  static void ExpectSame(const Seen& local, const Seen& remote) {
    ASSERT_EQ(local.pictures.size(), remote.pictures.size());
    for (const auto& [path, here] : local.pictures) {
      ASSERT_TRUE(remote.pictures.contains(path)) << path;
      const PictureTags& there = remote.pictures.at(path);
      EXPECT_EQ(here.id, there.id) << path;
      EXPECT_EQ(here.paths, there.paths) << path;
      ASSERT_EQ(here.tags.size(), there.tags.size()) << path;
      for (std::size_t i = 0; i < here.tags.size(); ++i) {
        EXPECT_EQ(here.tags[i].tag, there.tags[i].tag) << path;
        EXPECT_NEAR(here.tags[i].probability, there.tags[i].probability, 1e-5) << path;
      }
    }
  }

  static void ExpectSameMarks(Annotations& local, Annotations& remote, const std::string& tag) {
    const auto here = local.MarksOf(tag).value(), there = remote.MarksOf(tag).value();
    ASSERT_EQ(here.size(), there.size()) << tag;
    for (std::size_t i = 0; i < here.size(); ++i) {
      EXPECT_EQ(here[i].asset, there[i].asset) << tag;
      EXPECT_EQ(here[i].mark.state, there[i].mark.state) << tag;
      EXPECT_EQ(here[i].mark.origin, there[i].mark.origin) << tag;
      EXPECT_EQ(here[i].mark.model, there[i].mark.model) << tag;
      EXPECT_NEAR(here[i].mark.probability, there[i].mark.probability, 1e-5) << tag;
    }
  }

  const std::shared_ptr<Embedder> model_{std::shared_ptr<void>(), &embedder_};
  TagShelf words_{folder_.File("names")};
  cluster::IndexMeta meta_;
  std::unique_ptr<Snapshot> snapshot_;
  std::unique_ptr<cluster::ClusterAnnotations> annotations_;
  const StopSignal stop_;
};

TEST_F(ClusterTaggingTest, SuggestionsAreThoseOfThisMachine) {
  const PathBytes elsewhere = folder_.File("elsewhere");
  ASSERT_TRUE(MakeFolders(elsewhere));
  std::ofstream(elsewhere + "/a dog.jpg") << "a picture";
  const std::vector<std::vector<PathBytes>> asked = {
      {}, {"/photos/2021"}, {PathsIn("/photos/2022").front(), PathsIn("/photos/2023").front()}, {elsewhere}};
  for (const std::vector<PathBytes>& pictures : asked) {
    const SuggestOptions options = {.vocabulary_file = vocabulary(), .pictures = pictures, .limit = 3};
    Seen local, remote;
    const auto here = LocalTags()->Suggest(options, &local, stop_);
    const auto there = RemoteTags()->Suggest(options, &remote, stop_);
    ASSERT_TRUE(here) << here.error().message();
    ASSERT_TRUE(there) << there.error().message();
    EXPECT_GT(here->pictures, 0U);
    EXPECT_EQ(here->pictures, there->pictures);
    EXPECT_EQ(here->suggestions, there->suggestions);
    ExpectSame(local, remote);
  }
  const SuggestOptions nowhere = {.vocabulary_file = vocabulary(), .pictures = {"/no/such"}};
  EXPECT_EQ(RemoteTags()->Suggest(nowhere, nullptr, stop_).error().code(), Code::kNotFound);
}

TEST_F(ClusterTaggingTest, KeptSuggestionsAreOneStep) {
  const SuggestOptions options = {
      .vocabulary_file = vocabulary(), .limit = 2, .at_least = 0.05, .keep = true};
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(LocalTags()->Suggest(options, nullptr, stop_));
    ASSERT_TRUE(RemoteTags()->Suggest(options, nullptr, stop_));
    for (const char* tag : {"red", "dog", "animals/cat", "kayak"})
      ExpectSameMarks(catalog_->annotations(), *annotations_, tag);
  }
  ASSERT_FALSE(annotations_->MarksOf("dog").value().empty());
  EXPECT_EQ(annotations_->Journal(10).value().front().what,
            catalog_->annotations().Journal(10).value().front().what);
  EXPECT_EQ(annotations_->Journal(10).value().size(), 1U) << "the second time nothing changed";
  ASSERT_TRUE(UndoNewest(*annotations_));
  EXPECT_TRUE(annotations_->MarksOf("dog").value().empty());
}

TEST_F(ClusterTaggingTest, WhatIsStoppedKeepsNothing) {
  StopSignal stopped;
  stopped.Request();
  EXPECT_TRUE(
      RemoteTags()->Suggest({.vocabulary_file = vocabulary(), .keep = true}, nullptr, stopped)->stopped);
  EXPECT_TRUE(annotations_->MarksOf("dog").value().empty());
}

TEST_F(ClusterTaggingTest, TaughtTagsAreThoseOfThisMachine) {
  const std::unique_ptr<TagPictures> local = PicturesIn(*snapshot_), remote = Remote();
  auto here = TagSchool::Open(*local, words_.Of(model_)), there = TagSchool::Open(*remote, words_.Of(model_));
  ASSERT_TRUE(here);
  ASSERT_TRUE(there);
  const std::vector<LearntTag> known = here->LearnAll().value(), found = there->LearnAll().value();
  ASSERT_GT(known.size(), 5U);
  ASSERT_EQ(known.size(), found.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    EXPECT_EQ(known[i].path, found[i].path);
    EXPECT_EQ(known[i].accepted, found[i].accepted);
    EXPECT_EQ(known[i].rejected, found[i].rejected);
    EXPECT_NEAR(known[i].model.bias, found[i].model.bias, 1e-4);
    for (std::size_t k = 0; k < known[i].model.weights.size(); ++k)
      ASSERT_NEAR(known[i].model.weights[k], found[i].model.weights[k], 1e-4) << known[i].path;
  }
}

TEST_F(ClusterTaggingTest, TeachingLeavesTheSameMarks) {
  const std::vector<PathBytes> first = PathsIn("/photos/2021"), second = PathsIn("/photos/2022");
  const TeachOptions options = {
      .tag = "outings", .yes = {first[0], first[1], first[2]}, .no = {second[0], second[1]}};
  for (int again = 0; again < 2; ++again) {
    const auto here = LocalTags()->Teach(options), there = RemoteTags()->Teach(options);
    ASSERT_TRUE(here) << here.error().message();
    ASSERT_TRUE(there) << there.error().message();
    EXPECT_EQ(here->accepted, there->accepted);
    EXPECT_EQ(here->rejected, there->rejected);
    EXPECT_EQ(here->suggested, there->suggested);
    EXPECT_NEAR(here->accuracy, there->accuracy, 1e-9);
    ExpectSameMarks(catalog_->annotations(), *annotations_, "outings");
  }
  const TeachOptions nothing = {.tag = "other", .no = {second[0]}};
  EXPECT_EQ(RemoteTags()->Teach(nothing).error().message(), LocalTags()->Teach(nothing).error().message());
  const TeachOptions both = {.tag = "other", .yes = {first[0]}, .no = {first[0]}};
  EXPECT_EQ(RemoteTags()->Teach(both).error().code(), Code::kInvalidArgument);
  const TeachOptions unknown = {.tag = "other", .yes = {"/elsewhere/a.jpg"}};
  EXPECT_EQ(RemoteTags()->Teach(unknown).error().code(), Code::kNotFound);
}

TEST_F(ClusterTaggingTest, WhatOthersDecideWhileATagIsLearntIsLearntFrom) {
  const std::vector<PathBytes> paths = PathsIn("/photos/2023");
  StandInCluster other_line(stand_in_->store());
  const auto other_cluster = other_line.Open();
  cluster::ClusterAnnotations other(*other_cluster, kIndex, meta_);
  const AssetId late{17};
  int passes = 0;
  stand_in_->set_hook([&](const cluster::Request& request) -> std::optional<cluster::Answer> {
    const bool all = request.body.find("match_all") != std::string::npos &&
                     request.body.find("picture.files.path") != std::string::npos;
    if (all && ++passes == 1) {
      const auto change = other.Begin("tag 1 picture").value();
      EXPECT_TRUE(change->Mark("outings", std::span(&late, 1), {.state = TagState::kRejected}));
      EXPECT_TRUE(change->Commit());
    }
    return std::nullopt;
  });
  const auto report = RemoteTags()->Teach({.tag = "outings", .yes = {paths[0], paths[1]}});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(passes, 2);
  EXPECT_EQ(report->accepted, 2U);
  EXPECT_EQ(report->rejected, 1U);
  const std::vector<AssetTag> tags = annotations_->TagsOf(late).value();
  const auto outings = std::ranges::find(tags, "outings", &AssetTag::path);
  ASSERT_NE(outings, tags.end());
  EXPECT_EQ(outings->mark.state, TagState::kRejected);
}

TEST_F(ClusterTaggingTest, ASilentShardIsNotPassedOver) {
  stand_in_->set_missing(1);
  const auto report = RemoteTags()->Suggest({.vocabulary_file = vocabulary()}, nullptr, stop_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kIo);
}

}  // namespace
}  // namespace vitrine
