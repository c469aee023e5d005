#include <array>
#include <cstdio>

#include "base/human.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

std::string Share(double recall) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.3f", recall);
  return text.data();
}

std::string Milliseconds(double value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f ms" : "%.0f ms", value);
  return text.data();
}

std::string Vectors(std::uint64_t count) { return Thousands(count) + (count == 1 ? " vector" : " vectors"); }

std::string Pictures(std::uint64_t count) {
  return Thousands(count) + (count == 1 ? " picture" : " pictures");
}

// "compressed index over 1,000,000 vectors, 52.1 MB, built in 9.1 s, recall@10 0.993".
std::string IndexText(const VectorIndexState& index) {
  if (index.kind == IndexKind::kExact) return "exact: every one of " + Vectors(index.rows) + " is scored";
  std::string text = std::string(NameOf(index.kind)) + " index over " + Vectors(index.covered) + ", " +
                     BytesText(index.bytes);
  if (index.build_seconds > 0) text += ", built in " + SecondsText(index.build_seconds) + " s";
  text += ", recall@10 " + Share(index.recall) + " when built";
  if (index.tail > 0) text += "; " + Thousands(index.tail) + " newer ones are scored one by one";
  return text;
}

// One finding of `stats`: a name and a text.
class Table {
 public:
  explicit Table(const Terminal& terminal) : terminal_(terminal) {}
  void Row(std::string name, const std::string& text) const {
    name.resize(std::max<std::size_t>(name.size(), 11), ' ');
    Print(Styled(terminal_, "1", name) + " " + text + "\n");
  }

 private:
  const Terminal& terminal_;
};

std::string PolicyText(const IndexPolicy& policy) {
  return "kind " + std::string(NameOf(policy.kind)) + ", memory " + BytesText(policy.memory_bytes) +
         ", recall " + Share(policy.recall);
}

void PrintStats(const LibraryStats& stats, const Terminal& terminal) {
  const Table table(terminal);
  table.Row("pictures", Thousands(stats.pictures));
  std::string vectors = Thousands(stats.rows) + " of " + std::to_string(stats.dimension) + " dimensions";
  if (stats.dead_rows > 0) {
    vectors += ", " + Thousands(stats.dead_rows) +
               " of them without a picture (vitrine library compact drops those)";
  }
  table.Row("vectors", vectors);
  table.Row("index", IndexText(stats.index));
  if (!stats.index.note.empty()) table.Row("", Printable(stats.index.note));
  table.Row("asked for", PolicyText(stats.policy));
  table.Row("auto", std::string(NameOf(stats.automatic)) + " (" + stats.why + ")");
  if (stats.pictures_search.queries > 0) {
    table.Row("recall@10", "pictures " + Share(stats.pictures_search.recall) + ", words " +
                               Share(stats.texts_search.recall) + ", measured now with " +
                               std::to_string(stats.pictures_search.queries) + " and " +
                               std::to_string(stats.texts_search.queries) + " queries");
    table.Row("search", "pictures " + Milliseconds(stats.pictures_search.milliseconds) + ", words " +
                            Milliseconds(stats.texts_search.milliseconds) + ", the vectors alone");
  }
  table.Row("memory", BytesText(stats.memory_bytes) + " are read again and again by searches");
  table.Row("disk", "catalog " + BytesText(stats.catalog_bytes) + ", vectors " +
                        BytesText(stats.vectors_bytes) + ", thumbnails " + BytesText(stats.thumbnails_bytes));
}

std::string CompactText(const CompactReport& report) {
  if (report.pictures_removed == 0 && report.rows_removed == 0 && report.thumbnails_removed == 0) {
    return "nothing to drop: every picture has a file";
  }
  std::string text = "dropped " + Pictures(report.pictures_removed) + " without a file, " +
                     Vectors(report.rows_removed) + " and " + Thousands(report.thumbnails_removed) +
                     " thumbnails";
  const bool smaller = report.bytes_after < report.bytes_before;
  text += "; " + BytesText(smaller ? report.bytes_before - report.bytes_after : 0) + " given back, " +
          BytesText(report.bytes_after) + " left, in " + SecondsText(report.seconds) + " s";
  return text;
}

}  // namespace

ExitCode RunLibraryIndex(const GlobalOptions& global, const LibraryIndexArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  auto policy = (*library)->Policy();
  if (!policy) return Fail(policy.error());
  policy->kind = arguments.kind.value_or(policy->kind);
  policy->memory_bytes = arguments.memory_bytes.value_or(policy->memory_bytes);
  policy->recall = arguments.recall.value_or(policy->recall);
  const Result<VectorIndexState> built = [&] {
    VectorProgress progress(global.quiet);
    return (*library)->BuildIndex(*policy, &progress);
  }();
  if (!built) return Fail(built.error());
  if (arguments.json) Print(LibraryIndexJson(*built, *policy) + "\n");
  if (!global.quiet) {
    Say(IndexText(*built));
    if (!built->note.empty()) Say(built->note);
  }
  return ExitCode::kDone;
}

ExitCode RunLibraryStats(const GlobalOptions& global, const LibraryStatsArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const Result<LibraryStats> stats = [&] {
    VectorProgress progress(global.quiet || arguments.json);
    return (*library)->Stats(&progress);
  }();
  if (!stats) return Fail(stats.error());
  if (arguments.json) {
    Print(LibraryStatsJson(*stats) + "\n");
  } else {
    PrintStats(*stats, DetectTerminal(global.color));
  }
  return ExitCode::kDone;
}

ExitCode RunLibraryCompact(const GlobalOptions& global, const LibraryCompactArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const Result<CompactReport> report = [&] {
    VectorProgress progress(global.quiet);
    return (*library)->Compact(&progress);
  }();
  if (!report) return Fail(report.error());
  if (arguments.json) Print(CompactJson(*report) + "\n");
  if (!global.quiet) Say(CompactText(*report));
  return ExitCode::kDone;
}

}  // namespace vitrine
