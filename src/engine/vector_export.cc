#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>

#include "base/hash.h"
#include "base/try.h"
#include "engine/npy.h"
#include "engine/vector_exchange.h"

namespace vitrine {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;

// A file that appears under its name when it is whole, or not at all.
class PartFile {
 public:
  static Result<PartFile> Create(const std::string& path) {
    const std::string part = path + ".part";
    UniqueFd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!fd) return ErrnoError("cannot create", part, errno);
    return PartFile(path, std::move(fd));
  }
  PartFile(PartFile&&) noexcept = default;
  ~PartFile() {
    if (fd_) unlink((path_ + ".part").c_str());
  }

  Status Write(std::string_view bytes) { return WriteAll(fd_.get(), bytes, path_); }

  Status Publish() {
    if (fsync(fd_.get()) != 0) return ErrnoError("cannot write", path_, errno);
    if (rename((path_ + ".part").c_str(), path_.c_str()) != 0) {
      return ErrnoError("cannot publish", path_, errno);
    }
    fd_ = UniqueFd();
    return {};
  }

 private:
  PartFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

class Exporter {
 public:
  Exporter(const Snapshot& snapshot, const Space& space, VectorObserver* observer)
      : snapshot_(snapshot), space_(space), observer_(observer), total_(snapshot.live.Count()) {}

  // Writes all live rows; false when it was stopped before the end.
  Result<bool> WriteTo(PartFile& vectors, PartFile* ids, const StopSignal& stop) {
    VITRINE_TRY(vectors.Write(NpyHead(total_, space_.dimension)));
    for (RowId row = 0; row < snapshot_.live.size(); ++row) {
      if (!snapshot_.live.Contains(row)) continue;
      rows_.push_back(row);
      if (rows_.size() < kRowsAtOnce) continue;
      if (stop.requested()) return false;
      VITRINE_TRY(WriteRows(vectors, ids));
    }
    VITRINE_TRY(WriteRows(vectors, ids));
    return true;
  }

  std::uint64_t written() const { return written_; }

 private:
  Status WriteRows(PartFile& vectors, PartFile* ids) {
    if (rows_.empty()) return {};
    std::string bytes;
    bytes.reserve(rows_.size() * space_.dimension * sizeof(float));
    for (const RowId row : rows_) {
      const std::vector<float> vector = snapshot_.rows->Vector(row);
      bytes.append(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float));
    }
    VITRINE_TRY(vectors.Write(bytes));
    if (ids != nullptr) VITRINE_TRY(WriteIds(*ids));
    written_ += rows_.size();
    rows_.clear();
    if (observer_ != nullptr) observer_->OnStep("writing vectors", written_, total_);
    return {};
  }

  Status WriteIds(PartFile& ids) {
    VITRINE_TRY_ASSIGN(const auto assets, snapshot_.catalog->AssetsOfRows(space_.id, rows_));
    std::string lines;
    std::size_t next = 0;
    for (const RowId row : rows_) {
      if (next == assets.size() || assets[next].first != row) {
        return Error(Code::kLocked, "the library changed while its vectors were written; do it again");
      }
      const AssetRecord& asset = assets[next++].second;
      lines += Hex(asset.content) + "\t" + OnOneLine(asset.paths.front()) + "\n";
    }
    return ids.Write(lines);
  }

  const Snapshot& snapshot_;
  const Space& space_;
  VectorObserver* observer_;
  const std::uint64_t total_;
  std::vector<RowId> rows_;
  std::uint64_t written_ = 0;
};

}  // namespace

std::string OnOneLine(const PathBytes& path) {
  std::string text;
  for (const char c : path) {
    switch (c) {
      case '\\':
        text += "\\\\";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        text += c;
    }
  }
  return text;
}

Result<ExportReport> ExportVectors(const Snapshot& snapshot, const Space& space,
                                   const ExchangeOptions& options, VectorObserver* observer,
                                   const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  if (options.npy_file.empty()) return Error(Code::kInvalidArgument, "name the .npy file to write");
  if (options.npy_file == options.ids_file) {
    return Error(Code::kInvalidArgument, "vectors and ids cannot be one file");
  }
  VITRINE_TRY_ASSIGN(PartFile vectors, PartFile::Create(options.npy_file));
  std::optional<PartFile> ids;
  if (!options.ids_file.empty()) {
    VITRINE_TRY_ASSIGN(PartFile file, PartFile::Create(options.ids_file));
    ids.emplace(std::move(file));
  }
  Exporter exporter(snapshot, space, observer);
  VITRINE_TRY_ASSIGN(const bool complete, exporter.WriteTo(vectors, ids ? &*ids : nullptr, stop));
  if (complete) {
    VITRINE_TRY(vectors.Publish());
    if (ids) VITRINE_TRY(ids->Publish());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return ExportReport{.vectors = exporter.written(),
                      .dimension = space.dimension,
                      .seconds = took.count(),
                      .stopped = !complete};
}

}  // namespace vitrine
