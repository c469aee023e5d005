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
#include "model/graph_shelf.h"
#include "model/image_tower.h"
#include "model/lazy.h"
#include "model/machine.h"
#include "model/open.h"
#include "model/pack.h"
#include "model/text_tower.h"
#include "model/tuning.h"

namespace vitrine {

/// What decides between a pack's precisions on this machine.
PrecisionWish WishOf(const EmbedderOptions& options);

/// Thread-safe. By default (Device::kAuto) pictures start on ONNX Runtime's own kernels, which open in a
/// tenth of a second. On a processor with int8 dot products OpenVINO's are faster by a fifth to a half but
/// take 0.5 to 0.8 s more to compile, so an int8 tower moves there once enough pictures have come to pay for
/// it (docs/decisions/0005-inference-runtime.md), and to an accelerator before that where the runtime has
/// one; in either case where it is also faster when both are tried. On a device that was asked for, both
/// towers start there.
class PackEmbedder final : public Embedder {
 public:
  PackEmbedder(ModelPack pack, EmbedderOptions options, Machine machine = ThisMachine());

  const Space& space() const override { return pack_.space(); }
  ScoreBackground text_background() const override { return pack_.text_background(); }
  RelevanceModel text_relevance() const override { return pack_.text_relevance(); }
  RelevanceModel picture_relevance() const override { return pack_.picture_relevance(); }
  std::int32_t picture_edge_px() const override { return NeededEdge(pack_.image().preprocessing); }
  std::size_t picture_batch() const override;
  Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override;
  Result<Matrix> EmbedTexts(std::span<const std::string> texts) override;

  const ModelPack& pack() const { return pack_; }
  /// The tower for `pictures` more pictures, loaded if need be. Errors: kModel.
  Result<std::shared_ptr<const ImageTower>> image_tower(std::size_t pictures);
  /// Errors: kModel.
  Result<const TextTower*> text_tower();
  /// How the image tower is driven here, where that was tried and is remembered.
  const std::optional<TuningTrial>& tuning() const { return tuning_; }
  /// Tries how the tower that long runs use is driven best, and remembers it for whoever opens the pack next.
  /// Errors: see TuneModel().
  Result<TuningReport> Tune();
  /// Why a faster provider is not used, in words.
  std::vector<std::string> notes() const;

 private:
  template <typename Tower>
  Result<Tower> LoadOnDevice(int threads, std::vector<std::string>& notes) const;
  template <typename Tower>
  Result<Tower> Load(Provider provider, int threads, bool bf16 = false) const;
  bool MayUseBf16() const;
  Result<ImageTower> LoadAsBf16();
  Status LoadFirstImageTower();
  void TryFasterImageTower();
  bool WorthTrying(const ProviderEntry& entry);
  bool IsFasterHere(const ImageTower& other) const;
  TuningKey KeyOf(Provider provider, bool bf16) const;
  std::optional<TuningTrial> Remembered(Provider provider, bool bf16) const;
  int ImageThreads(Provider provider, bool bf16) const;

  const ModelPack pack_;
  const EmbedderOptions options_;
  const Machine machine_;
  const TuningShelf shelf_;
  const KeptGraph kept_graph_;
  std::optional<TuningTrial> tuning_;  // That of where a long run ends up, else that of where it starts.
  Lazy<TextTower> text_tower_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::optional<Status> image_state_;
  std::shared_ptr<const ImageTower> image_tower_;
  std::size_t pictures_asked_ = 0;
  bool tried_faster_ = false;
  std::vector<std::string> notes_;
};

}  // namespace vitrine
