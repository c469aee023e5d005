#include "ingest/read_text.h"

#include <atomic>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/try.h"
#include "ingest/fingerprint.h"

namespace vitrine {
namespace {

// A picture of a batch, and what was read.
struct Task {
  AssetRecord picture;
  std::optional<Result<std::string>> text;  // Empty when no file could be reached.
};

class BatchReader {
 public:
  BatchReader(Decoder& decoder, const TextReader& reader, const StopSignal& stop)
      : decoder_(decoder), reader_(reader), stop_(stop) {}

  void Read(std::vector<Task>& tasks, std::size_t threads) const {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < tasks.size() && !stop_.requested(); i = next++) {
        tasks[i].text = ReadOne(tasks[i]);
      }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
    work();
  }

 private:
  std::optional<Result<std::string>> ReadOne(const Task& task) const {
    for (const PathBytes& path : task.picture.paths) {
      Result<Fingerprint> print = TakeFingerprint(path);
      // Other bytes than those of the picture would give it words that are not in it.
      if (!print || print->content != task.picture.content) continue;
      try {
        const Result<DecodedPicture> decoded = decoder_.Decode(
            std::move(print->file), {.min_edge_px = reader_.picture_edge_px(), .thumbnail_edge_px = 0});
        if (!decoded && decoded.error().code() == Code::kIo) continue;
        if (!decoded) return Result<std::string>(std::string());
        return reader_.Read(decoded->picture);
      } catch (const std::exception&) {
        return Result<std::string>(std::string());  // One picture was too large for the memory there is.
      }
    }
    return std::nullopt;
  }

  Decoder& decoder_;
  const TextReader& reader_;
  const StopSignal& stop_;
};

Status Record(CatalogGate& gate, const std::vector<Task>& tasks, bool stopped, ReadTextReport& report) {
  std::vector<std::pair<AssetId, std::string>> texts;
  for (const Task& task : tasks) {
    if (!task.text) {
      if (!stopped) ++report.later;
      continue;
    }
    VITRINE_TRY_ASSIGN(std::string text, *task.text);
    ++report.read;
    if (!text.empty()) ++report.with_text;
    texts.emplace_back(task.picture.id, std::move(text));
  }
  return gate.With([&](Catalog& catalog) { return catalog.StorePictureTexts(texts); });
}

}  // namespace

Result<ReadTextReport> ReadTexts(CatalogGate& gate, Decoder& decoder, const TextReader& reader,
                                 const ReadTextOptions& options, const StopSignal& stop) {
  ReadTextReport report;
  const BatchReader batch(decoder, reader, stop);
  AssetId after{};
  while (!stop.requested()) {
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> due, gate.With([&](Catalog& catalog) {
      return catalog.AssetsWithoutText(options.batch, after);
    }));
    if (due.empty()) break;
    VITRINE_TRY_ASSIGN(std::vector<AssetRecord> pictures,
                       gate.With([&](Catalog& catalog) { return catalog.AssetsOf(due); }));
    std::vector<Task> tasks;
    for (AssetRecord& picture : pictures) tasks.push_back({std::move(picture), std::nullopt});
    batch.Read(tasks, options.threads);
    VITRINE_TRY(Record(gate, tasks, stop.requested(), report));
    if (options.on_batch) options.on_batch(report.read);
    after = due.back();
  }
  return report;
}

}  // namespace vitrine
