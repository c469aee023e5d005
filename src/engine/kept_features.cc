#include "engine/kept_features.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

// Digest, features, checksum of both.
std::size_t RecordBytes(std::size_t width) {
  return sizeof(Sha256Digest) + width * sizeof(float) + sizeof(std::uint64_t);
}

std::uint64_t ChecksumOf(std::string_view bytes) { return Checksum64(std::as_bytes(std::span(bytes))); }

}  // namespace

Result<KeptFeatures> KeptFeatures::Open(const std::string& path, std::size_t width) {
  UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return ErrnoError("cannot open", path, errno);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error(Code::kLocked, "another process distils with this backbone (" + Quoted(path) +
                                    "); wait for it, or stop it");
  }
  VITRINE_TRY_ASSIGN(const std::string bytes, ReadAll(file.get()));
  KeptFeatures kept(path, std::move(file), width);
  const std::size_t record = RecordBytes(width);
  std::size_t whole = 0;
  for (; whole + record <= bytes.size(); whole += record) {
    const std::string_view one = std::string_view(bytes).substr(whole, record);
    std::uint64_t checksum = 0;
    std::memcpy(&checksum, one.data() + record - sizeof(checksum), sizeof(checksum));
    if (checksum != ChecksumOf(one.substr(0, record - sizeof(checksum)))) break;
    kept.Take(one);
  }
  // What comes next is written behind the last sound record.
  const bool cut = ftruncate(kept.file_.get(), static_cast<off_t>(whole)) == 0 &&
                   lseek(kept.file_.get(), 0, SEEK_END) >= 0;
  if (!cut) return ErrnoError("cannot write", path, errno);
  return kept;
}

void KeptFeatures::Take(std::string_view record) {
  Sha256Digest picture{};
  std::memcpy(picture.data(), record.data(), picture.size());
  std::vector<float> row(width_);
  std::memcpy(row.data(), record.data() + picture.size(), width_ * sizeof(float));
  rows_.insert_or_assign(picture, std::move(row));
}

std::span<const float> KeptFeatures::Find(const Sha256Digest& picture) const {
  const auto found = rows_.find(picture);
  return found == rows_.end() ? std::span<const float>() : std::span<const float>(found->second);
}

Status KeptFeatures::Add(const Sha256Digest& picture, std::span<const float> features) {
  std::string record(RecordBytes(width_), '\0');
  std::memcpy(record.data(), picture.data(), picture.size());
  std::memcpy(record.data() + picture.size(), features.data(), features.size_bytes());
  const std::size_t tail = record.size() - sizeof(std::uint64_t);
  const std::uint64_t checksum = ChecksumOf(std::string_view(record).substr(0, tail));
  std::memcpy(record.data() + tail, &checksum, sizeof(checksum));
  VITRINE_TRY(WriteAll(file_.get(), record, path_));
  Take(record);
  return {};
}

}  // namespace vitrine
