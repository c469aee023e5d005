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
  static Result<ImageTower> Load(const ModelPack& pack, const SessionSettings& settings);

  /// @return float32 [pictures.size(), dimension], rows of L2 norm 1.
  /// Errors: kModel, kInvalidArgument (a picture without pixels).
  Result<Matrix> Embed(std::span<const RgbImage> pictures) const;

  /// The self-test's picture against its expected vector, when the tower was loaded.
  double self_test_cosine() const { return self_test_cosine_; }
  Provider provider() const { return provider_; }

 private:
  Status SelfTest(const SelfTestSpec& test, const RgbImage& picture);
  Result<Matrix> EmbedBatch(std::span<const RgbImage> pictures) const;

  std::unique_ptr<OrtSession> session_;
  ImageTowerSpec spec_;
  std::size_t dimension_ = 0;
  std::size_t batch_ = 1;  // Pictures that go through the graph together.
  Provider provider_ = Provider::kCpu;
  double self_test_cosine_ = 0;
};

}  // namespace vitrine
