// The tower that turns pictures into vectors, on one provider.
#pragma once

#include <optional>
#include <span>

#include "base/matrix.h"
#include "image/pixels.h"
#include "model/image_graph.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "model/projection.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class ImageTower {
 public:
  /// Reads, checks and loads the tower, and puts the pack's picture through it.
  /// Errors: kModel (file, graph of another shape, self-test failed).
  static Result<ImageTower> Load(const ModelPack& pack, const SessionSettings& settings,
                                 const SessionOpener& open = OrtSession::Create);

  /// @param together  pictures that go through the graph at once, where it takes several.
  /// @return float32 [pictures.size(), dimension], rows of L2 norm 1.
  /// Errors: kModel, kInvalidArgument (a picture without pixels).
  Result<Matrix> Embed(std::span<const RgbImage> pictures, std::size_t together = kPictureBatch) const;

  /// The self-test's picture against its expected vector, when the tower was loaded.
  double self_test_cosine() const { return self_test_cosine_; }
  Provider provider() const { return settings_.provider; }
  bool bf16() const { return settings_.bf16; }
  int threads() const { return settings_.threads; }

 private:
  ImageTower(ImageGraph graph, const SessionSettings& settings)
      : graph_(std::move(graph)), settings_(settings) {}
  Status SelfTest(const SelfTestSpec& test, const RgbImage& picture, double least_cosine);

  ImageGraph graph_;
  std::optional<Projection> projection_;  // Behind the graph, where the pack has one.
  SessionSettings settings_;
  double self_test_cosine_ = 0;
};

}  // namespace vitrine
