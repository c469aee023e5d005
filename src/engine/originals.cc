#include "engine/originals.h"

#include <sys/stat.h>

#include <utility>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"
#include "ingest/fingerprint.h"

namespace vitrine {
namespace {

struct Known {
  AssetRecord record;
  std::vector<KnownOriginal> files;
};

Result<Known> Ask(SharedReader& reader, AssetId id) {
  return reader.With([&](Catalog& catalog) -> Result<Known> {
    VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records, catalog.AssetsOf({&id, 1}));
    if (records.empty()) {
      VITRINE_TRY_ASSIGN(const auto content, catalog.ContentOf(id));
      if (!content) return NoSuchPicture(id);
      return Error(Code::kNotFound, "the file of picture " + std::to_string(static_cast<std::int64_t>(id)) +
                                        " is gone; what is left of it is its thumbnail");
    }
    Known known{.record = std::move(records.front()), .files = {}};
    for (const PathBytes& path : known.record.paths) {
      VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog.FileAt(path));
      if (file) known.files.push_back({path, file->stamp});
    }
    return known;
  });
}

// The file, when it holds that content.
Result<UniqueFd> OpenUnchanged(const KnownOriginal& file, const Sha256Digest& content) {
  VITRINE_TRY_ASSIGN(UniqueFd fd, OpenRegularFile(file.path));
  struct stat status{};
  if (fstat(fd.get(), &status) != 0) return ErrnoError("cannot look at", file.path, errno);
  if (IsUnchanged(file.stamp, StampOf(status))) return fd;
  VITRINE_TRY_ASSIGN(Fingerprint print, TakeFingerprint(file.path));
  if (print.content == content) return std::move(print.file);
  return Error(Code::kNotFound,
               Quoted(file.path) + " holds something else since it was indexed; index its folder again");
}

}  // namespace

Error NoSuchPicture(AssetId id) {
  return Error(Code::kNotFound, "there is no picture of id " + std::to_string(static_cast<std::int64_t>(id)));
}

Result<OpenOriginal> OpenFirst(const AssetRecord& record, const std::vector<KnownOriginal>& files,
                               const std::string& advice) {
  std::optional<Error> first;
  for (const KnownOriginal& file : files) {
    Result<UniqueFd> fd = OpenUnchanged(file, record.content);
    struct stat status{};
    if (fd && fstat(fd->get(), &status) == 0) {
      return OpenOriginal{.file = {.path = file.path,
                                   .format = record.info.format,
                                   .size_bytes = static_cast<std::uint64_t>(status.st_size)},
                          .content = record.content,
                          .fd = *std::move(fd)};
    }
    if (!first && !fd) first = fd.error();
  }
  if (record.offline) {
    return Error(Code::kNotFound, "the drive or folder of " + Quoted(record.paths.front()) +
                                      " is not there now; plug it in and try again");
  }
  if (first && first->code() == Code::kNotFound) {
    return Error(Code::kNotFound,
                 "the file " + Quoted(record.paths.front()) + " is gone or was changed; " + advice);
  }
  if (first) return *std::move(first);
  return NoSuchPicture(record.id);
}

Result<OpenOriginal> FindOriginal(SharedReader& reader, AssetId id) {
  VITRINE_TRY_ASSIGN(const Known known, Ask(reader, id));
  return OpenFirst(known.record, known.files, "index its folder again");
}

}  // namespace vitrine
