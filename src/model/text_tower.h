// The tower that turns sentences into vectors.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/graph_shelf.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "model/tokenizer.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class TextTower {
 public:
  /// Reads, checks and loads the tower and its tokenizer, side by side, and puts the pack's first sentence
  /// through it. @param kept  on the plain kernels: where the tower may lie opened, and is put.
  /// Errors: kModel (file, graph of another shape, self-test failed).
  static Result<TextTower> Load(const ModelPack& pack, const SessionSettings& settings,
                                const SessionOpener& open = OrtSession::Create, const KeptGraph& kept = {});

  /// @return float32 [texts.size(), dimension], rows of L2 norm 1. Errors: kModel.
  Result<Matrix> Embed(std::span<const std::string> texts) const;

  /// Every sentence of the self-test against its expected vector. Errors: kModel (one is too far off).
  Result<std::vector<double>> SelfTest(std::span<const SelfTestSpec::Sentence> sentences,
                                       double min_cosine) const;

  Provider provider() const { return provider_; }

 private:
  TextTower() = default;

  Status LoadTokenizer(const ModelPack& pack);
  Status OpenSession(const ModelPack& pack, const SessionSettings& settings, const SessionOpener& open,
                     const KeptGraph& kept);
  Result<std::unique_ptr<OrtSession>> OpenFromPack(const ModelPack& pack, const SessionSettings& settings,
                                                   const SessionOpener& open, const GraphShelf& shelf);
  Status PutAside(const SessionSettings& settings, const KeptGraph& kept, const std::string& sentence);
  Status EmbedOne(const OrtSession& session, const std::string& text, std::span<float> vector) const;

  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<OrtSession> session_;
  std::optional<ScratchFolder> made_;  // What the session left, while it is being tried.
  TextTowerSpec spec_;
  std::size_t dimension_ = 0;
  Provider provider_ = Provider::kCpu;
};

}  // namespace vitrine
