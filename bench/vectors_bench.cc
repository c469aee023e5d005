// A vector index of ours behind a line of commands, so that vectors.py can ask it and its peers in turns.
//
// usage: vectors_bench FOLDER ROWS DIMENSION [RAW_FILE]
//
// Publishes ROWS pictures of a made-up space (clip_source.h) as segments in FOLDER, or opens them when they
// are there, and then answers each line of standard input by one JSON object on a line:
//   sentences FILE         writes the sentences that `search` asks, as raw float32
//   truth                  the ten best pictures of each judged sentence in float (only of rows drawn just
//   now) stream                 what the memory delivers now, GB/s index KIND RECALL      builds if need be,
//   publishes and opens: exact, compressed, ivf, hnsw close                  lets go of the rows and the
//   index reopen KIND RECALL     the rows and the index from their files: the time that takes filter
//   FILE|none       the rows that may be found, one bit a row search FIRST COUNT K BATCH   sentences FIRST
//   ..., BATCH at a time: milliseconds a call, rows found grow ROWS              more pictures: appended,
//   published, opened erase FILE             uint32 rows leave the set of living rows: nanoseconds a row
//   rebuild KIND RECALL    the index anew over the living rows
//   compact KIND RECALL    the living rows renumbered, in new files
//   forget                 which pages of this process were touched
//   memory                 resident, touched since `forget`, and on disk
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clip_source.h"
#include "index/exact_scan.h"
#include "index/index_store.h"
#include "index/segment_store.h"
#include "streaming.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kSentences = 1000;
constexpr std::size_t kJudged = 100;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "vectors_bench: %s\n", why.c_str());
  std::exit(1);
}

template <typename T>
T Must(Result<T> result) {
  if (!result) Fail(result.error().message());
  return std::move(*result);
}

void Must(const Status& status) {
  if (!status) Fail(status.error().message());
}

std::vector<char> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The rows of a table whose numbers are listed, in that order: what a compacted library's catalog holds.
class PickedRows final : public RowSource {
 public:
  PickedRows(std::shared_ptr<const RowTable> table, std::vector<RowId> rows)
      : table_(std::move(table)), rows_(std::move(rows)) {}

  Result<RowId> RowCount() override { return static_cast<RowId>(rows_.size()); }
  Result<EncodedRows> Read(RowId first, RowId end) override {
    EncodedRows read;
    read.dimension = table_->dimension();
    for (RowId i = first; i < end; ++i) {
      const RowBlock& block = table_->BlockOf(rows_[i]);
      const std::size_t offset = rows_[i] - block.first;
      const std::size_t start = offset * table_->stride();
      read.codes.insert(read.codes.end(), block.codes + start, block.codes + start + read.dimension);
      read.fine.insert(read.fine.end(), block.fine + start, block.fine + start + read.dimension);
      read.scales.push_back(block.scales[offset]);
    }
    return read;
  }

 private:
  std::shared_ptr<const RowTable> table_;
  std::vector<RowId> rows_;
};

IndexPolicy PolicyOf(std::istream& words) {
  std::string kind;
  IndexPolicy policy;
  words >> kind >> policy.recall;
  policy.memory_bytes = std::uint64_t{64} << 30;
  for (const IndexKind known :
       {IndexKind::kExact, IndexKind::kCompressed, IndexKind::kIvf, IndexKind::kHnsw}) {
    if (NameOf(known) == kind) policy.kind = known;
  }
  if (policy.kind == IndexKind::kAuto) Fail("no such kind: " + kind);
  return policy;
}

/// The rows, the index and the filter that the commands are about.
class Stand {
 public:
  Stand(std::string folder, RowId rows, std::size_t dimension, const std::string& raw_path)
      : source_(dimension, kSentences, kJudged, raw_path) {
    identity_ = {
        .folder = std::move(folder), .space = "00000000be9cbe9c", .dimension = dimension, .generation = 1};
    source_.set_row_count(rows);
    const double seconds = SecondsOf([&] { Must(PublishSegments(identity_, source_)); });
    (void)Must(source_.Read(rows - 1, rows));
    OpenRows(source_);
    live_ = RowSet(rows, true);
    ready_ = {
        {"rows", rows}, {"dimension", dimension}, {"kernel", KernelName()}, {"publish_seconds", seconds}};
  }

  const Json& ready() const { return ready_; }

  Json Do(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "sentences") return WriteSentences(words);
    if (command == "truth") return Truth();
    if (command == "stream") return {{"gb_s", StreamingGigabytesPerSecond()}};
    if (command == "index") return BuildIndex(PolicyOf(words), false);
    if (command == "close") return Close();
    if (command == "reopen") return Reopen(PolicyOf(words));
    if (command == "filter") return Filter(words);
    if (command == "search") return Search(words);
    if (command == "grow") return Grow(words);
    if (command == "erase") return Erase(words);
    if (command == "rebuild") return BuildIndex(PolicyOf(words), true);
    if (command == "compact") return Compact(PolicyOf(words));
    if (command == "forget") return Forget();
    if (command == "memory") return Memory();
    Fail("no such command: " + line);
  }

 private:
  static double SecondsOf(const std::function<void()>& work) { return MillisecondsOf(work) / 1000; }

  void OpenRows(RowSource& source) { table_ = Must(OpenSegments(identity_, source)); }

  Json WriteSentences(std::istream& words) {
    std::string path;
    words >> path;
    const std::span<const float> values = source_.sentences().values();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size_bytes()));
    return {{"sentences", kSentences}};
  }

  Json Truth() const {
    Json all = Json::array();
    for (const std::vector<Neighbour>& best : source_.Truth()) {
      Json rows = Json::array();
      for (const Neighbour& found : best) rows.push_back(found.row);
      all.push_back(std::move(rows));
    }
    return {{"rows", std::move(all)}};
  }

  Json BuildIndex(const IndexPolicy& policy, bool force) {
    std::vector<float> anchor(identity_.dimension);
    const Matrix& samples = source_.samples();
    for (std::size_t i = 0; i < samples.rows(); ++i) {
      for (std::size_t j = 0; j < anchor.size(); ++j)
        anchor[j] += samples.row(i)[j] / static_cast<float>(samples.rows());
    }
    VectorIndexReport report;
    const double cpu = CpuSeconds();
    const double seconds = SecondsOf([&] {
      report = Must(PublishIndex(identity_, table_, live_, policy, samples.values(), anchor, force));
    });
    const double cpu_used = CpuSeconds() - cpu;
    VectorIndexReport opened;
    index_ = Must(OpenIndex(identity_, table_, policy, &opened));
    Json about = About(opened);
    about["build_seconds"] = report.build_seconds;
    about["publish_seconds"] = seconds;
    about["cpu_seconds"] = cpu_used;
    return about;
  }

  Json Close() {
    index_.reset();
    table_.reset();
    return Json::object();
  }

  Json Reopen(const IndexPolicy& policy) {
    Close();
    VectorIndexReport report;
    const double ms = MillisecondsOf([&] {
      OpenRows(source_);
      index_ = Must(OpenIndex(identity_, table_, policy, &report));
    });
    Json about = About(report);
    about["open_ms"] = ms;
    return about;
  }

  static Json About(const VectorIndexReport& report) {
    return {{"kind", NameOf(report.kind)},   {"rows", report.rows},   {"covered", report.covered},
            {"tail", report.tail},           {"bytes", report.bytes}, {"build_seconds", report.build_seconds},
            {"built_recall", report.recall}, {"note", report.note}};
  }

  Json Filter(std::istream& words) {
    std::string path;
    words >> path;
    filter_.reset();
    if (path == "none") return {{"allowed", live_.Count()}};
    const std::vector<char> bits = Contents(path);
    filter_ = RowSet(live_.size());
    for (RowId row = 0; row < live_.size(); ++row) {
      const bool chosen = ((static_cast<unsigned char>(bits[row / 8]) >> (row % 8)) & 1U) != 0;
      if (chosen && live_.Contains(row)) filter_->Insert(row);
    }
    return {{"allowed", filter_->Count()}};
  }

  Json Search(std::istream& words) const {
    std::size_t first = 0;
    std::size_t count = 0;
    std::size_t k = 0;
    std::size_t batch = 1;
    words >> first >> count >> k >> batch;
    const RowSet* allowed = filter_ ? &*filter_ : (dead_ > 0 ? &live_ : nullptr);
    Json times = Json::array();
    Json rows = Json::array();
    for (std::size_t q = first; q < first + count; q += batch) {
      const auto asked =
          source_.sentences().values().subspan(q * identity_.dimension, batch * identity_.dimension);
      std::vector<std::vector<Neighbour>> found;
      times.push_back(MillisecondsOf([&] { found = Must(index_->Search(asked, k, allowed)); }));
      for (const std::vector<Neighbour>& one : found) {
        Json ids = Json::array();
        for (const Neighbour& hit : one) ids.push_back(hit.row);
        rows.push_back(std::move(ids));
      }
    }
    return {{"ms", std::move(times)}, {"rows", std::move(rows)}};
  }

  Json Grow(std::istream& words) {
    RowId rows = 0;
    words >> rows;
    RowSet grown(rows, true);
    for (RowId row = 0; row < live_.size(); ++row) {
      if (!live_.Contains(row)) grown.Erase(row);
    }
    live_ = std::move(grown);
    source_.set_row_count(rows);
    const double seconds = SecondsOf([&] { Must(PublishSegments(identity_, source_)); });
    return {{"rows", rows}, {"publish_seconds", seconds}};
  }

  Json Erase(std::istream& words) {
    std::string path;
    words >> path;
    const std::vector<char> bytes = Contents(path);
    std::vector<RowId> rows(bytes.size() / sizeof(RowId));
    std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<char*>(rows.data()));
    const double ms = MillisecondsOf([&] {
      for (const RowId row : rows) live_.Erase(row);
    });
    dead_ += rows.size();
    return {{"erased", rows.size()}, {"ns_each", ms * 1e6 / static_cast<double>(rows.size())}};
  }

  Json Compact(const IndexPolicy& policy) {
    std::vector<RowId> kept;
    for (RowId row = 0; row < live_.size(); ++row) {
      if (live_.Contains(row)) kept.push_back(row);
    }
    PickedRows picked(table_, kept);
    identity_.generation += 1;
    live_ = RowSet(kept.size(), true);
    dead_ = 0;
    const double seconds = SecondsOf([&] { Must(PublishSegments(identity_, picked)); });
    OpenRows(picked);
    Json about = BuildIndex(policy, true);
    about["segments_seconds"] = seconds;
    return about;
  }

  static Json Forget() {
    std::ofstream("/proc/self/clear_refs") << "1\n";
    return Json::object();
  }

  Json Memory() const {
    Json sizes;
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string line; std::getline(rollup, line);) {
      if (line.starts_with("Referenced:")) {
        sizes["touched"] = std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) << 10;
      }
    }
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      for (const char* name : {"VmRSS", "RssAnon", "RssFile"}) {
        if (line.starts_with(name))
          sizes[name] = std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) << 10;
      }
    }
    sizes["disk"] = Json::object();
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(identity_.folder.c_str()), &closedir);
    while (const dirent* entry = listing ? readdir(listing.get()) : nullptr) {
      struct stat info{};
      const std::string path = identity_.folder + "/" + entry->d_name;
      if (stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode))
        sizes["disk"][entry->d_name] = info.st_size;
    }
    return sizes;
  }

  SegmentIdentity identity_;
  ClipSource source_;
  std::shared_ptr<const RowTable> table_;
  std::unique_ptr<VectorIndex> index_;
  RowSet live_;
  std::optional<RowSet> filter_;
  std::size_t dead_ = 0;
  Json ready_;
};

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fprintf(stderr, "usage: vectors_bench FOLDER ROWS DIMENSION [RAW_FILE]\n");
    return 2;
  }
  const auto rows = static_cast<vitrine::RowId>(std::strtoul(argv[2], nullptr, 10));
  vitrine::Stand stand(argv[1], rows, std::strtoull(argv[3], nullptr, 10), argc > 4 ? argv[4] : "");
  std::cout << stand.ready().dump() << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << stand.Do(line).dump() << std::endl;
  return 0;
}
