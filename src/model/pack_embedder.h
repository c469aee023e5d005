// The real Embedder: the two towers of a pack, each loaded when it is first used.
#pragma once

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

/// Thread-safe.
class PackEmbedder final : public Embedder {
 public:
  PackEmbedder(ModelPack pack, EmbedderOptions options);

  const Space& space() const override { return pack_.space(); }
  ScoreBackground text_background() const override { return pack_.text_background(); }
  std::int32_t picture_edge_px() const override { return pack_.image().preprocessing.edge_px; }
  Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override;
  Result<Matrix> EmbedTexts(std::span<const std::string> texts) override;

  const ModelPack& pack() const { return pack_; }
  /// The towers, loaded if need be. Errors: kModel.
  Result<const ImageTower*> image_tower();
  Result<const TextTower*> text_tower();
  /// Why a faster provider was not used, in words. Complete once the image tower is loaded.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Result<ImageTower> LoadImageTower();

  const ModelPack pack_;
  const EmbedderOptions options_;
  Lazy<ImageTower> image_tower_;
  Lazy<TextTower> text_tower_;
  std::vector<std::string> notes_;
};

}  // namespace vitrine
