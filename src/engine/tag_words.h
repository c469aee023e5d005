// The vectors of a vocabulary's names, remembered in the library so that the text tower sees each once.
#pragma once

#include <span>
#include <string>

#include "base/matrix.h"
#include "model/embedder.h"
#include "vitrine/result.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// One row a name, as EmbedNames gives it. What is not remembered in "<library_folder>/tags/<space>.words" is
/// embedded and remembered there, where the folder can be written; what is damaged there is embedded anew.
/// Vocabularies of more than 20,000 names are embedded plainly (Phrasing::kPlain).
/// @param observer  may be null. Errors: kModel.
Result<Matrix> VectorsOfNames(const std::string& library_folder, Embedder& embedder,
                              std::span<const std::string> names, VectorObserver* observer);

}  // namespace vitrine
