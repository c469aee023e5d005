// A look into an ONNX file before the runtime sees it.
#pragma once

#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

/// Refuses a model that would make the runtime reach outside of the bytes given: tensors kept in other files,
/// nodes that name compiled blobs on disk, operators of foreign domains, local functions, nesting deeper than
/// 16 graphs, tensors that claim more numbers than they hold, weights that are NaN. Reads the file once.
/// Errors: kModel (with the reason; the file is not named).
Status CheckOnnx(std::string_view model);

}  // namespace vitrine
