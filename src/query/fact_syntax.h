// The fields of a query and what may stand behind their colons. For language.cc and format_query.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "query/language.h"
#include "query/lexer.h"
#include "vitrine/result.h"

namespace vitrine {

/// Field names in either case, `id` among them.
bool IsFieldName(std::string_view name);
bool IsAssetField(std::string_view name);
/// Of a name that IsFieldName and not IsAssetField.
Field FieldOf(std::string_view name);
/// "date:2023..2024-06".
std::string FieldExample(std::string_view name);
/// kInvalidArgument with what was perhaps meant.
Error UnknownField(const std::string& name, std::size_t column);

/// Reads what stands behind the colon. @param now_s  seconds of the local clock since 1970, for `today`.
/// Errors: kInvalidArgument at the value's column.
Result<Fact> ReadFact(Field field, const QueryPiece& value, std::int64_t now_s);

/// "date:2023", which reads as the same fact.
std::string FormatFact(const Fact& fact);

}  // namespace vitrine
