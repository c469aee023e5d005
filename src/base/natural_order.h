// The order in which people expect names: letter case aside, and "img2" before "img10".
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// A key whose byte order is the natural order of the texts it is made from: case-folded, each run of ASCII
/// digits ordered by its value. Texts that differ in case or in leading zeros alone have the same key. Cost:
/// linear. Text that is not UTF-8 has a key too.
std::string NaturalKey(std::string_view text);

}  // namespace vitrine
