// A backbone: an image tower without a text tower or a space of its own, whose features a closed-form map
// takes into the space of another model (docs/formats/backbone.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/matrix.h"
#include "image/pixels.h"
#include "model/image_graph.h"
#include "model/pack.h"
#include "vitrine/result.h"

namespace vitrine {

/// What "<folder>/backbone.json" says.
struct BackbonePack {
  /// Reads and checks it. Errors: kModel (what is wrong, and what to do).
  static Result<BackbonePack> Load(const std::string& folder);

  PackPlace place;
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  std::size_t features = 0;  ///< Columns of the graph's output.
  ImageTowerSpec image;
};

/// Thread-safe.
class Backbone {
 public:
  /// Reads, checks and loads the graph onto the plain kernels. Errors: kModel.
  static Result<Backbone> Open(const std::string& folder, int threads);

  const BackbonePack& pack() const { return pack_; }
  std::int32_t picture_edge_px() const { return NeededEdge(pack_.image.preprocessing); }

  /// @return float32 [pictures.size(), features], all finite.
  /// Errors: kModel, kInvalidArgument (a picture without pixels).
  Result<Matrix> Features(std::span<const RgbImage> pictures) const;

 private:
  Backbone(BackbonePack pack, ImageGraph graph) : pack_(std::move(pack)), graph_(std::move(graph)) {}

  BackbonePack pack_;
  ImageGraph graph_;
};

}  // namespace vitrine
