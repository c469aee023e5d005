#include "engine/query_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/fake_embedder.h"

namespace vitrine {
namespace {

class QueryVectors : public ::testing::Test {
 protected:
  void Make(std::size_t capacity) {
    auto fake = std::make_unique<FakeEmbedder>();
    fake_ = fake.get();
    remembering_ = std::make_unique<RememberingEmbedder>(std::move(fake), capacity);
  }

  // The vectors are those of a model that remembers nothing.
  void ExpectRight(const std::vector<std::string>& texts) {
    FakeEmbedder judge;
    const Matrix wanted = judge.EmbedTexts(texts).value();
    const Matrix got = remembering_->EmbedTexts(texts).value();
    ASSERT_EQ(got.rows(), texts.size());
    EXPECT_TRUE(std::ranges::equal(got.values(), wanted.values()));
  }

  FakeEmbedder* fake_ = nullptr;
  std::unique_ptr<RememberingEmbedder> remembering_;
};

TEST_F(QueryVectors, TextIsEmbeddedOnce) {
  Make(8);
  ExpectRight({"red car"});
  ExpectRight({"blue sea", "red car"});
  ExpectRight({"red car", "blue sea", "red car"});
  EXPECT_EQ(fake_->texts_embedded(), 2U);
  ExpectRight({});
  EXPECT_EQ(remembering_->space().id, fake_->space().id);
}

TEST_F(QueryVectors, LeastRecentlyUsedIsForgottenFirst) {
  Make(2);
  ExpectRight({"one"});
  ExpectRight({"two"});
  ExpectRight({"one"});
  ExpectRight({"three"});  // In place of "two".
  EXPECT_EQ(fake_->texts_embedded(), 3U);
  ExpectRight({"one"});
  EXPECT_EQ(fake_->texts_embedded(), 3U);
  ExpectRight({"two"});
  EXPECT_EQ(fake_->texts_embedded(), 4U);
}

TEST_F(QueryVectors, VocabulariesAndLongTextsDropNothing) {
  Make(2);
  ExpectRight({"one", "two"});
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= RememberingEmbedder::kMostAtOnce; ++i) many.push_back(std::to_string(i));
  ExpectRight(many);
  const std::string text(RememberingEmbedder::kMostBytes + 1, 'x');
  ExpectRight({text});
  const std::size_t embedded = fake_->texts_embedded();
  ExpectRight({"one", "two"});
  EXPECT_EQ(fake_->texts_embedded(), embedded);
  ExpectRight({text});
  EXPECT_EQ(fake_->texts_embedded(), embedded + 1);
}

TEST_F(QueryVectors, FailureIsNotRemembered) {
  Make(2);
  fake_->set_failing(true);
  EXPECT_EQ(remembering_->EmbedTexts(std::vector<std::string>{"one"}).error().code(), Code::kModel);
  fake_->set_failing(false);
  ExpectRight({"one"});
}

TEST_F(QueryVectors, ManyThreadsAgree) {
  Make(3);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        ExpectRight({"word " + std::to_string((i * (t + 1)) % 5), "word " + std::to_string(i % 3)});
      }
    });
  }
}

}  // namespace
}  // namespace vitrine
