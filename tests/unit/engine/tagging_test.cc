#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/file.h"
#include "engine/tag_words.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

constexpr char kFruit[] = "/usr/share/tuxpaint/stamps/food/fruit";

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

double Cosine(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

TEST(TagWords, AreEmbeddedOnceAndReadBack) {
  const TempFolder folder;
  FakeEmbedder embedder;
  const std::vector<std::string> names = {"red", "dog"};
  const Matrix first = TagWords(folder.path(), embedder).Vectors(names, nullptr).value();
  const std::size_t embedded = embedder.texts_embedded();
  const std::vector<std::string> more = {"dog", "cat", "red"};
  TagWords words(folder.path(), embedder);
  EXPECT_EQ(words.Unknown(more), 1U);
  const Matrix second = words.Vectors(more, nullptr).value();
  EXPECT_EQ(words.Unknown(more), 0U);
  EXPECT_EQ(embedder.texts_embedded(), embedded + embedded / 2) << "cat alone is new";
  EXPECT_NEAR(Cosine(first.row(0), second.row(2)), 1, 1e-6);
  EXPECT_NEAR(Cosine(first.row(1), second.row(0)), 1, 1e-6);
}

TEST(TagWords, DamagedCacheIsMadeAnew) {
  const TempFolder folder;
  FakeEmbedder embedder;
  const std::vector<std::string> names = {"red", "dog", "cat"};
  const Matrix sound = TagWords(folder.path(), embedder).Vectors(names, nullptr).value();
  const std::string cache = folder.File("tags/" + embedder.space().id + ".words");
  const std::string bytes = ReadFile(cache).value();
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{9}, std::size_t{17}, bytes.size() / 2, bytes.size() - 1}) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    Write(cache, damaged);
    TagWords words(folder.path(), embedder);
    EXPECT_EQ(words.Unknown(names), 3U) << at;
    const Matrix again = words.Vectors(names, nullptr).value();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(Cosine(sound.row(i), again.row(i)), 1, 1e-6) << at;
  }
  Write(cache, bytes.substr(0, bytes.size() / 3));
  EXPECT_TRUE(TagWords(folder.path(), embedder).Vectors(names, nullptr));
}

std::vector<std::string> ManyNames() {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("name " + std::to_string(i));
  return names;
}

TEST(TagWords, ThreadsThatAskForTheSameNamesShareTheWork) {
  const TempFolder folder;
  FakeEmbedder embedder;
  TagWords words(folder.path(), embedder);
  const std::vector<std::string> names = ManyNames();
  std::vector<Matrix> rows(4);
  std::vector<std::thread> threads;
  for (Matrix& mine : rows) threads.emplace_back([&] { mine = words.Vectors(names, nullptr).value(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(embedder.texts_embedded(), names.size() * kNameSentences) << "each name once";
  const Matrix again = words.Vectors(names, nullptr).value();
  for (const Matrix& mine : rows) EXPECT_TRUE(std::ranges::equal(mine.values(), again.values()));
}

TEST(TagWords, WhatWasLearntBeforeAStopIsKept) {
  const TempFolder folder;
  FakeEmbedder embedder;
  const std::vector<std::string> names = ManyNames();
  StopSignal stop;
  class Stopper final : public VectorObserver {
   public:
    explicit Stopper(StopSignal& signal) : signal_(signal) {}
    void OnStep(std::string_view, std::uint64_t done, std::uint64_t total) override {
      EXPECT_EQ(total, 200U);
      if (done > 100) signal_.Request();
    }

   private:
    StopSignal& signal_;
  } stopper(stop);
  EXPECT_EQ(TagWords(folder.path(), embedder).Vectors(names, &stopper, &stop).error().code(),
            Code::kCancelled);
  const std::size_t left = TagWords(folder.path(), embedder).Unknown(names);
  EXPECT_LT(left, 100U);
  EXPECT_GT(left, 0U);
}

TEST(TagWords, AFailureIsToldAndTriedAgain) {
  const TempFolder folder;
  FakeEmbedder embedder;
  TagWords words(folder.path(), embedder);
  const std::vector<std::string> names = {"red", "dog"};
  embedder.set_failing(true);
  EXPECT_EQ(words.Vectors(names, nullptr).error().code(), Code::kModel);
  embedder.set_failing(false);
  EXPECT_TRUE(words.Vectors(names, nullptr));
}

class Collector final : public SuggestObserver {
 public:
  void OnStep(std::string_view, std::uint64_t, std::uint64_t) override {}
  void OnPicture(const PictureTags& picture) override {
    for (const PathBytes& path : picture.paths) tags[std::string(NameOf(path))] = picture.tags;
  }
  std::map<std::string, std::vector<SuggestedTag>> tags;
};

/// The real engine over the starter model and the fruit photographs.
class TaggingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFruit)) GTEST_SKIP() << "the package tuxpaint-stamps-default is not here";
    library_ = Library::Open({.folder = folder_.File("library")}).value();
    std::filesystem::create_directory(folder_.File("fruit"));
    for (const auto& file : std::filesystem::directory_iterator(kFruit)) {
      if (file.path().extension() == ".png") std::filesystem::copy(file.path(), folder_.File("fruit"));
    }
    ASSERT_TRUE(library_->Index({.roots = {folder_.File("fruit")}}, nullptr, stop_));
    Write(words(), "banana\nstrawberry\nelephant\nlemon\n");
  }

  std::string words() const { return folder_.File("words.txt"); }
  PathBytes Fruit(const std::string& name) const { return folder_.File("fruit/" + name + ".png"); }

  Collector Suggested(SuggestOptions options) {
    Collector collector;
    const auto report = library_->tags().Suggest(options, &collector, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return collector;
  }

  TagFacet Facet(const std::string& tag) {
    const auto facets = library_->tags().List();
    for (const TagFacet& facet : *facets) {
      if (facet.tag == tag) return facet;
    }
    return {};
  }

  const TempFolder folder_;
  StopSignal stop_;
  std::unique_ptr<Library> library_;
};

TEST_F(TaggingTest, WordsNameWhatIsThere) {
  const Collector all = Suggested({.vocabulary_file = words()});
  ASSERT_TRUE(all.tags.contains("banana.png"));
  EXPECT_EQ(all.tags.at("banana.png").front().tag, "banana");
  EXPECT_EQ(all.tags.at("banana.png").size(), 4u);
  const Collector one = Suggested({.vocabulary_file = words(), .pictures = {Fruit("banana")}, .limit = 1});
  ASSERT_EQ(one.tags.size(), 1u);
  EXPECT_EQ(one.tags.begin()->second.size(), 1u);
}

TEST_F(TaggingTest, SuggestionsAreKeptReplacedDecidedAndUndone) {
  Tagging& tags = library_->tags();
  Suggested({.vocabulary_file = words(), .limit = 1, .keep = true});
  const std::uint64_t suggested = Facet("banana").suggested;
  ASSERT_GE(suggested, 1u);
  Suggested({.vocabulary_file = words(), .limit = 1, .keep = true});
  EXPECT_EQ(Facet("banana").suggested, suggested) << "in place of the earlier ones";
  ASSERT_TRUE(tags.Decide({.word = TagWord::kAccept, .tag = "banana", .pictures = {Fruit("banana")}}));
  const auto rejected = tags.Decide({.word = TagWord::kReject, .tag = "banana"});
  ASSERT_TRUE(rejected);
  EXPECT_EQ(rejected->pictures, suggested - 1);
  EXPECT_EQ(Facet("banana").accepted, 1u);
  EXPECT_EQ(Facet("banana").suggested, 0u);
  Suggested({.vocabulary_file = words(), .limit = 1, .keep = true});
  EXPECT_EQ(Facet("banana").accepted, 1u) << "what is decided stays";
  EXPECT_EQ(Facet("banana").rejected, suggested - 1);
}

TEST_F(TaggingTest, OneEntryOfTheJournalTakesATeachingBack) {
  Tagging& tags = library_->tags();
  const auto taught = tags.Teach({.tag = "breakfast", .yes = {Fruit("banana")}, .no = {Fruit("lemon")}});
  ASSERT_TRUE(taught) << taught.error().message();
  EXPECT_EQ(taught->accepted, 1u);
  EXPECT_EQ(taught->rejected, 1u);
  EXPECT_EQ(Facet("breakfast").suggested, taught->suggested);
  ASSERT_TRUE(library_->Undo());
  EXPECT_EQ(Facet("breakfast").accepted, 0u);
  EXPECT_EQ(Facet("breakfast").suggested, 0u);
}

TEST_F(TaggingTest, FoldersStandForWhatIsBelowThem) {
  const auto added = library_->tags().Decide(
      {.word = TagWord::kAdd, .tag = "food/fruit", .pictures = {folder_.File("fruit")}});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->pictures, library_->Info()->pictures);
  const auto removed =
      library_->tags().Decide({.word = TagWord::kRemove, .tag = "Food/Fruit", .pictures = {Fruit("lemon")}});
  ASSERT_TRUE(removed) << removed.error().message();
  EXPECT_EQ(Facet("food/fruit").accepted, added->pictures - 1);
}

TEST_F(TaggingTest, RenamingOntoATagMakesThemOne) {
  Tagging& tags = library_->tags();
  ASSERT_TRUE(tags.Decide({.word = TagWord::kAdd, .tag = "a", .pictures = {Fruit("lemon")}}));
  ASSERT_TRUE(
      tags.Decide({.word = TagWord::kAdd, .tag = "b", .pictures = {Fruit("lemon"), Fruit("banana")}}));
  ASSERT_TRUE(tags.Rename("a", "b"));
  EXPECT_EQ(tags.List()->size(), 1u);
  EXPECT_EQ(Facet("b").accepted, 2u);
  ASSERT_TRUE(tags.Delete("b"));
  EXPECT_TRUE(std::ranges::all_of(*tags.List(), [](const TagFacet& facet) { return facet.accepted == 0; }));
}

TEST_F(TaggingTest, WhatMakesNoSenseIsRefusedInWords) {
  Tagging& tags = library_->tags();
  const auto code = [](const auto& result) { return result ? Code::kInternal : result.error().code(); };
  EXPECT_EQ(code(tags.Decide({.word = TagWord::kAdd, .tag = "a"})), Code::kInvalidArgument);
  EXPECT_EQ(code(tags.Decide({.word = TagWord::kAdd, .tag = "a\nb", .pictures = {Fruit("lemon")}})),
            Code::kInvalidArgument);
  EXPECT_EQ(code(tags.Decide({.word = TagWord::kAdd, .tag = "a", .pictures = {"/no/such"}})),
            Code::kNotFound);
  EXPECT_EQ(code(tags.Decide({.word = TagWord::kReject, .tag = "unknown"})), Code::kNotFound);
  EXPECT_EQ(code(tags.Teach({.tag = "a", .yes = {}, .no = {Fruit("lemon")}})), Code::kInvalidArgument);
  EXPECT_EQ(code(tags.Teach({.tag = "a", .yes = {Fruit("lemon")}, .no = {Fruit("lemon")}})),
            Code::kInvalidArgument);
  EXPECT_EQ(code(tags.Rename("unknown", "b")), Code::kNotFound);
  EXPECT_TRUE(tags.List()->empty()) << "nothing of that left a trace";
  EXPECT_EQ(code(tags.Suggest({.vocabulary_file = "/no/such"}, nullptr, stop_)), Code::kNotFound);
}

TEST_F(TaggingTest, NamesAreLearntOnceAndOffTheLocksOfOthers) {
  Tagging& tags = library_->tags();
  const auto missing = tags.NamesToLearn();
  ASSERT_TRUE(missing) << missing.error().message();
  ASSERT_GT(*missing, 1000U);
  // Decides and searches while the names are being learnt, on the thread that learns them: a lock that they
  // need and that is held then would never be free.
  class Meanwhile final : public VectorObserver {
   public:
    Meanwhile(Library& library, PathBytes picture, StopSignal& stop)
        : library_(library), picture_(std::move(picture)), stop_(stop) {}
    void OnStep(std::string_view, std::uint64_t, std::uint64_t) override {
      EXPECT_TRUE(library_.tags().Decide({.word = TagWord::kAdd, .tag = "mine", .pictures = {picture_}}));
      EXPECT_TRUE(library_.Search({.text = "banana"}, {}));
      stop_.Request();
    }

   private:
    Library& library_;
    const PathBytes picture_;
    StopSignal& stop_;
  } meanwhile(*library_, Fruit("banana"), stop_);
  EXPECT_EQ(tags.LearnNames(&meanwhile, stop_).error().code(), Code::kCancelled);
  EXPECT_EQ(Facet("mine").accepted, 1U);
  EXPECT_LT(*tags.NamesToLearn(), *missing);
}

TEST(Tagging, NeedsALibrary) {
  const TempFolder folder;
  const auto library = Library::Open({.folder = folder.File("none")}).value();
  EXPECT_EQ(library->tags().List().error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace vitrine
