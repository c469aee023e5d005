// A graph that turns pictures into rows of numbers, on one provider: what image towers and backbones share.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/matrix.h"
#include "image/pixels.h"
#include "model/embedder.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class ImageGraph {
 public:
  /// @param spec  of it, the names of input and output and the preprocessing count. @param width  columns of
  /// the output. Errors: kModel (the runtime refuses it, a graph of another shape), in words that continue
  /// "the image tower cannot be used: ".
  static Result<ImageGraph> Load(std::string model, const ImageTowerSpec& spec, std::size_t width,
                                 const SessionSettings& settings, const SessionOpener& open);

  /// @param together  pictures that go through the graph at once, where it takes several.
  /// @return float32 [pictures.size(), width], as the graph gives it.
  /// Errors: kModel, kInvalidArgument (a picture without pixels).
  Result<Matrix> Run(std::span<const RgbImage> pictures, std::size_t together = kPictureBatch) const;

 private:
  Result<Matrix> RunBatch(std::span<const RgbImage> pictures) const;

  std::unique_ptr<OrtSession> session_;
  std::string input_;
  std::string output_;
  Preprocessing preprocessing_;
  std::size_t width_ = 0;
  bool takes_one_alone_ = false;
};

}  // namespace vitrine
