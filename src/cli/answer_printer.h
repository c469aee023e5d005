// Answers to queries, in the form that was asked for.
#pragma once

#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "vitrine/library.h"

namespace vitrine {

class AnswerPrinter {
 public:
  /// The library serves previews and must outlive the printer.
  AnswerPrinter(Library& library, const GlobalOptions& global, const OutputArguments& output);

  /// Prints one answer. Errors: kInvalidArgument (--format).
  Status Print(std::string_view query, const SearchResult& result);

 private:
  Status PrintHit(const Hit& hit, std::size_t rank);
  void PrintForPeople(const Hit& hit, std::size_t rank);
  void DrawThumbnail(const Hit& hit);

  Library& library_;
  OutputArguments output_;
  Terminal terminal_;
};

}  // namespace vitrine
