#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "base/utf8.h"
#include "cli/answer_printer.h"
#include "cli/commands.h"

namespace vitrine {
namespace {

// So many lines of --queries are embedded and searched together: enough to share a pass over the vectors, few
// enough that answers appear while a slow producer is still writing.
constexpr std::size_t kQueriesTogether = 32;

// A list ends where it falls off only where a person reads it or one JSON answer says so, and nobody asked
// for a number of hits: streams of queries and `-n` get what they ask for, each hit past the cut marked.
bool ShowsAll(const OutputArguments& output, bool stream) {
  const bool for_people = !output.json && !output.jsonl && !output.null_separated && output.format.empty() &&
                          (output.preview || DetectTerminal(ColorMode::kAuto).is_terminal);
  return output.all || stream || output.limit.has_value() || !(for_people || output.json);
}

SearchOptions OptionsOf(const OutputArguments& output, bool stream) {
  return {.limit = output.limit.value_or(SearchOptions().limit),
          .all = ShowsAll(output, stream),
          .diverse = output.diverse,
          .group = output.group,
          .explain = output.explain};
}

// A query as a message names it: the beginning of a long one.
std::string Shown(const std::string& query) {
  constexpr std::size_t kMostShown = 80;
  return query.size() <= kMostShown ? Printable(query)
                                    : Printable(std::string(CutUtf8(query, kMostShown))) + "...";
}

// Answers several queries. One that cannot be read gets an empty answer whose note says why, so that it costs
// no other line its answer.
Result<std::vector<SearchResult>> AnswerEach(Library& library, const std::vector<Query>& queries,
                                             const SearchOptions& options) {
  if (queries.empty()) return std::vector<SearchResult>();
  auto together = library.SearchMany(queries, options);
  if (together || together.error().code() != Code::kInvalidArgument) return together;
  std::vector<SearchResult> results;
  for (const Query& query : queries) {
    auto alone = library.Search(query, options);
    if (!alone && alone.error().code() != Code::kInvalidArgument) return std::move(alone).error();
    SearchResult& result = results.emplace_back();
    if (alone) {
      result = *std::move(alone);
    } else {
      Say(Shown(query.text) + ": " + alone.error().message());
      result.notes.push_back(alone.error().message());
    }
  }
  return results;
}

// Runs up to kQueriesTogether queries and prints their answers in order. An empty line has no meaning to look
// for: its answer is an empty list, so that answers stay in step with lines.
Result<bool> AnswerTogether(Library& library, const std::vector<std::string>& lines, AnswerPrinter& printer,
                            const SearchOptions& options) {
  std::vector<Query> queries;
  for (const std::string& line : lines) {
    if (line.find_first_not_of(" \t") != std::string::npos) queries.push_back({.text = line, .pictures = {}});
  }
  auto found = AnswerEach(library, queries, options);
  if (!found) return std::move(found).error();
  std::vector<SearchResult> results = *std::move(found);
  bool any = false;
  std::size_t next = 0;
  for (const std::string& line : lines) {
    const bool blank = line.find_first_not_of(" \t") == std::string::npos;
    const SearchResult result = blank ? SearchResult{} : std::move(results[next++]);
    any = any || !result.hits.empty();
    if (Status printed = printer.Print(line, result); !printed) return std::move(printed).error();
  }
  return any;
}

ExitCode AnswerStream(Library& library, std::istream& input, const SearchArguments& arguments,
                      AnswerPrinter& printer, const StopSignal& stop) {
  bool any = false;
  std::vector<std::string> lines;
  const auto flush = [&]() -> Status {
    auto found = AnswerTogether(library, lines, printer, OptionsOf(arguments.output, true));
    lines.clear();
    if (!found) return std::move(found).error();
    any = any || *found;
    std::fflush(stdout);
    return {};
  };
  for (std::string line; !stop.requested() && std::getline(input, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
    const bool more_is_waiting = input.rdbuf()->in_avail() > 0;
    if (lines.size() < kQueriesTogether && more_is_waiting) continue;
    if (Status done = flush(); !done) return Fail(done.error());
  }
  if (stop.requested()) return ExitCode::kInterrupted;
  if (Status done = flush(); !done) return Fail(done.error());
  return any ? ExitCode::kDone : ExitCode::kNothingFound;
}

ExitCode AnswerQueriesFile(Library& library, const SearchArguments& arguments, AnswerPrinter& printer,
                           const StopSignal& stop) {
  if (arguments.queries_file == "-") return AnswerStream(library, std::cin, arguments, printer, stop);
  std::ifstream file(arguments.queries_file);
  if (!file) {
    return Fail(Error(Code::kNotFound, "cannot open the file of queries " + Quoted(arguments.queries_file)));
  }
  return AnswerStream(library, file, arguments, printer, stop);
}

void SayWhereItEnds(const SearchResult& found, const OutputArguments& output) {
  if (found.hits.empty()) return;
  const bool shortened = !ShowsAll(output, false) && found.total > found.hits.size() &&
                         found.hits.size() < SearchOptions().limit;
  const std::string rest = shortened ? "; --all shows more" : "";
  if (found.nothing_matches) {
    Say("nothing really matches; these are the nearest" + rest);
  } else if (found.above_cut == 0) {
    Say("no hit is certain; these are the nearest" + rest);
  } else if (shortened) {
    Say("the rest hardly matches" + rest);
  }
}

ExitCode AnswerOne(Library& library, const Query& query, const std::string& shown, AnswerPrinter& printer,
                   const OutputArguments& output) {
  const auto found = library.Search(query, OptionsOf(output, false));
  if (!found) return Fail(found.error());
  if (Status printed = printer.Print(shown, *found); !printed) return Fail(printed.error());
  for (const std::string& note : found->notes) Say(note);
  SayWhereItEnds(*found, output);
  if (output.explain) Say(found->plan);
  return found->hits.empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

Result<std::string> SavedQuery(Library& library, const std::string& name) {
  auto searches = library.SavedSearches();
  if (!searches) return std::move(searches).error();
  const auto search = std::ranges::find(*searches, name, &SavedSearch::name);
  if (search == searches->end()) {
    return Error(Code::kNotFound,
                 "no search is called " + Quoted(name) + "; vitrine saved lists those that are");
  }
  return search->query;
}

}  // namespace

ExitCode RunSearch(const GlobalOptions& global, const SearchArguments& arguments, const StopSignal& stop) {
  std::string text = Joined(arguments.words, " ");
  const bool has_query = !text.empty() || !arguments.like.empty() || !arguments.saved.empty();
  if (has_query == !arguments.queries_file.empty()) {
    return Fail(
        Error(Code::kInvalidArgument,
              has_query ? "give a query or --queries, not both"
                        : "what should be in the picture? For example: vitrine search two dogs in the snow"));
  }
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  if (!arguments.saved.empty()) {
    auto query = SavedQuery(**library, arguments.saved);
    if (!query) return Fail(query.error());
    text = text.empty() ? *query : "(" + *query + ") " + text;
  }
  AnswerPrinter printer(**library, global, arguments.output);
  if (!arguments.queries_file.empty()) return AnswerQueriesFile(**library, arguments, printer, stop);
  return AnswerOne(**library, {.text = text, .pictures = arguments.like}, text, printer, arguments.output);
}

ExitCode RunSimilar(const GlobalOptions& global, const SimilarArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  AnswerPrinter printer(**library, global, arguments.output);
  std::vector<std::string> names;
  for (const PathBytes& picture : arguments.pictures) names.push_back(picture);
  return AnswerOne(**library, {.text = {}, .pictures = arguments.pictures}, Joined(names, " "), printer,
                   arguments.output);
}

}  // namespace vitrine
