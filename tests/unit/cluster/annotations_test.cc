// Tags, notes and the journal on a cluster that stands in for a real one: what must hold of every library's,
// and what people do to each other who change one library from several machines.
#include "cluster/annotations.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/matrix.h"
#include "cluster/bulk.h"
#include "cluster/changing.h"
#include "cluster/filter_json.h"
#include "cluster/picture_doc.h"
#include "index/quantise.h"
#include "support/annotations_cases.h"
#include "support/annotations_model.h"
#include "support/stand_in_cluster.h"

namespace vitrine::cluster {
namespace {

constexpr char kPicturesIndex[] = "vitrine-library-a";
constexpr std::size_t kDimension = 6;

PictureCopy PictureOf(int number) {
  PictureCopy picture;
  picture.asset.id = AssetId{number};
  picture.asset.content = Sha256("content " + std::to_string(number));
  picture.asset.info = {.width_px = 640, .height_px = 480, .format = "jpeg", .facts = {}};
  picture.asset.paths = {"/photos/picture_" + std::to_string(number) + ".jpg"};
  picture.stamps = {FileStamp{.size_bytes = 1000}};
  picture.texts = {"picture " + std::to_string(number) + " jpg", "", "", "photos", ""};
  Matrix vector(1, kDimension);
  for (std::size_t i = 0; i < kDimension; ++i)
    vector.row(0)[i] = static_cast<float>(number) - static_cast<float>(i);
  picture.vector = Encode(vector);
  return picture;
}

std::vector<StandInCluster::Document> Documents() {
  std::vector<StandInCluster::Document> documents;
  for (int number = 1; number <= AnnotationsCases::kPictures; ++number) {
    const PictureCopy picture = PictureOf(number);
    documents.push_back(
        {.id = DocumentId(picture.asset.content), .source = DocumentOf(picture, VectorKind::kByte)});
  }
  return documents;
}

// A machine with a library on the cluster.
struct Machine {
  explicit Machine(const std::shared_ptr<StandInStore>& store) : line(store) {}
  StandInCluster line;
  std::unique_ptr<Cluster> cluster = line.Open();
  ClusterAnnotations notes{*cluster, kPicturesIndex, {.space = "0123456789abcdef", .dimension = kDimension}};
};

class ClusterAnnotationsTest : public ::testing::Test, public AnnotationsCases {
 protected:
  Annotations& notes() override { return here_->notes; }
  void Reopen() override { here_ = std::make_unique<Machine>(store_); }
  std::vector<int> FoundBy(const std::string& word) override {
    std::vector<int> found;
    for (const auto& [id, document] : store_->DocumentsOf(kPicturesIndex)) {
      if (StandInCluster::Holds(PhraseFilter({word}), document)) found.push_back(document.source["id"]);
    }
    std::ranges::sort(found);
    return found;
  }

  nlohmann::json Source(int number) {
    return store_->DocumentsOf(kPicturesIndex)[DocumentId(PictureOf(number).asset.content)].source;
  }

  // As a copy of another library does.
  void Overwrite(const PictureCopy& picture) {
    BulkWriter writer(*here_->cluster, kPicturesIndex);
    ASSERT_TRUE(writer.Put(DocumentId(picture.asset.content), DocumentOf(picture, VectorKind::kByte)));
    ASSERT_TRUE(writer.Flush());
    ASSERT_TRUE(Refresh(*here_->cluster, kPicturesIndex));
  }

  std::shared_ptr<StandInStore> store_ = std::make_shared<StandInStore>(Documents());
  std::unique_ptr<Machine> here_ = std::make_unique<Machine>(store_);
};

bool WritesPictures(const Request& request) { return request.path.starts_with("/vitrine-library-a/_bulk"); }
bool WritesHead(const Request& request) {
  return request.method == Method::kPut && request.path.find("/head") != std::string::npos;
}
bool Writes(const Request& request) {
  return request.method == Method::kPut || request.path.find("/_bulk") != std::string::npos;
}

VITRINE_ANNOTATION_CASES(ClusterAnnotationsTest)

TEST_F(ClusterAnnotationsTest, RandomChangesUndoneAndRedone) { AnnotationsModel(*this).Run(250); }

TEST_F(ClusterAnnotationsTest, ADocumentIsAsACopyOfTheSameLibraryWritesIt) {
  Tag("places/Beach", {2});
  Tag("dog", {2}, Suggested(0.25));
  Do("note",
     [](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{2}, {.rating = 4, .caption = "At sea"})); });
  PictureCopy picture = PictureOf(2);
  picture.tags = {{"dog", Suggested(0.25)}, {"places/Beach", {.model = {}}}};
  picture.note = {.rating = 4, .caption = "At sea"};
  picture.texts = {"picture 2 jpg", "places \xEE\x80\x80 Beach", "At sea", "photos", ""};
  nlohmann::json there = Source(2), copied = DocumentOf(picture, VectorKind::kByte);
  EXPECT_EQ(there["step"], 3);
  there.erase("step");
  there.erase("sent");
  copied.erase("sent");
  EXPECT_EQ(there, copied);
}

TEST_F(ClusterAnnotationsTest, OfTwoAtTheSameMomentOneIsToldSoAndHasChangedNothing) {
  Tag("a", {1});
  Machine other(store_);
  auto change = notes().Begin("slow").value();
  ASSERT_TRUE(change->Mark("a", Pictures({2}), {.model = {}}));
  {
    auto quick = other.notes.Begin("quick").value();
    ASSERT_TRUE(quick->Mark("b", Pictures({2}), {.model = {}}));
    ASSERT_TRUE(quick->Commit());
  }
  EXPECT_EQ(change->Commit().error().code(), Code::kLocked);
  EXPECT_EQ(Carriers("a"), std::vector<int>{1});
  EXPECT_EQ(Carriers("b"), std::vector<int>{2});
  Tag("a", {2});
  const auto journal = notes().Journal(10).value();
  ASSERT_EQ(journal.size(), 3U);
  EXPECT_EQ(journal[1].what, "quick");
  EXPECT_EQ(store_->DocumentsOf("vitrine-journal-a").size(), 1U + 2U * 3U)
      << "nothing of the slow one is left";
}

// Wherever somebody is cut off: his change is there as a whole or not at all once the next person has changed
// something, and the journal says which.
TEST_F(ClusterAnnotationsTest, WhatWasCutOffIsFinishedByTheNext) {
  std::set<bool> outcomes;
  bool cut_off = true;
  for (int last = 0; cut_off && last < 50; ++last) {
    store_ = std::make_shared<StandInStore>(Documents());
    Reopen();
    Tag("a", {1, 2, 3});
    int writes = 0;
    here_->line.set_hook([&](const Request& request) -> std::optional<Answer> {
      if (!Writes(request) || writes++ < last) return std::nullopt;
      return Answer{.status = 0, .trouble = Trouble::kUnreachable, .body = "gone"};
    });
    {
      auto change = notes().Begin("rename").value();
      ASSERT_TRUE(change->RenameTag("a", "b"));
      ASSERT_TRUE(change->SetNote(AssetId{4}, {.rating = 2, .caption = {}}));
      ASSERT_TRUE(change->SaveSearch({"s", "dog"}));
      cut_off = !change->Commit().has_value();
    }
    Reopen();
    Tag("c", {6});
    const auto journal = notes().Journal(10).value();
    const bool happened = journal.size() == 3;
    outcomes.insert(happened);
    EXPECT_EQ(Carriers(happened ? "b" : "a"), (std::vector<int>{1, 2, 3})) << last;
    EXPECT_EQ(Carriers(happened ? "a" : "b"), std::vector<int>()) << last;
    EXPECT_EQ(FoundBy(happened ? "b" : "a"), (std::vector<int>{1, 2, 3})) << last;
    EXPECT_EQ(notes().NoteOf(AssetId{4})->rating.has_value(), happened) << last;
    EXPECT_EQ(notes().SavedSearches()->size(), happened ? 1U : 0U) << last;
    ASSERT_TRUE(notes().Undo());
    if (happened) {
      ASSERT_TRUE(notes().Undo());
    }
    EXPECT_EQ(TagPaths(), std::vector<std::string>{"a"}) << last;
    EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2, 3})) << last;
  }
  EXPECT_EQ(outcomes.size(), 2U) << "cut off too early and late enough";
  EXPECT_FALSE(cut_off) << "the last one went through";
}

// Somebody was held up just before he wrote; meanwhile others finished his change and took it back.
TEST_F(ClusterAnnotationsTest, WhoeverIsSlowOverwritesNothing) {
  Machine other(store_);
  int held = 0;
  here_->line.set_hook([&](const Request& request) -> std::optional<Answer> {
    if (!WritesPictures(request) || held++ > 0) return std::nullopt;
    EXPECT_TRUE(other.notes.Undo());
    const auto quick = other.notes.Begin("quick").value();
    EXPECT_TRUE(quick->Mark("a", Pictures({1}), Rejected()));
    EXPECT_TRUE(quick->Commit());
    return std::nullopt;
  });
  Tag("a", {1, 2});
  EXPECT_EQ(held, 1);
  const auto marks = notes().MarksOf("a").value();
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].mark, Rejected());
  EXPECT_EQ(notes().Journal(10)->size(), 1U);
}

// The program that speaks to the nodes asks again when an answer is lost; what it asked for was done already.
TEST_F(ClusterAnnotationsTest, AWriteThatIsSentTwiceIsOneWrite) {
  Tag("a", {1});
  here_->line.set_hook([&](const Request& request) -> std::optional<Answer> {
    if (WritesHead(request) || WritesPictures(request)) store_->Serve(request);
    return std::nullopt;
  });
  EXPECT_EQ(Tag("a", {2}), 2);
  EXPECT_TRUE(notes().Undo());
  EXPECT_TRUE(notes().Redo());
  EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
  EXPECT_EQ(notes().Journal(10)->size(), 2U);
}

TEST_F(ClusterAnnotationsTest, WhatChangedSinceIsNotOverwritten) {
  Tag("a", {1, 2});
  PictureCopy picture = PictureOf(2);
  picture.tags = {{"a", Rejected()}};
  Overwrite(picture);
  const auto undone = notes().Undo();
  ASSERT_FALSE(undone);
  EXPECT_EQ(undone.error().code(), Code::kInvalidArgument);
  EXPECT_NE(undone.error().message().find("the tag \"a\" on picture 2 has been changed since"),
            std::string::npos)
      << undone.error().message();
  EXPECT_EQ(Carriers("a"), std::vector<int>{1}) << "nothing happened";
  EXPECT_FALSE(notes().Journal(1).value()[0].undone);
}

TEST_F(ClusterAnnotationsTest, ATagThatOthersUseSinceStaysAndOneMadeAnewStandsAgainstIt) {
  Tag("a", {1});
  PictureCopy picture = PictureOf(2);
  picture.tags = {{"a", OfFile()}};
  Overwrite(picture);
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), std::vector<int>{2});
  ASSERT_TRUE(notes().Redo());
  Do("delete", [](Change& change) { ASSERT_TRUE(change.DeleteTag("a")); });
  picture.tags = {{"A", OfFile()}};
  Overwrite(picture);
  const auto undone = notes().Undo();
  ASSERT_FALSE(undone);
  EXPECT_NE(undone.error().message().find("made anew"), std::string::npos) << undone.error().message();
}

TEST_F(ClusterAnnotationsTest, APictureThatIsGoneStandsInNoWay) {
  Tag("a", {1, 2});
  BulkWriter writer(*here_->cluster, kPicturesIndex);
  ASSERT_TRUE(writer.Delete(DocumentId(PictureOf(2).asset.content)));
  ASSERT_TRUE(writer.Flush());
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), std::vector<int>());
}

TEST_F(ClusterAnnotationsTest, TheOldestEntriesAreDropped) {
  Tag("a", {1});
  auto head = store_->DocumentsOf("vitrine-journal-a")["head"].source;
  head["last"] = kMostEntries + 4;
  ASSERT_TRUE(here_->cluster->Ask(Method::kPut, "/vitrine-journal-a/_doc/head", head.dump()));
  Tag("b", {1});
  const auto journal = notes().Journal(10).value();
  ASSERT_EQ(journal.size(), 1U);
  EXPECT_EQ(journal[0].what, "tag b");
  EXPECT_EQ(journal[0].id, kMostEntries + 5);
  EXPECT_EQ(store_->DocumentsOf("vitrine-journal-a").size(), 1U + 2U) << "its pictures went too";
}

TEST_F(ClusterAnnotationsTest, WithMissingShardsNothingIsOverlooked) {
  Tag("a", {1});
  store_->set_missing(1);
  EXPECT_EQ(notes().Tags().error().code(), Code::kIo);
  EXPECT_EQ(notes().MarksOf("a").error().code(), Code::kIo);
  const auto change = notes().Begin("rename").value();
  EXPECT_EQ(change->RenameTag("a", "b").error().code(), Code::kIo);
}

TEST_F(ClusterAnnotationsTest, WhatBelongsToALibraryOnThisMachineIsRefused) {
  const auto change = notes().Begin("move").value();
  EXPECT_EQ(change->RecordMove({"/a", "/b"}).error().code(), Code::kUnsupported);
  EXPECT_EQ(notes().BeginUnrecorded().error().code(), Code::kUnsupported);
}

TEST_F(ClusterAnnotationsTest, OneThatWasCutOffLongAgoIsFinishedByWhoeverOpensTheLibrary) {
  Tag("a", {1});
  here_->line.set_hook([](const Request& request) -> std::optional<Answer> {
    if (!WritesPictures(request)) return std::nullopt;
    return Answer{.status = 0, .trouble = Trouble::kUnreachable, .body = "gone"};
  });
  {
    const auto change = notes().Begin("tag").value();
    ASSERT_TRUE(change->Mark("a", Pictures({2}), {.model = {}}));
    ASSERT_FALSE(change->Commit());
  }
  Reopen();
  ASSERT_TRUE(here_->notes.FinishWhatWasCutOff());
  EXPECT_EQ(Carriers("a"), std::vector<int>{1}) << "it may be under way";
  auto head = store_->DocumentsOf("vitrine-journal-a")["head"].source;
  head["pending"]["since_s"] = 0;
  ASSERT_TRUE(here_->cluster->Ask(Method::kPut, "/vitrine-journal-a/_doc/head", head.dump()));
  ASSERT_TRUE(here_->notes.FinishWhatWasCutOff());
  EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace vitrine::cluster
