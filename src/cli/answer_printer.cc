#include "cli/answer_printer.h"

#include <array>
#include <cstdio>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cli/format.h"
#include "cli/json_output.h"

namespace vitrine {
namespace {

constexpr int kPreviewRows = 6;
constexpr std::int32_t kPreviewEdgePx = 128;

std::string Percent(double relevance) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%3.0f%%", 100 * relevance);
  return text.data();
}

std::string Score(float score) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.3f", static_cast<double>(score));
  return text.data();
}

// "2024-06-01", when the picture says so.
std::string Day(const Hit& hit) { return hit.info.facts.taken_at.value_or("").substr(0, 10); }

}  // namespace

AnswerPrinter::AnswerPrinter(Library& library, const GlobalOptions& global, const OutputArguments& output)
    : library_(library), output_(output), terminal_(DetectTerminal(global.color)) {
  if (output_.no_preview) terminal_.pictures = PictureProtocol::kNone;
  if (output_.preview && terminal_.pictures == PictureProtocol::kNone) {
    terminal_.pictures = PictureProtocol::kHalfBlocks;
  }
}

Status AnswerPrinter::Print(std::string_view query, const SearchResult& result) {
  if (output_.json || output_.jsonl) {
    vitrine::Print(SearchJson(query, result) + "\n");
    return {};
  }
  std::size_t rank = 0;
  for (const Hit& hit : result.hits) VITRINE_TRY(PrintHit(hit, ++rank));
  return {};
}

Status AnswerPrinter::PrintHit(const Hit& hit, std::size_t rank) {
  if (!output_.format.empty()) {
    VITRINE_TRY_ASSIGN(const std::string text, FormatHit(output_.format, hit));
    vitrine::Print(text + (output_.null_separated ? std::string(1, '\0') : "\n"));
  } else if (output_.null_separated) {
    vitrine::Print(hit.paths.front() + '\0');
  } else if (terminal_.is_terminal || output_.preview) {
    PrintForPeople(hit, rank);
  } else {
    vitrine::Print(Score(hit.score) + "\t" + hit.paths.front() + "\n");
  }
  return {};
}

void AnswerPrinter::PrintForPeople(const Hit& hit, std::size_t rank) {
  const PathBytes& path = hit.paths.front();
  const std::string folder = Printable(FolderOf(path)) + "/";
  const std::string shown = Styled(terminal_, "2", folder) + Styled(terminal_, "1", Printable(NameOf(path)));
  std::string line = std::to_string(rank);
  line.insert(0, line.size() < 3 ? 3 - line.size() : 0, ' ');
  line += "  " + Styled(terminal_, "36", Score(hit.score)) + "  " + Percent(hit.relevance) + "  " +
          FileLink(terminal_, path, shown);
  if (const std::string day = Day(hit); !day.empty()) line += "  " + Styled(terminal_, "2", day);
  if (hit.paths.size() > 1) {
    line += Styled(terminal_, "2", "  +" + std::to_string(hit.paths.size() - 1) + " more places");
  }
  if (!hit.grouped.empty()) {
    line += Styled(terminal_, "2", "  +" + std::to_string(hit.grouped.size()) + " like it");
  }
  if (hit.offline) line += Styled(terminal_, "33", "  offline");
  vitrine::Print(line + "\n");
  DrawThumbnail(hit);
}

void AnswerPrinter::DrawThumbnail(const Hit& hit) {
  if (terminal_.pictures == PictureProtocol::kNone) return;
  if (terminal_.pictures == PictureProtocol::kITerm) {
    if (const auto jpeg = ReadFile(hit.thumbnail_path)) vitrine::Print(DrawFile(*jpeg, kPreviewRows));
  } else if (const auto preview = library_.PreviewOf(hit.thumbnail_path, kPreviewEdgePx)) {
    vitrine::Print(DrawPixels(terminal_, *preview, kPreviewRows));
  }
}

}  // namespace vitrine
