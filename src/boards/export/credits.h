// What is known of who made a picture, and when.
#pragma once

#include <string>

#include "boards/picture_source.h"

namespace vitrine {

/// "2024-06-01, FUJIFILM X-T5"; empty where neither is known. UTF-8.
std::string FactsLine(const SourcePicture& picture);

}  // namespace vitrine
