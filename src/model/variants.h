// The precisions that a pack has its towers in, and which of them is taken.
//
// A tower of another precision is another file of the same pack, with what it was measured to lose. An image
// tower's file is part of the space's identity: its vectors are kept, and those of two precisions never mix.
// A text tower's is not: a query's vector is used and forgotten, and all precisions of a tower aim at the
// same space.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/pack_fields.h"
#include "vitrine/inference.h"
#include "vitrine/result.h"

namespace vitrine {

/// One precision of a tower.
struct TowerVariant {
  /// Against float32, on the pictures and captions of whoever made the pack, on one processor.
  struct Measured {
    double cosine_mean = 1;
    double cosine_p1 = 1;        ///< 1st percentile.
    double recall10_change = 0;  ///< Percentage points of R@10, negative for a loss.
    double items_per_second = 0;
    double megabytes = 0;
  };
  std::string precision;  ///< As pack.json has it: "int8", "fp16".
  PackFile file;
  double least_cosine = 0;  ///< The self-test's, -1..1; 0: the pack's min_cosine.
  std::string space;        ///< Of an image tower: the id of the space that its vectors belong to.
  std::optional<Measured> measured;
};

/// What a precision may lose and still be taken unasked.
struct Tolerance {
  double cosine_mean = 0.995;
  double cosine_p1 = 0.98;
  double recall10_loss = 0.5;  ///< Percentage points.
};

/// What decides between the precisions.
struct PrecisionWish {
  Precision precision = Precision::kAuto;
  Device device = Device::kAuto;
  bool int8_dot = true;  ///< Whether the processor has one: int8 is slower and less exact without.
  /// Whether a library holds vectors of a space already. May be empty.
  std::function<bool(const std::string& space)> in_use;
};

/// The main file of a tower, then its "variants".
std::vector<TowerVariant> ReadVariants(const Fields& tower, const PackFile& main,
                                       const std::string& precision);

/// "tolerance" of a pack's description.
Tolerance ReadTolerance(const Fields& root);

/// kFloat32 for "float32" and "fp32", and so on; empty for a name of another kind.
std::optional<Precision> ParsePrecision(const std::string& name);

/// The precision that is asked for; else the first whose space is in use, so that a library keeps its vectors
/// wherever it is opened; else the fastest within the tolerance. bf16 is a way to compute float32's file.
/// Errors: kInvalidArgument (the pack has no such precision; those it has are named).
Result<TowerVariant> ChooseVariant(std::span<const TowerVariant> variants, const Tolerance& tolerance,
                                   const PrecisionWish& wish);

}  // namespace vitrine
