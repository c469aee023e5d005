// Names inside an archive are compared, never used as paths: what board.json calls by a name goes into a file
// that we number, and everything else is left where it is. So there is nothing to climb out with. What is
// unpacked is counted as it comes, not as the archive claims, against three bounds; and since each original
// has to have the hash that the board knows it by, an exchanged one is turned away.
#include "boards/export/zip_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/export/export_job.h"
#include "boards/export/utf8_locale.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostEntries = 20'000;
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 30;
constexpr std::uint64_t kMostRatio = 100;
// Small texts pack better than a hundred to one without harm.
constexpr std::uint64_t kFreeBytes = std::uint64_t{8} << 20;
constexpr std::size_t kPieceBytes = 256 << 10;

struct ReadFree {
  void operator()(archive* opened) const { archive_read_free(opened); }
};
using ReadArchive = std::unique_ptr<archive, ReadFree>;

struct Unpacked {
  std::string path;
  std::string name;
};

class ZipReader {
 public:
  ZipReader(const std::string& file, std::string scratch, VectorObserver* observer, const StopSignal& stop)
      : file_(file), scratch_(std::move(scratch)), observer_(observer), stop_(stop) {}

  Result<ReadBoard> Read() {
    VITRINE_TRY(Measure());
    VITRINE_TRY(FindBoard());
    VITRINE_TRY_ASSIGN(BoardFile board, BoardFileFromJson(json_));
    read_.board = std::move(board.board);
    read_.notes = std::move(board.notes);
    for (auto& [content, picture] : board.pictures) {
      if (!picture.path_in_zip.empty())
        wanted_.emplace(picture.path_in_zip, std::make_pair(content, picture.name));
    }
    VITRINE_TRY(TakePictures());
    NoteWhatIsMissing(board);
    return std::move(read_);
  }

 private:
  Error Corrupt(const std::string& what) const {
    return Error(Code::kCorrupt, "cannot take the board out of " + Quoted(file_) + ": " + what);
  }

  Status Measure() {
    struct stat facts{};
    if (stat(file_.c_str(), &facts) != 0) return ErrnoError("cannot read", file_, errno);
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    most_bytes_ = std::min(
        kMostBytes, std::max(kFreeBytes, size > kMostBytes / kMostRatio ? kMostBytes : size * kMostRatio));
    return {};
  }

  Result<ReadArchive> Open() const {
    ReadArchive opened(archive_read_new());
    archive_read_support_format_zip_seekable(opened.get());
    if (archive_read_open_filename(opened.get(), file_.c_str(), kPieceBytes) != ARCHIVE_OK) {
      return Corrupt(Words(opened.get()));
    }
    return opened;
  }

  static std::string Words(archive* opened) {
    const char* const words = archive_error_string(opened);
    return words != nullptr ? Printable(words) : "it is no ZIP that can be read";
  }

  // The next entry; nothing at the end.
  Result<archive_entry*> Next(archive* opened) const {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(opened, &entry);
    if (result == ARCHIVE_EOF) return static_cast<archive_entry*>(nullptr);
    if (result < ARCHIVE_WARN) return Corrupt(Words(opened));
    return entry;
  }

  static bool IsPlainFile(archive_entry* entry) {
    return archive_entry_filetype(entry) == AE_IFREG && archive_entry_symlink(entry) == nullptr &&
           archive_entry_hardlink(entry) == nullptr && archive_entry_is_encrypted(entry) == 0;
  }

  static std::string NameOfEntry(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) name = archive_entry_pathname_utf8(entry);
    return name != nullptr ? name : "";
  }

  // Hands on the entry's data; what all entries give is bounded. The whole archive is only walked twice, so
  // what is skipped costs no unpacking.
  template <typename Take>
  Status Unpack(archive* opened, std::uint64_t most, Take take) {
    std::string piece(kPieceBytes, '\0');
    std::uint64_t taken = 0;
    for (;;) {
      if (stop_.requested()) return Error(Code::kCancelled, "stopped: nothing was taken in");
      const la_ssize_t got = archive_read_data(opened, piece.data(), piece.size());
      if (got == 0) return {};
      if (got < 0) return Corrupt(Words(opened));
      taken += static_cast<std::uint64_t>(got);
      unpacked_ += static_cast<std::uint64_t>(got);
      if (taken > most || unpacked_ > most_bytes_) {
        return Corrupt("it holds more than such an archive can (" + BytesText(std::min(most, most_bytes_)) +
                       " at most); it may be made to fill the disk");
      }
      VITRINE_TRY(take(std::string_view(piece.data(), static_cast<std::size_t>(got))));
    }
  }

  Status FindBoard() {
    VITRINE_TRY_ASSIGN(const ReadArchive opened, Open());
    std::size_t entries = 0;
    std::uint64_t claimed = 0;
    bool found = false;
    for (;;) {
      VITRINE_TRY_ASSIGN(archive_entry * entry, Next(opened.get()));
      if (entry == nullptr) break;
      if (++entries > kMostEntries)
        return Corrupt("it has more than " + Thousands(kMostEntries) + " entries");
      claimed += static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
      if (claimed > most_bytes_)
        return Corrupt("it claims to hold " + BytesText(claimed) + ", far more than its size");
      if (NameOfEntry(entry) != "board.json") continue;
      if (found) return Corrupt("it has two board.json");
      if (!IsPlainFile(entry)) return Corrupt("its board.json is no plain file");
      found = true;
      VITRINE_TRY(Unpack(opened.get(), kMostBoardFileBytes, [this](std::string_view bytes) {
        json_ += bytes;
        return Status();
      }));
    }
    if (!found) return Corrupt("there is no board.json in it");
    return {};
  }

  Status TakePictures() {
    VITRINE_TRY_ASSIGN(const ReadArchive opened, Open());
    std::set<std::string> seen;
    const std::size_t all = wanted_.size();
    for (;;) {
      VITRINE_TRY_ASSIGN(archive_entry * entry, Next(opened.get()));
      if (entry == nullptr) return {};
      const std::string name = NameOfEntry(entry);
      const auto wanted = wanted_.find(name);
      if (wanted == wanted_.end()) continue;
      if (!IsPlainFile(entry)) {
        read_.notes.push_back(Quoted(name) + " in the archive is no plain file: left out");
        continue;
      }
      if (!seen.insert(name).second) {
        read_.notes.push_back(Quoted(name) + " is in the archive twice: only the first counts");
        continue;
      }
      if (observer_ != nullptr) observer_->OnStep("unpacking pictures", seen.size() - 1, all);
      VITRINE_TRY(TakePicture(opened.get(), name, wanted->second.first, wanted->second.second));
    }
  }

  Status TakePicture(archive* opened, const std::string& entry_name, const std::string& content,
                     const std::string& name) {
    if (taken_.contains(content)) return {};
    const std::string path = JoinPath(scratch_, std::to_string(read_.pictures.size()));
    {
      const UniqueFd out(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!out) return ErrnoError("cannot write", path, errno);
      const Status unpacked = Unpack(
          opened, kMostBytes, [&](std::string_view bytes) { return WriteAll(out.get(), bytes, path); });
      if (!unpacked) {
        unlink(path.c_str());
        return unpacked;
      }
      VITRINE_TRY_ASSIGN(const Sha256Digest digest, Sha256OfFile(out.get()));
      if (Hex(digest) != content) {
        unlink(path.c_str());
        read_.notes.push_back(Quoted(entry_name) +
                              " is not the picture that the board was made with: left out");
        refused_.insert(content);
        return {};
      }
    }
    taken_.insert(content);
    read_.pictures.push_back({content, ToValidUtf8(NameOf(name)), path});
    return {};
  }

  void NoteWhatIsMissing(const BoardFile& board) {
    std::uint64_t missing = 0;
    for (const auto& [content, picture] : board.pictures) {
      if (!taken_.contains(content) && !refused_.contains(content)) ++missing;
    }
    if (missing > 0) {
      read_.notes.push_back(CountText(missing, "picture is", "pictures are") + " not in the archive");
    }
  }

  const std::string& file_;
  std::string scratch_;
  VectorObserver* observer_;
  const StopSignal& stop_;
  std::uint64_t most_bytes_ = 0, unpacked_ = 0;
  std::string json_;
  std::map<std::string, std::pair<std::string, std::string>> wanted_;  // path in the ZIP -> content, name
  std::set<std::string> taken_, refused_;                              // contents
  ReadBoard read_;
};

}  // namespace

Result<ReadBoard> ReadBoardZip(const std::string& file, const std::string& scratch_folder,
                               VectorObserver* observer, const StopSignal& stop) {
  const Utf8Locale locale;
  return ZipReader(file, scratch_folder, observer, stop).Read();
}

}  // namespace vitrine
