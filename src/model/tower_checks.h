// What both towers have in common: the shapes of their graphs, vectors of length 1, and agreement with the
// self-test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/ort_session.h"
#include "vitrine/result.h"

namespace vitrine {

/// Scales each row to L2 norm 1. Errors: kModel (a row holds a NaN or infinity, or is all zeros).
Status NormaliseRows(Matrix& vectors);

/// The cosine of two vectors of L2 norm 1 and equal length.
double Cosine(std::span<const float> a, std::span<const float> b);

/// Finds a tensor of a graph by name and compares type and shape; -1 in `shape` stands for any dimension, and
/// the graph may leave any dimension open. Errors: kModel (what the graph has instead).
Status CheckTensor(std::span<const TensorInfo> tensors, const std::string& name, ElementType type,
                   std::span<const std::int64_t> shape);

}  // namespace vitrine
