// A model that remembers what it was asked last: people page through an answer, narrow it, and come back, and
// every one of those steps asks for the vector of the same words.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/embedder.h"

namespace vitrine {

/// Passes everything on to another embedder, but answers texts that were asked lately by itself: the least
/// recently used ones are dropped first. One embedder is one space, so vectors of two never mix.
/// Thread-safe; nobody waits for an inference that another thread does.
class RememberingEmbedder final : public Embedder {
 public:
  /// Calls with more texts than that are no queries (a vocabulary, say): they are passed by, so that they
  /// drop nothing.
  static constexpr std::size_t kMostAtOnce = 64;
  /// Longer texts are embedded each time.
  static constexpr std::size_t kMostBytes = 4096;

  /// @param capacity  texts remembered at most, >= 1: some 2 KB each.
  explicit RememberingEmbedder(std::unique_ptr<Embedder> inner, std::size_t capacity = 256)
      : inner_(std::move(inner)), capacity_(capacity) {}

  const Space& space() const override { return inner_->space(); }
  ScoreBackground text_background() const override { return inner_->text_background(); }
  RelevanceModel text_relevance() const override { return inner_->text_relevance(); }
  RelevanceModel picture_relevance() const override { return inner_->picture_relevance(); }
  std::int32_t picture_edge_px() const override { return inner_->picture_edge_px(); }
  std::size_t picture_batch() const override { return inner_->picture_batch(); }
  Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override {
    return inner_->EmbedPictures(pictures);
  }
  Result<Matrix> EmbedTexts(std::span<const std::string> texts) override;

 private:
  struct Entry {
    std::string text;
    std::vector<float> vector;
  };

  std::vector<std::size_t> FillKnown(std::span<const std::string> texts, Matrix& vectors);
  void Remember(const std::string& text, std::span<const float> vector);

  const std::unique_ptr<Embedder> inner_;
  const std::size_t capacity_;
  std::mutex mutex_;          // Guards what follows.
  std::list<Entry> entries_;  // The last used first.
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;
};

}  // namespace vitrine
