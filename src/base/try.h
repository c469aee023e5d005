// Propagation of errors in one line each.
//
//   VITRINE_TRY(file.Sync());                               // returns the error, if any
//   VITRINE_TRY_ASSIGN(const Facts facts, ReadFacts(fd));   // or declares `facts`
#pragma once

#include "vitrine/result.h"

#define VITRINE_CONCAT_INNER(a, b) a##b
#define VITRINE_CONCAT(a, b) VITRINE_CONCAT_INNER(a, b)

#define VITRINE_TRY(expression)                                                                        \
  do {                                                                                                 \
    if (auto vitrine_status = (expression); !vitrine_status) return std::move(vitrine_status).error(); \
  } while (false)

// The declaration is one on purpose: it cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define VITRINE_TRY_ASSIGN_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                                     \
  if (!temporary) return std::move(temporary).error();               \
  declaration = *std::move(temporary)
// NOLINTEND(bugprone-macro-parentheses)

#define VITRINE_TRY_ASSIGN(declaration, expression) \
  VITRINE_TRY_ASSIGN_INNER(VITRINE_CONCAT(vitrine_result_, __LINE__), declaration, expression)
