// Lower case without accents, as the BERT tokenizer makes it (unicode_tables.h).
#pragma once

#include <string>

namespace vitrine {

/// Appends what becomes of one code point: nothing (an accent), or 1 to 3 code points.
void AppendFolded(char32_t c, std::u32string& text);

}  // namespace vitrine
