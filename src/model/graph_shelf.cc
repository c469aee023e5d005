#include "model/graph_shelf.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/ort_session.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr char kSums[] = "checksums";
constexpr std::size_t kTowerDigits = 16;  // Of an entry's name, those that its tower shares.
constexpr std::uint64_t kRoom = 4;        // Times the tower, which a graph has about the size of.

// "<of the tower>-<of all that the graph depends on>".
Result<std::string> NameOf(const GraphKey& key) {
  struct stat status = {};
  if (stat(key.file.c_str(), &status) != 0) return ErrnoError("cannot examine", key.file, errno);
  std::array<char, 192> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "%" PRIuMAX " %" PRIdMAX " %" PRIdMAX ".%09ld %" PRIdMAX ".%09ld",
                static_cast<std::uintmax_t>(status.st_ino), static_cast<std::intmax_t>(status.st_size),
                static_cast<std::intmax_t>(status.st_mtim.tv_sec), status.st_mtim.tv_nsec,
                static_cast<std::intmax_t>(status.st_ctim.tv_sec), status.st_ctim.tv_nsec);
  const std::string all = std::string("vitrine graph 1\n") + stamp.data() + "\n" + key.sha256 + "\n" +
                          key.processor + "\n" + RuntimeBuild();
  return key.sha256.substr(0, kTowerDigits) + "-" + Hex(Sha256(all)).substr(0, 16);
}

// A line a file: its length and checksum.
Result<std::string> SumsOf(const std::string& folder) {
  std::string sums;
  for (const char* name : {kKeptGraph, kKeptWeights}) {
    Result<MappedFile> file = MappedFile::Open(JoinPath(folder, name));
    // A graph whose weights are few has them all inside.
    if (!file && file.error().code() == Code::kNotFound && name == kKeptWeights) file = MappedFile();
    if (!file) return file.error();
    std::array<char, 96> line{};
    std::snprintf(line.data(), line.size(), "%s %zu %016" PRIx64 "\n", name, file->bytes().size(),
                  Checksum64(file->bytes()));
    sums += line.data();
  }
  return sums;
}

}  // namespace

Result<std::string> GraphShelf::Find(const GraphKey& key) const {
  if (folder_.empty()) return Error(Code::kNotFound, "no graphs are kept");
  VITRINE_TRY_ASSIGN(const std::string name, NameOf(key));
  std::string entry = JoinPath(folder_, name);
  const Result<std::string> wanted = ReadFile(JoinPath(entry, kSums), 4096);
  if (!wanted) return Error(Code::kNotFound, "no graph of " + Quoted(key.file) + " is kept");
  const Result<std::string> found = SumsOf(entry);
  if (found && *found == *wanted) return entry;
  return Error(Code::kCorrupt, "the kept graph " + Quoted(entry) + " is damaged");
}

std::optional<ScratchFolder> GraphShelf::Begin(std::uint64_t bytes) const {
  if (folder_.empty() || !MakeFolders(folder_)) return std::nullopt;
  std::error_code error;
  const fs::space_info space = fs::space(folder_, error);
  if (error || space.available / kRoom < bytes) return std::nullopt;
  const std::string parent = JoinPath(folder_, ".making");
  ScratchFolder::RemoveAbandoned(parent);
  Result<ScratchFolder> made = ScratchFolder::Make(parent);
  if (!made) return std::nullopt;
  return *std::move(made);
}

Status GraphShelf::Put(const GraphKey& key, const ScratchFolder& made) const {
  VITRINE_TRY_ASSIGN(const std::string name, NameOf(key));
  VITRINE_TRY_ASSIGN(const std::string sums, SumsOf(made.path()));
  VITRINE_TRY(WriteFileAtomically(JoinPath(made.path(), kSums), sums, Durability::kCache));
  std::error_code ignored;
  for (const fs::directory_entry& other : fs::directory_iterator(folder_, ignored)) {
    const std::string called = other.path().filename().string();
    if (called.starts_with(name.substr(0, kTowerDigits))) fs::remove_all(other.path(), ignored);
  }
  const std::string place = JoinPath(folder_, name);
  if (rename(made.path().c_str(), place.c_str()) != 0) return ErrnoError("cannot keep", place, errno);
  return {};
}

}  // namespace vitrine
