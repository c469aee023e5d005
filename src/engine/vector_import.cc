// Import in two passes. The first reads both files to their ends and changes nothing: a bad row at the very
// end is found before anything is recorded. The second records rows in steps, each one durable transaction.
//
// Each row is somebody's: its id names a picture that the library knows, by content or by path, or else one
// that it does not. Of the latter only the vector is there, so it becomes a picture whose content is named by
// its id (SHA-256 of a word of ours and the id) and whose path lies under the .npy file, as if that were a
// folder. No file can ever lie there, so the root is offline for good, no index run takes its pictures for
// removed ones, and bringing the same file in again finds the same pictures: that is what makes a stopped
// import go on.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/matrix.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "engine/npy.h"
#include "engine/vector_exchange.h"
#include "index/quantise.h"

namespace vitrine {
namespace {

constexpr std::size_t kRowsAtOnce = 8192;
constexpr std::int64_t kNoRun = 0;  // Older than every run: no walk has seen these paths, or ever will.

/// The lines of an ids file, or the rows' numbers where there is none.
class IdReader {
 public:
  static Result<IdReader> Open(const std::string& path) {
    IdReader reader(path);
    if (path.empty()) return reader;
    reader.file_.open(path, std::ios::binary);
    if (!reader.file_) return Error(Code::kNotFound, "cannot open the file of ids " + Quoted(path));
    return reader;
  }

  // What names a row.
  struct Id {
    std::string id;
    PathBytes name;  ///< What the picture is called when it is new.
  };

  Result<Id> Next() {
    const std::uint64_t number = next_++;
    if (path_.empty()) return Id{.id = std::to_string(number), .name = std::to_string(number)};
    std::string line;
    if (!std::getline(file_, line)) return Mismatch(number);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t tab = line.find('\t');
    Id id{.id = line.substr(0, tab), .name = {}};
    if (tab != std::string::npos) id.name = FromOneLine(line.substr(tab + 1));
    if (id.name.empty()) id.name = id.id;
    id.name.erase(0, id.name.find_first_not_of('/'));
    const bool usable = !id.id.empty() && !id.name.empty() && line.find('\0') == std::string::npos;
    if (!usable) {
      return Error(Code::kInvalidArgument, Quoted(path_) + ": line " + std::to_string(next_) +
                                               " names nothing; nothing was imported");
    }
    return id;
  }

  Status ExpectEnd() {
    std::string line;
    if (path_.empty() || !std::getline(file_, line)) return {};
    return Error(Code::kInvalidArgument, Quoted(path_) + " has more lines than there are vectors (" +
                                             std::to_string(next_) + "); nothing was imported");
  }

 private:
  explicit IdReader(std::string path) : path_(std::move(path)) {}
  Error Mismatch(std::uint64_t lines) const {
    return Error(Code::kInvalidArgument, Quoted(path_) + " has only " + std::to_string(lines) +
                                             " lines, fewer than there are vectors; nothing was imported");
  }

  std::string path_;
  std::ifstream file_;
  std::uint64_t next_ = 0;
};

// Brings each row to length 1. Returns the first row that cannot be, if any.
std::optional<std::size_t> Normalise(Matrix& vectors) {
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    double squares = 0;
    for (const float x : vectors.row(i)) squares += static_cast<double>(x) * static_cast<double>(x);
    if (!(squares > 0) || !std::isfinite(squares)) return i;
    const double factor = 1 / std::sqrt(squares);
    for (float& x : vectors.row(i)) x = static_cast<float>(static_cast<double>(x) * factor);
  }
  return std::nullopt;
}

Sha256Digest ContentOf(const std::string& id) { return Sha256("vitrine imported vector\n" + id); }

class Importer {
 public:
  Importer(Catalog& catalog, const Space& space, const ExchangeOptions& options, VectorObserver* observer,
           const StopSignal& stop)
      : catalog_(catalog), space_(space), options_(options), observer_(observer), stop_(stop) {}

  Result<ImportReport> Run() {
    const auto start = std::chrono::steady_clock::now();
    VITRINE_TRY_ASSIGN(const NpyReader vectors, NpyReader::Open(options_.npy_file));
    VITRINE_TRY(CheckDimension(vectors));
    VITRINE_TRY(
        ForEachPart("checking", vectors, [](Matrix&&, std::vector<IdReader::Id>&&) { return Status(); }));
    if (!report_.stopped && vectors.rows() > 0) {
      root_ = ResolvedPath(options_.npy_file);
      VITRINE_TRY(ForEachPart("recording", vectors, [this](Matrix&& part, std::vector<IdReader::Id>&& ids) {
        return Record(std::move(part), std::move(ids));
      }));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    report_.seconds = took.count();
    return std::move(report_);
  }

 private:
  Status CheckDimension(const NpyReader& vectors) const {
    if (vectors.columns() == space_.dimension) return {};
    return Error(Code::kInvalidArgument,
                 Quoted(options_.npy_file) + " holds vectors of " + std::to_string(vectors.columns()) +
                     " numbers, but the model " + space_.model + " makes vectors of " +
                     std::to_string(space_.dimension) + "; choose the model they were made with by --model");
  }

  // Calls `use` with consecutive rows and their ids until the end or a stop.
  template <typename Use>
  Status ForEachPart(const std::string& step, const NpyReader& vectors, const Use& use) {
    VITRINE_TRY_ASSIGN(IdReader ids, IdReader::Open(options_.ids_file));
    const std::uint64_t rows = vectors.rows();
    for (std::uint64_t first = 0; first < rows;) {
      report_.stopped = stop_.requested();
      if (report_.stopped) return {};
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kRowsAtOnce, rows - first));
      Matrix part(count, space_.dimension);
      VITRINE_TRY(vectors.Read(first, part.values()));
      if (const auto bad = Normalise(part)) return BadRow(first + *bad);
      std::vector<IdReader::Id> names;
      for (std::size_t i = 0; i < count; ++i) {
        VITRINE_TRY_ASSIGN(IdReader::Id id, ids.Next());
        names.push_back(std::move(id));
      }
      VITRINE_TRY(use(std::move(part), std::move(names)));
      first += count;
      if (observer_ != nullptr) observer_->OnStep(step + " vectors", first, rows);
    }
    return ids.ExpectEnd();
  }

  Error BadRow(std::uint64_t row) const {
    return Error(Code::kInvalidArgument, Quoted(options_.npy_file) + ": row " + std::to_string(row) +
                                             " (counted from 0) is all zeros, or holds a NaN or an infinity; "
                                             "nothing was imported");
  }

  Status Record(Matrix&& vectors, std::vector<IdReader::Id>&& ids) {
    const EncodedRows encoded = Encode(vectors);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      // Of two rows with one id the later one counts, as it does when they are far apart.
      if (!in_step_.insert(ids[i].id).second) {
        VITRINE_TRY(Flush());
        in_step_.insert(ids[i].id);
      }
      VITRINE_TRY(Sort(ids[i], encoded, i));
    }
    VITRINE_TRY(Flush());
    report_.vectors += ids.size();
    return {};
  }

  // Puts a row among the new pictures of this step, among the known ones, or both: a picture that was
  // imported once and lost its path since is known, and gets its path back.
  Status Sort(const IdReader::Id& id, const EncodedRows& encoded, std::size_t row) {
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> known, Known(id.id));
    const PathBytes path = JoinPath(root_, id.name);
    if (known) return Replace(*known, encoded, row);
    const Sha256Digest content = ContentOf(id.id);
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> before, catalog_.AssetOfContent(content));
    FileOutcome outcome{.path = path};
    if (before) {
      VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog_.FileAt(path));
      const bool has_path = file && file->asset == before;
      if (!has_path) {
        outcome.asset = before;
        outcomes_.push_back(std::move(outcome));
      }
      return Replace(*before, encoded, row);
    }
    outcome.new_asset = NewAsset{.content = content, .info = {}};
    outcomes_.push_back(std::move(outcome));
    new_vectors_.Append(encoded, row, row + 1);
    ++report_.pictures;
    return {};
  }

  Result<std::optional<AssetId>> Known(const std::string& id) {
    if (const auto digest = DigestFromHex(id)) {
      VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset, catalog_.AssetOfContent(*digest));
      if (asset) return asset;
    }
    if (id.front() != '/') return std::optional<AssetId>();
    VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog_.FileAt(id));
    return file ? file->asset : std::nullopt;
  }

  Status Replace(AssetId asset, const EncodedRows& encoded, std::size_t row) {
    known_.push_back(asset);
    known_vectors_.Append(encoded, row, row + 1);
    ++report_.replaced;
    return {};
  }

  Status Flush() {
    if (!outcomes_.empty()) {
      // First the root, offline: a kill between the two leaves no picture that seems to have a file.
      if (report_.root.empty()) VITRINE_TRY(catalog_.MarkOffline(root_));
      report_.root = root_;
      new_vectors_.dimension = space_.dimension;
      VITRINE_TRY(catalog_.RecordBatch(kNoRun, space_.id, outcomes_, new_vectors_));
    }
    if (!known_.empty()) VITRINE_TRY(catalog_.ReplaceVectors(space_.id, known_, known_vectors_));
    outcomes_.clear();
    known_.clear();
    in_step_.clear();
    new_vectors_ = {};
    known_vectors_ = {};
    return {};
  }

  Catalog& catalog_;
  const Space& space_;
  const ExchangeOptions& options_;
  VectorObserver* observer_;
  const StopSignal& stop_;
  PathBytes root_;
  ImportReport report_;

  // The step that is being gathered.
  std::set<std::string> in_step_;
  std::vector<FileOutcome> outcomes_;
  EncodedRows new_vectors_;
  std::vector<AssetId> known_;
  EncodedRows known_vectors_;
};

}  // namespace

PathBytes FromOneLine(std::string_view text) {
  constexpr std::array<std::pair<char, char>, 4> kEscapes = {
      {{'\\', '\\'}, {'t', '\t'}, {'n', '\n'}, {'r', '\r'}}};
  PathBytes path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto* escape = kEscapes.end();
    if (text[i] == '\\' && i + 1 < text.size()) {
      escape = std::ranges::find(kEscapes, text[i + 1], &std::pair<char, char>::first);
    }
    if (escape == kEscapes.end()) {
      path += text[i];
    } else {
      path += escape->second;
      ++i;
    }
  }
  return path;
}

Result<ImportReport> ImportVectors(Catalog& catalog, const Space& space, const ExchangeOptions& options,
                                   VectorObserver* observer, const StopSignal& stop) {
  if (options.npy_file.empty()) return Error(Code::kInvalidArgument, "name the .npy file to read");
  return Importer(catalog, space, options, observer, stop).Run();
}

}  // namespace vitrine
