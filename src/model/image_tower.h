// The tower that turns pictures into vectors, on one provider.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/matrix.h"
#include "image/pixels.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class ImageTower {
 public:
  /// Reads, checks and loads the tower, and puts the pack's picture through it.
  /// Errors: kModel (file, graph of another shape, self-test failed).
  static Result<ImageTower> Load(const ModelPack& pack, const SessionSettings& settings,
                                 const SessionOpener& open = OrtSession::Create);

  /// @param together  pictures that go through the graph at once, where it takes several: enough to keep the
  ///                  cores busy, few enough that the activations stay small.
  /// @return float32 [pictures.size(), dimension], rows of L2 norm 1.
  /// Errors: kModel, kInvalidArgument (a picture without pixels).
  Result<Matrix> Embed(std::span<const RgbImage> pictures, std::size_t together = 8) const;

  /// The self-test's picture against its expected vector, when the tower was loaded.
  double self_test_cosine() const { return self_test_cosine_; }
  Provider provider() const { return settings_.provider; }
  bool bf16() const { return settings_.bf16; }
  int threads() const { return settings_.threads; }

 private:
  Status SelfTest(const SelfTestSpec& test, const RgbImage& picture);
  Result<Matrix> EmbedBatch(std::span<const RgbImage> pictures) const;

  std::unique_ptr<OrtSession> session_;
  ImageTowerSpec spec_;
  std::size_t dimension_ = 0;
  SessionSettings settings_;
  bool takes_one_alone_ = false;
  double self_test_cosine_ = 0;
};

}  // namespace vitrine
