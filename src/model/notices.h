// Licences and cards of models go where the weights go.
#pragma once

#include <string>

#include "vitrine/result.h"

namespace vitrine {

/// Copies the regular files of the folder `from` whose names begin with MODEL_CARD, LICENSE, LICENCE, NOTICE
/// or README, of at most 1 MiB each, to `to`, their names behind `prefix`, and syncs them. What is at `to`
/// already stays; what cannot be read is left out. Errors: kNoSpace, kIo.
Status CopyNotices(const std::string& from, const std::string& to, const std::string& prefix);

}  // namespace vitrine
