// `vitrine tags` and its commands.
#include <array>
#include <cstdio>
#include <string>

#include "base/human.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

/// From which `apply` accepts what nobody looked at.
constexpr double kLikely = 0.5;

std::string Percent(double probability) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", 100 * probability);
  return text.data();
}

std::string Probability(double probability) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.4f", probability);
  return text.data();
}

std::string Pictures(std::uint64_t count) {
  return Thousands(count) + (count == 1 ? " picture" : " pictures");
}

std::string Tags(std::uint64_t count) { return Thousands(count) + (count == 1 ? " tag" : " tags"); }

// Prints pictures as they are judged.
class SuggestionPrinter final : public SuggestObserver {
 public:
  SuggestionPrinter(const GlobalOptions& global, const TagsArguments& arguments)
      : arguments_(arguments), terminal_(DetectTerminal(global.color)), progress_(global.quiet) {}

  void OnStep(std::string_view step, std::uint64_t done, std::uint64_t total) override {
    progress_.OnStep(step, done, total);
  }

  void OnPicture(const PictureTags& picture) override {
    if (arguments_.jsonl) {
      Print(PictureTagsJson(picture));
    } else if (!picture.tags.empty() && !arguments_.save) {
      terminal_.is_terminal ? PrintForPeople(picture) : PrintLines(picture);
    }
  }

 private:
  void PrintForPeople(const PictureTags& picture) {
    const PathBytes& path = picture.paths.front();
    std::string line;
    for (const SuggestedTag& tag : picture.tags) {
      line += (line.empty() ? "  " : ", ") + Printable(tag.tag) + " " +
              Styled(terminal_, "2", Percent(tag.probability) + (tag.taught ? ", taught" : ""));
    }
    Print(FileLink(terminal_, path, Styled(terminal_, "1", Printable(path))) + "\n" + line + "\n");
  }

  static void PrintLines(const PictureTags& picture) {
    for (const SuggestedTag& tag : picture.tags) {
      Print(Printable(picture.paths.front()) + "\t" + tag.tag + "\t" + Probability(tag.probability) + "\n");
    }
  }

  const TagsArguments& arguments_;
  const Terminal terminal_;
  VectorProgress progress_;
};

ExitCode Suggest(Library& library, const GlobalOptions& global, const TagsArguments& arguments,
                 const StopSignal& stop) {
  SuggestOptions options;
  options.vocabulary_file = arguments.vocabulary;
  options.pictures = arguments.pictures;
  options.limit = arguments.all ? 1'000'000 : arguments.limit;
  options.at_least =
      arguments.above.value_or(arguments.all || (arguments.jsonl && !arguments.save) ? 0.0 : kSuggestFrom);
  options.keep = arguments.save;
  const Result<SuggestReport> report = [&] {
    SuggestionPrinter printer(global, arguments);
    return library.tags().Suggest(options, &printer, stop);
  }();
  if (!report) return Fail(report.error());
  for (const std::string& note : report->notes) Say(note);
  if (!global.quiet) {
    Say(Pictures(report->pictures) + " held against " + Tags(report->terms) + " in " +
        SecondsText(report->seconds) + " s; " + Thousands(report->suggestions) +
        (report->suggestions == 1 ? " suggestion" : " suggestions") +
        (arguments.save ? " remembered: vitrine tags list" : ""));
  }
  if (report->stopped) return ExitCode::kInterrupted;
  if (!report->unreadable.empty()) return ExitCode::kPartial;
  return report->suggestions == 0 ? ExitCode::kNothingFound : ExitCode::kDone;
}

ExitCode Teach(Library& library, const GlobalOptions& global, const TagsArguments& arguments) {
  const Result<TeachReport> report =
      library.tags().Teach({.tag = arguments.tag, .yes = arguments.yes, .no = arguments.no});
  if (!report) return Fail(report.error());
  if (arguments.json) Print(TeachJson(*report) + "\n");
  if (!global.quiet) {
    Say("learnt from " + Thousands(report->accepted) + " accepted and " + Thousands(report->rejected) +
        " rejected; suggested for " + Pictures(report->suggested) + " now");
  }
  return ExitCode::kDone;
}

DecideOptions DecisionFrom(const TagsArguments& arguments) {
  DecideOptions options{.tag = arguments.tag, .pictures = arguments.pictures};
  switch (arguments.action) {
    case TagAction::kAdd:
      options.word = TagWord::kAdd;
      break;
    case TagAction::kRemove:
      options.word = TagWord::kRemove;
      break;
    case TagAction::kReject:
      options.word = TagWord::kReject;
      break;
    default:
      options.word = TagWord::kAccept;
  }
  options.at_least = arguments.above.value_or(arguments.action == TagAction::kApply ? kLikely : 0.0);
  return options;
}

ExitCode Tell(const Result<TagChange>& change, const GlobalOptions& global, bool json) {
  if (!change) return Fail(change.error());
  if (json) Print(TagChangeJson(*change) + "\n");
  if (change->entry == 0) {
    if (!global.quiet) Say("nothing to change");
    return ExitCode::kNothingFound;
  }
  if (!global.quiet) {
    Say(Tags(change->tags) + " on " + Pictures(change->pictures) + " changed; vitrine undo takes it back");
  }
  return ExitCode::kDone;
}

// "animals/mammals/dog" as "    dog": a level is two columns, and the path's last level is shown.
std::string Indented(const std::string& path) {
  std::string indent;
  std::size_t start = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\') {
      ++i;
    } else if (path[i] == '/') {
      indent += "  ";
      start = i + 1;
    }
  }
  std::string level;
  for (std::size_t i = start; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) ++i;
    level += path[i];
  }
  return indent + Printable(level);
}

ExitCode List(Library& library, const GlobalOptions& global, bool json) {
  const auto facets = library.tags().List();
  if (!facets) return Fail(facets.error());
  const Terminal terminal = DetectTerminal(global.color);
  if (json) {
    Print(TagListJson(*facets) + "\n");
  } else {
    for (const TagFacet& facet : *facets) {
      std::string counts = Thousands(facet.accepted);
      if (facet.suggested > 0) counts += ", " + Thousands(facet.suggested) + " suggested";
      if (facet.rejected > 0) counts += ", " + Thousands(facet.rejected) + " rejected";
      Print(terminal.is_terminal
                ? Indented(facet.tag) + "  " + Styled(terminal, "2", counts) + "\n"
                : facet.tag + "\t" + std::to_string(facet.accepted) + "\t" + std::to_string(facet.suggested) +
                      "\t" + std::to_string(facet.rejected) + "\n");
    }
  }
  return facets->empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

}  // namespace

ExitCode RunTags(const GlobalOptions& global, const TagsArguments& arguments, const StopSignal& stop) {
  auto opened = OpenLibrary(global);
  if (!opened) return Fail(opened.error());
  Library& library = **opened;
  switch (arguments.action) {
    case TagAction::kSuggest:
      return Suggest(library, global, arguments, stop);
    case TagAction::kTeach:
      return Teach(library, global, arguments);
    case TagAction::kRename:
      return Tell(library.tags().Rename(arguments.tag, arguments.to), global, arguments.json);
    case TagAction::kDelete:
      return Tell(library.tags().Delete(arguments.tag), global, arguments.json);
    case TagAction::kList:
      return List(library, global, arguments.json);
    default:
      return Tell(library.tags().Decide(DecisionFrom(arguments)), global, arguments.json);
  }
}

}  // namespace vitrine
