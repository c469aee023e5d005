#include "engine/doctor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "base/human.h"
#include "base/lockdown.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/picture_texts.h"
#include "engine/snapshot.h"
#include "image/decoder.h"
#include "index/kernels.h"
#include "vitrine/version.h"

namespace vitrine {
namespace {

using Level = Finding::Level;
using Findings = std::vector<Finding>;

void CheckProgram(Findings& findings) {
  findings.push_back({Level::kOk, "program", std::string("vitrine ") + kVersion});
  findings.push_back({Level::kOk, "processor",
                      std::to_string(std::thread::hardware_concurrency()) + " cores, vector search through " +
                          std::string(KernelName())});
}

void CheckNetwork(Findings& findings) {
  if (CanOpenInternetSocket()) {
    findings.push_back(
        {Level::kProblem, "network",
         "this process could open an internet socket: the kernel offers no seccomp filter, so the "
         "promise that nothing is sent rests on the code alone"});
  } else {
    findings.push_back({Level::kOk, "network", "locked: no internet socket can be opened by this process"});
  }
}

void CheckDecoder(const LibraryOptions& options, Findings& findings) {
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program;
  pool.workers = 1;
  if (const auto started = DecoderPool::Start(pool); !started) {
    findings.push_back({Level::kProblem, "decoder", started.error().message()});
  } else {
    findings.push_back({Level::kOk, "decoder", "sandboxed worker starts: " + options.worker_program});
  }
}

std::string Cosine(double cosine) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.4f", cosine);
  return text.data();
}

std::string Driven(const TuningTrial& trial) {
  return "in batches of " + std::to_string(trial.batch) + " on " + std::to_string(trial.threads) +
         (trial.threads == 1 ? " thread" : " threads");
}

std::string TuningText(const std::optional<TuningTrial>& tuning) {
  if (!tuning) {
    return "index runs embed pictures in batches of 8 on all cores; vitrine model bench tries what is best "
           "here";
  }
  return "index runs embed pictures " + Driven(*tuning) + ", as was tried on this machine";
}

void CheckModel(const EmbedderOptions& opening, Findings& findings) {
  const auto report = InspectModel(opening);
  if (!report) {
    findings.push_back({Level::kProblem, "model", report.error().message()});
    return;
  }
  findings.push_back({Level::kOk, "model",
                      report->name + " " + report->version + ", " + std::to_string(report->space.dimension) +
                          " dimensions, space " + report->space.id + ", licence: " + report->licence});
  std::string providers;
  for (const std::string& provider : report->providers)
    providers += (providers.empty() ? "" : ", ") + provider;
  findings.push_back({Level::kOk, "runtime",
                      report->runtime + " with " + providers + "; pictures on " + report->image_provider +
                          " in " + report->image_precision + ", words on " + report->text_provider + " in " +
                          report->text_precision});
  const double worst_sentence =
      report->sentence_cosines.empty()
          ? 1.0
          : *std::min_element(report->sentence_cosines.begin(), report->sentence_cosines.end());
  findings.push_back({Level::kOk, "self-test",
                      "cosine to the expected vectors: picture " + Cosine(report->picture_cosine) +
                          ", sentences " + Cosine(worst_sentence) + " or better; " +
                          std::to_string(report->files.size()) + " files have their SHA-256"});
  findings.push_back({Level::kOk, "tuning", TuningText(report->tuning)});
  for (const std::string& note : report->notes) findings.push_back({Level::kNote, "model", note});
}

void CheckModels(ActiveModel& models, Findings& findings) {
  const auto opening = models.OptionsNow();
  if (!opening) {
    findings.push_back({Level::kProblem, "model", opening.error().message()});
    return;
  }
  for (const EmbedderOptions& one : *opening) CheckModel(one, findings);
  if (opening->size() > 1) {
    findings.push_back({Level::kOk, "models", "the answers of both are mixed by rank"});
  }
}

void CheckRoots(Catalog& catalog, Findings& findings) {
  const auto roots = catalog.Roots();
  if (!roots) return;
  for (const RootRecord& root : *roots) {
    findings.push_back({root.offline ? Level::kNote : Level::kOk, "folder",
                        Printable(root.path) + ": " + std::to_string(root.files) + " pictures" +
                            (root.offline ? ", offline" : "")});
  }
}

std::string Percent(double share) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
  return text.data();
}

void CheckIndex(const Snapshot& snapshot, Findings& findings) {
  const VectorIndexReport& index = snapshot.index_report;
  std::string text(NameOf(index.kind));
  if (index.kind == IndexKind::kExact) {
    text += ", every vector is scored";
  } else {
    text += ", " + std::to_string(index.covered) + " vectors and " + std::to_string(index.tail) +
            " newer ones, " + BytesText(index.bytes) + ", found " + Percent(index.recall) +
            " of the best ten when it was built";
  }
  findings.push_back({Level::kOk, "index", std::move(text)});
  if (!index.note.empty()) findings.push_back({Level::kNote, "index", index.note});
}

void CheckLibrary(const LibraryOptions& options, ActiveModel& models, Findings& findings) {
  const auto answering = models.Now();
  if (!answering) return;  // The model's own finding says why.
  const auto snapshot = OpenSnapshot(options.folder, answering->first->space());
  if (!snapshot) {
    const bool none_yet = snapshot.error().code() == Code::kNotFound;
    findings.push_back({none_yet ? Level::kNote : Level::kProblem, "library",
                        none_yet ? "none at " + Printable(options.folder) + " yet; vitrine index makes one"
                                 : snapshot.error().message()});
    return;
  }
  const SegmentState& segments = (*snapshot)->segments;
  if (const auto counts = (*snapshot)->catalog->Counts()) {
    findings.push_back({Level::kOk, "library",
                        Printable(options.folder) + ": " + std::to_string(counts->assets) + " pictures in " +
                            std::to_string(counts->files) + " files, " + std::to_string(counts->failures) +
                            " unreadable"});
  }
  findings.push_back(
      {segments.damage.empty() ? Level::kOk : Level::kNote, "vectors",
       std::to_string(segments.rows_from_files) + " from the segment files, " +
           std::to_string(segments.rows_from_source) + " from the catalog" +
           (segments.damage.empty() ? "" : "; " + segments.damage + "; the next index run mends it")});
  CheckIndex(**snapshot, findings);
  CheckRoots(*(*snapshot)->catalog, findings);
  const bool writable = access(options.folder.c_str(), W_OK) == 0;
  if (!writable)
    findings.push_back({Level::kNote, "library", "read-only here: searching works, indexing does not"});
}

}  // namespace

std::vector<Finding> RunDoctor(const LibraryOptions& options, ActiveModel& models) {
  Findings findings;
  CheckProgram(findings);
  CheckNetwork(findings);
  CheckDecoder(options, findings);
  CheckModels(models, findings);
  findings.push_back(CheckOcrPack(options));
  CheckLibrary(options, models, findings);
  return findings;
}

}  // namespace vitrine
