#include <algorithm>
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

constexpr std::size_t kMostLicenceBytes = 48;
constexpr std::size_t kMostFailures = 5;

std::string Pictures(std::uint64_t count) {
  return Thousands(count) + (count == 1 ? " picture" : " pictures");
}

std::string Number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f" : "%.0f", value);
  return text.data();
}

std::string Cosine(double value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.4f", value);
  return text.data();
}

std::string Padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

// One precision where both towers have it.
std::string PrecisionOf(const ModelInfo& model) {
  if (model.image_precision == model.text_precision) return model.image_precision;
  return model.image_precision + "/" + model.text_precision;
}

std::string OneLine(const std::string& text) {
  std::string cut(CutUtf8(text, kMostLicenceBytes));
  if (cut.size() < text.size()) cut += "...";
  return Printable(cut);
}

void PrintList(const ModelList& list, const Terminal& terminal) {
  std::size_t width = 5;
  for (const ModelInfo& model : list.models) width = std::max(width, Printable(model.id).size());
  Print(Styled(terminal, "1",
               "  " + Padded("MODEL", width) + "  VERSION   DIM   PRECISION   PICTURES             LICENCE") +
        "\n");
  for (const ModelInfo& model : list.models) {
    std::string line = (model.mixed_in  ? "+ "
                        : model.answers ? "* "
                                        : "  ") +
                       Padded(Printable(model.id), width) + "  ";
    line += Padded(Printable(model.version), 8) + "  ";
    line += Padded(model.dimension > 0 ? std::to_string(model.dimension) : "", 4) + "  ";
    line += Padded(Printable(PrecisionOf(model)), 10) + "  ";
    line += Padded(Thousands(model.pictures) + " of " + Thousands(list.pictures), 19) + "  ";
    line += model.problem.empty() ? OneLine(model.licence) : Styled(terminal, "31", Printable(model.problem));
    Print(line + "\n");
    for (const OtherPrecision& other : model.others) {
      Print("  " + Padded("", width) + "  in " + other.precision + ": " + Pictures(other.pictures) +
            ", space " + other.space + "\n");
    }
  }
}

ExitCode List(Models& models, const GlobalOptions& global, const ModelArguments& arguments) {
  const auto list = models.List();
  if (!list) return Fail(list.error());
  if (arguments.json) {
    Print(ModelListJson(*list) + "\n");
  } else {
    PrintList(*list, DetectTerminal(global.color));
  }
  return ExitCode::kDone;
}

ExitCode Add(Models& models, const GlobalOptions& global, const ModelArguments& arguments) {
  const auto added = models.Add(arguments.name);
  if (!added) return Fail(added.error());
  if (arguments.json) Print(ModelJson(*added) + "\n");
  if (!global.quiet) {
    Say("added " + added->id + " (" + std::to_string(added->dimension) +
        " dimensions, licence: " + OneLine(added->licence) +
        "); searches go on as before. Take it into use with: vitrine model use " + added->id);
  }
  return ExitCode::kDone;
}

std::string Names(const std::string& first, const std::string& second) {
  return second.empty() ? first : first + " and " + second;
}

void SayUse(const UseReport& report) {
  const std::string rate = report.embedded == 0 ? "nothing was to be embedded"
                                                : Thousands(report.embedded) +
                                                      (report.embedded == 1 ? " vector" : " vectors") +
                                                      " made in " + SecondsText(report.seconds) + " s";
  const std::string now = Names(report.id, report.with);
  const std::string before = Names(report.before, report.before_with);
  if (!report.answers) {
    Say(rate + "; searches go on being answered by " + before);
  } else if (before == now) {
    Say(rate + "; searches were answered by " + now + " before, and still are");
  } else {
    Say(rate + "; searches are answered by " + now + " now, over " + Pictures(report.pictures));
  }
}

ExitCode Use(Models& models, const GlobalOptions& global, const ModelArguments& arguments,
             const StopSignal& stop) {
  const auto report = [&] {
    VectorProgress progress(global.quiet);
    return models.Use(arguments.name, arguments.use, &progress, stop);
  }();
  if (!report) return Fail(report.error());
  if (arguments.json) Print(UseJson(*report) + "\n");
  if (!global.quiet) SayUse(*report);
  if (report->stopped) {
    Say("stopped early; the same command goes on from there");
    return ExitCode::kInterrupted;
  }
  if (report->left_out == 0) return ExitCode::kDone;
  for (std::size_t i = 0; i < std::min(kMostFailures, report->failures.size()); ++i) {
    Say(Printable(report->failures[i].path) + ": " + Printable(report->failures[i].reason));
  }
  Say(Pictures(report->left_out) +
      (report->answers
           ? " could not be had and are not found by searches; the same command tries them again"
           : " could not be had: bring them back and do it again, or go without them: vitrine model "
             "use " +
                 report->id + (report->with.empty() ? "" : " --with " + report->with) + " --now"));
  return ExitCode::kPartial;
}

ExitCode Remove(Models& models, const GlobalOptions& global, const ModelArguments& arguments) {
  const auto removed = models.Remove(arguments.name);
  if (!removed) return Fail(removed.error());
  if (arguments.json) Print(ModelRemovalJson(*removed) + "\n");
  if (!global.quiet) {
    Say("removed " + Thousands(removed->vectors) + " vectors of " + Printable(removed->id) +
        (removed->pack_removed ? " and the model itself"
                               : "; the model itself is not the library's, and stays"));
  }
  return ExitCode::kDone;
}

ExitCode Bench(Models& models, const ModelArguments& arguments, const StopSignal& stop) {
  const auto bench = models.Bench(arguments.name, stop);
  if (!bench) return Fail(bench.error());
  if (arguments.json) {
    Print(ModelBenchJson(*bench) + "\n");
    return ExitCode::kDone;
  }
  const auto row = [](const std::string& name, const std::string& text) {
    Print(Padded(name, 11) + text + "\n");
  };
  row("model", Printable(bench->id) + ", " + bench->runtime);
  row("self-test", "cosine to the expected vectors: picture " + Cosine(bench->picture_cosine) +
                       ", sentences " + Cosine(bench->sentence_cosine) + " or better");
  row("loading", SecondsText(bench->load_seconds) + " s for both towers, self-test included");
  row("pictures", Number(bench->pictures_per_second) + "/s in eights, " + Number(bench->picture_ms) +
                      " ms alone, on " + bench->image_provider + ", decoding aside");
  row("texts", Number(bench->texts_per_second) + "/s in batches of 32, " + Number(bench->text_ms) +
                   " ms alone, on " + bench->text_provider);
  for (const BenchWay& way : bench->ways) {
    row(&way == bench->ways.data() ? "ways" : "",
        (way.chosen ? "* " : "  ") + std::to_string(way.threads) +
            (way.threads == 1 ? " thread, " : " threads, ") + "in batches of " + std::to_string(way.batch) +
            ": " + Number(way.picture_ms) + " ms a picture, " + Number(way.cpu_ms) + " ms of processor time");
  }
  if (!bench->ways.empty()) row("", "index runs on this machine go the way marked *");
  for (const std::string& note : bench->notes) row("note", Printable(note));
  return ExitCode::kDone;
}

void PrintDistill(const DistillReport& report) {
  const auto row = [](const std::string& name, const std::string& text) {
    Print(Padded(name, 11) + text + "\n");
  };
  row("student", Printable(report.model.id) + ": " + Printable(report.backbone) + " in the space of " +
                     Printable(report.teacher));
  row("pictures", Thousands(report.fitted) + " to fit, " + Thousands(report.held_out) +
                      " held back to judge" +
                      (report.left_out == 0 ? "" : ", " + Thousands(report.left_out) + " could not be had"));
  row("projection", report.method + ", strength " + Number(report.strength) +
                        (report.power == 1 ? "" : ", power " + Number(report.power)));
  row("cosine", Cosine(report.cosine_mean) + " to the teacher's vector on average, 1st percentile " +
                    Cosine(report.cosine_p1));
  row("neighbours", Number(100 * report.overlap_at_10) + " % of the ten nearest are the teacher's too");
  row("sentences", "the teacher's best picture is among the student's ten best for " +
                       Number(100 * report.recall_at_10) + " % of our own");
  row("speed", Number(report.student_per_second) + " pictures/s where the teacher makes " +
                   Number(report.teacher_per_second) + ": " +
                   Number(report.student_per_second / report.teacher_per_second) +
                   " times as fast, decoding aside");
  for (std::size_t i = 0; i < std::min(kMostFailures, report.failures.size()); ++i) {
    Say(Printable(report.failures[i].path) + ": " + Printable(report.failures[i].reason));
  }
}

ExitCode Distill(Models& models, const GlobalOptions& global, const ModelArguments& arguments,
                 const StopSignal& stop) {
  const auto report = [&] {
    VectorProgress progress(global.quiet);
    return models.Distill(arguments.distill, &progress, stop);
  }();
  if (!report) {
    if (report.error().code() != Code::kCancelled) return Fail(report.error());
    Say(report.error().message());
    return ExitCode::kInterrupted;
  }
  if (arguments.json) {
    Print(DistillJson(*report) + "\n");
  } else {
    PrintDistill(*report);
  }
  if (!global.quiet) {
    Say("added " + report->model.id +
        "; searches go on as before. Take it into use with: vitrine model use " + report->model.id);
  }
  return ExitCode::kDone;
}

}  // namespace

ExitCode RunModel(const GlobalOptions& global, const ModelArguments& arguments, const StopSignal& stop) {
  LibraryOptions options = OptionsOf(global);
  options.allow_svg = arguments.allow_svg;
  const auto models = Models::Open(options);
  if (!models) return Fail(models.error());
  switch (arguments.action) {
    case ModelAction::kList:
      return List(**models, global, arguments);
    case ModelAction::kAdd:
      return Add(**models, global, arguments);
    case ModelAction::kUse:
      return Use(**models, global, arguments, stop);
    case ModelAction::kRemove:
      return Remove(**models, global, arguments);
    case ModelAction::kBench:
      return Bench(**models, arguments, stop);
    case ModelAction::kDistill:
      return Distill(**models, global, arguments, stop);
  }
  return ExitCode::kInternal;
}

}  // namespace vitrine
