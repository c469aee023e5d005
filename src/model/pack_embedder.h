// The real Embedder: the two towers of a pack, each loaded when it is first used.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/embedder.h"
#include "model/image_tower.h"
#include "model/lazy.h"
#include "model/open.h"
#include "model/pack.h"
#include "model/text_tower.h"

namespace vitrine {

/// Thread-safe. Pictures start on ONNX Runtime's own kernels, which open in a tenth of a second. On a
/// processor with int8 dot products OpenVINO's are faster by a fifth to a half but take 0.5 to 0.8 s more to
/// compile, so an int8 tower moves there once enough pictures have come to pay for it
/// (docs/decisions/0005-inference-runtime.md).
class PackEmbedder final : public Embedder {
 public:
  PackEmbedder(ModelPack pack, EmbedderOptions options);

  const Space& space() const override { return pack_.space(); }
  ScoreBackground text_background() const override { return pack_.text_background(); }
  RelevanceModel text_relevance() const override { return pack_.text_relevance(); }
  RelevanceModel picture_relevance() const override { return pack_.picture_relevance(); }
  std::int32_t picture_edge_px() const override { return NeededEdge(pack_.image().preprocessing); }
  Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override;
  Result<Matrix> EmbedTexts(std::span<const std::string> texts) override;

  const ModelPack& pack() const { return pack_; }
  /// The tower for `pictures` more pictures, loaded if need be. Errors: kModel.
  Result<std::shared_ptr<const ImageTower>> image_tower(std::size_t pictures);
  /// Errors: kModel.
  Result<const TextTower*> text_tower();
  /// Why a faster provider is not used, in words.
  std::vector<std::string> notes() const;

 private:
  Status LoadFirstImageTower();
  void TryFasterImageTower();

  const ModelPack pack_;
  const EmbedderOptions options_;
  Lazy<TextTower> text_tower_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::optional<Status> image_state_;
  std::shared_ptr<const ImageTower> image_tower_;
  std::size_t pictures_asked_ = 0;
  bool tried_faster_ = false;
  std::vector<std::string> notes_;
};

}  // namespace vitrine
