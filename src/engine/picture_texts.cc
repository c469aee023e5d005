#include "engine/picture_texts.h"

#include <memory>
#include <utility>

#include "base/file.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "ingest/read_text.h"
#include "model/text_reader.h"

namespace vitrine {
namespace {

IndexProgress ProgressOf(const IndexReport& report, std::uint64_t texts) {
  return {.seen = report.seen,
          .indexed = report.indexed,
          .reused = report.reused,
          .failed = report.failed,
          .texts = texts,
          .walk_done = true};
}

std::string Pictures(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " picture" : " pictures");
}

void NoteTexts(const ReadTextReport& read, const std::string& reader, IndexReport& report) {
  report.texts = read.read;
  if (read.read == 0) return;
  report.notes.push_back("looked for words in " + Pictures(read.read) + " with " + reader +
                         " and found some in " + std::to_string(read.with_text) +
                         (report.stopped ? "; the next run goes on from here" : ""));
}

}  // namespace

std::optional<std::string> FindOcrPack(const LibraryOptions& options) {
  const std::string own = JoinPath(JoinPath(options.folder, "models"), "ocr");
  if (HasOcrPack(own)) return own;
  std::string beside = JoinPath(FolderOf(ResolvedPath(options.model)), "ocr");
  if (HasOcrPack(beside)) return beside;
  return std::nullopt;
}

Status ReadPictureTexts(CatalogGate& gate, Decoder& decoder, const LibraryOptions& options,
                        IndexObserver* observer, const StopSignal& stop, IndexReport& report) {
  const std::optional<std::string> pack = FindOcrPack(options);
  if (!pack) return {};
  // Opening the pack costs a fifth of a second, which a run with nothing to read need not pay.
  const Result<std::vector<AssetId>> due =
      gate.With([](Catalog& catalog) { return catalog.AssetsWithoutText(1); });
  if (!due) return due.error();
  if (due->empty()) return {};
  const auto reader = OpenTextReader(*pack, 1);
  if (!reader) {
    report.notes.push_back("no words were read in pictures: " + reader.error().message());
    return {};
  }
  ReadTextOptions reading;
  reading.threads = options.threads;
  if (observer != nullptr) {
    reading.on_batch = [&](std::uint64_t read) { observer->OnProgress(ProgressOf(report, read)); };
  }
  const auto read = ReadTexts(gate, decoder, **reader, reading, stop);
  if (!read && read.error().code() == Code::kModel) {
    report.notes.push_back("no more words were read in pictures: " + read.error().message());
    return {};
  }
  if (!read) return read.error();
  report.stopped = report.stopped || stop.requested();
  NoteTexts(*read, (*reader)->name(), report);
  return {};
}

Finding CheckOcrPack(const LibraryOptions& options) {
  const std::optional<std::string> pack = FindOcrPack(options);
  if (!pack) {
    return {Finding::Level::kOk, "words in pictures",
            "not read: no OCR pack at " + Printable(JoinPath(JoinPath(options.folder, "models"), "ocr"))};
  }
  const auto report = InspectOcrPack(*pack);
  if (!report) return {Finding::Level::kProblem, "words in pictures", report.error().message()};
  return {Finding::Level::kOk, "words in pictures",
          "read with " + report->name + " at " + Printable(*pack) +
              ", licence: " + Printable(report->licence) + ", for " + Printable(report->languages)};
}

}  // namespace vitrine
