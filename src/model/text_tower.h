// The tower that turns sentences into vectors.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "model/tokenizer.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class TextTower {
 public:
  /// Reads, checks and loads the tower and its tokenizer, and puts the pack's first sentence through it.
  /// Errors: kModel (file, graph of another shape, self-test failed).
  static Result<TextTower> Load(const ModelPack& pack, const SessionSettings& settings,
                                const SessionOpener& open = OrtSession::Create);

  /// @return float32 [texts.size(), dimension], rows of L2 norm 1. Errors: kModel.
  Result<Matrix> Embed(std::span<const std::string> texts) const;

  /// Every sentence of the self-test against its expected vector. Errors: kModel (one is too far off).
  Result<std::vector<double>> SelfTest(std::span<const SelfTestSpec::Sentence> sentences,
                                       double min_cosine) const;

  Provider provider() const { return provider_; }

 private:
  TextTower() = default;

  Status EmbedOne(const std::string& text, std::span<float> vector) const;

  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<OrtSession> session_;
  TextTowerSpec spec_;
  std::size_t dimension_ = 0;
  Provider provider_ = Provider::kCpu;
};

}  // namespace vitrine
