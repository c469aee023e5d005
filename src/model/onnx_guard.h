// A look into an ONNX file before the runtime sees it.
#pragma once

#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

/// Refuses a model that would make the runtime reach outside of the bytes given: tensors kept in other files,
/// nodes that name compiled blobs on disk, operators of foreign domains, local functions, nesting deeper than
/// 16 graphs. Reads every message of the file once, tensor data not at all (about a millisecond for 20 MB).
/// Errors: kModel (with the reason; the file is not named).
Status CheckOnnx(std::string_view model);

}  // namespace vitrine
