// The projection that takes a backbone's features into a teacher's space, in closed form.
//
// Problem: a smaller image tower sees other features than the teacher's, and its vectors must be neighbours
// as the teacher's are, and meet the teacher's text tower.
//
// Idea: ridge regression of the teacher's vectors on the standardised features (Hoerl and Kennard 1970) gives
// the mean vector that features speak for. What features say little of, it shrinks, so that the rest
// outweighs it where vectors are compared by angle. Regularised CCA (Vinod 1976) names the directions of the
// teacher's space by how well features tell them, their canonical correlations r; each is scaled with
// r^(power - 1) on top of ridge. Power 1 is ridge itself, 0 gives every direction the spread it has at the
// teacher's (the family between them is that of Breiman and Friedman 1997, "Curds and Whey", read the other
// way round).
//
// Strength and power are those that name the most of the teacher's neighbours on pictures that were held
// back, each of a few folds in turn (Stone 1974).
#pragma once

#include <cstddef>

#include "base/matrix.h"
#include "model/fidelity.h"
#include "model/projection.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// Fewer pictures than this say nothing about a projection.
inline constexpr std::size_t kLeastFitRows = 64;

struct ProjectionFit {
  Projection projection;
  double strength = 0;  ///< Of the ridge, in mean variances of a feature.
  double power = 1;     ///< Of the canonical correlations: 1 is ridge.
  Fidelity validated;   ///< Mean over the folds, on pictures that a fold was not fitted on.
};

/// @param features  float32 [n, features], finite, n >= kLeastFitRows. @param vectors  float32 [n,
/// dimension], rows of L2 norm 1, of the same pictures. Neighbouring rows may be one scene: runs of them are
/// dealt to the folds.
/// Cost: some 20 x features^3 products, and 8 x 6 x features^2 bytes at once.
/// Errors: kInvalidArgument (too few rows, shapes that differ, numbers that are not finite), kCancelled.
Result<ProjectionFit> FitProjection(const Matrix& features, const Matrix& vectors, const StopSignal& stop);

/// The projection of one strength and one power. Arguments and errors: as above.
Result<Projection> SolveProjection(const Matrix& features, const Matrix& vectors, double strength,
                                   double power);

/// The vectors that a projection gives: rows of L2 norm 1; a row that comes out as nothing stays so.
Matrix ProjectedVectors(const Projection& projection, const Matrix& features);

}  // namespace vitrine
