// The file: "VTRWORDS", the version, the dimension and the number of names (uint32 each, little-endian), then
// for each name the first 16 bytes of the SHA-256 of its phrasing and letters, and its vector as float32;
// at the end XXH3 of all before. It is a cache: whatever is wrong with it, it is as if it were not there.
#include "engine/tag_words.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::string_view kMagic = "VTRWORDS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeadBytes = 8 + 3 * sizeof(std::uint32_t);
constexpr std::size_t kMostPhrased = 20'000;
constexpr std::size_t kMostKept = 200'000;
constexpr std::size_t kBatch = 16;  // Names; some tenths of a second.

std::uint32_t ReadU32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

void PutU32(std::string& bytes, std::size_t value) {
  const auto word = static_cast<std::uint32_t>(value);
  bytes.append(reinterpret_cast<const char*>(&word), sizeof(word));
}

std::uint64_t ChecksumOf(std::string_view bytes) { return Checksum64(std::as_bytes(std::span(bytes))); }

}  // namespace

// Names without a row yet, and the rows of the others.
struct TagWords::Wanted {
  std::span<const std::string> names;
  Phrasing phrasing = Phrasing::kFull;
  std::vector<Key> keys;
  Matrix rows;
  std::deque<std::size_t> open;
  std::vector<std::size_t> with_others;  // Claimed by other threads when they were looked at.
  bool embedded = false;
};

TagWords::Key TagWords::KeyOf(const std::string& name, Phrasing phrasing) {
  const Sha256Digest digest = Sha256((phrasing == Phrasing::kFull ? "three " : "plain ") + name);
  Key key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

TagWords::Words TagWords::ReadWords(const std::string& path, std::size_t dimension) {
  Words words;
  const auto file = ReadFile(path);
  if (!file || file->size() < kHeadBytes + sizeof(std::uint64_t) || !file->starts_with(kMagic)) return words;
  const std::string_view bytes = std::string_view(*file).substr(0, file->size() - sizeof(std::uint64_t));
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, file->data() + bytes.size(), sizeof(checksum));
  const std::size_t entry = sizeof(Key) + dimension * sizeof(float);
  const std::size_t count = ReadU32(bytes, 16);
  if (ReadU32(bytes, 8) != kVersion || ReadU32(bytes, 12) != dimension || checksum != ChecksumOf(bytes) ||
      bytes.size() != kHeadBytes + count * entry) {
    return words;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const char* from = bytes.data() + kHeadBytes + i * entry;
    Key key;
    std::memcpy(key.data(), from, key.size());
    std::vector<float> vector(dimension);
    std::memcpy(vector.data(), from + key.size(), dimension * sizeof(float));
    words.emplace_hint(words.end(), key, std::move(vector));
  }
  return words;
}

// Best effort: on a read-only medium names are embedded each time.
void TagWords::WriteWords(const std::string& path, const Words& words, std::size_t dimension) {
  std::string bytes(kMagic);
  PutU32(bytes, kVersion);
  PutU32(bytes, dimension);
  PutU32(bytes, words.size());
  for (const auto& [key, vector] : words) {
    bytes.append(reinterpret_cast<const char*>(key.data()), key.size());
    bytes.append(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float));
  }
  const std::uint64_t checksum = ChecksumOf(bytes);
  bytes.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  if (MakeFolders(std::string(FolderOf(path)))) {
    [[maybe_unused]] const Status ignored = WriteFileAtomically(path, bytes, Durability::kCache);
  }
}

TagWords::TagWords(const std::string& library_folder, Embedder& embedder)
    : path_(JoinPath(JoinPath(library_folder, "tags"), embedder.space().id + ".words")),
      embedder_(embedder) {}

void TagWords::LoadOnce() {
  if (!is_loaded_) words_ = ReadWords(path_, embedder_.space().dimension);
  is_loaded_ = true;
}

// What another process wrote meanwhile stays.
void TagWords::Save() {
  const std::size_t dimension = embedder_.space().dimension;
  const std::lock_guard alone(file_mutex_);
  Words words = ReadWords(path_, dimension);
  {
    const std::lock_guard lock(mutex_);
    if (words.size() + words_.size() > kMostKept) words.clear();
    words.insert(words_.begin(), words_.end());
  }
  WriteWords(path_, words, dimension);
}

TagWords::Wanted TagWords::Sorted(std::span<const std::string> names) {
  Wanted wanted{.names = names, .phrasing = names.size() > kMostPhrased ? Phrasing::kPlain : Phrasing::kFull};
  wanted.rows = Matrix(names.size(), embedder_.space().dimension);
  for (const std::string& name : names) wanted.keys.push_back(KeyOf(name, wanted.phrasing));
  const std::lock_guard lock(mutex_);
  LoadOnce();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto known = words_.find(wanted.keys[i]); known != words_.end()) {
      std::ranges::copy(known->second, wanted.rows.row(i).begin());
    } else {
      wanted.open.push_back(i);
    }
  }
  return wanted;
}

// The names to embed next; none when all have their rows. Waits where the rest is with other threads: a batch
// of theirs at most, and if it fails there it is embedded here.
std::vector<std::size_t> TagWords::Claim(Wanted& wanted) {
  std::unique_lock lock(mutex_);
  std::vector<std::size_t> batch;
  while (true) {
    wanted.open.insert(wanted.open.end(), wanted.with_others.begin(), wanted.with_others.end());
    wanted.with_others.clear();
    while (!wanted.open.empty() && batch.size() < kBatch) {
      const std::size_t i = wanted.open.front();
      wanted.open.pop_front();
      if (const auto known = words_.find(wanted.keys[i]); known != words_.end()) {
        std::ranges::copy(known->second, wanted.rows.row(i).begin());
      } else if (claimed_.insert(wanted.keys[i]).second) {
        batch.push_back(i);
      } else {
        wanted.with_others.push_back(i);
      }
    }
    if (!batch.empty() || wanted.with_others.empty()) return batch;
    learnt_.wait(lock);
  }
}

Status TagWords::Embed(Wanted& wanted, std::span<const std::size_t> batch) {
  std::vector<std::string> names;
  for (const std::size_t i : batch) names.push_back(wanted.names[i]);
  const Result<Matrix> vectors = EmbedNames(embedder_, names, wanted.phrasing);
  const std::lock_guard lock(mutex_);
  for (std::size_t b = 0; b < batch.size(); ++b) {
    claimed_.erase(wanted.keys[batch[b]]);
    if (!vectors) continue;
    const std::span<const float> vector = vectors->row(b);
    std::ranges::copy(vector, wanted.rows.row(batch[b]).begin());
    if (words_.size() >= kMostKept) words_.clear();
    words_[wanted.keys[batch[b]]].assign(vector.begin(), vector.end());
  }
  learnt_.notify_all();
  if (!vectors) return vectors.error();
  wanted.embedded = true;
  return {};
}

Status TagWords::Gather(Wanted& wanted, VectorObserver* observer, const StopSignal* stop) {
  const std::size_t missing = wanted.open.size();
  while (!wanted.open.empty() || !wanted.with_others.empty()) {
    if (stop != nullptr && stop->requested()) {
      return Error(Code::kCancelled, "the vocabulary was not read to its end");
    }
    if (observer != nullptr) {
      const std::size_t left = wanted.open.size() + wanted.with_others.size();
      observer->OnStep("reading the vocabulary", missing - left, missing);
    }
    const std::vector<std::size_t> batch = Claim(wanted);
    if (!batch.empty()) VITRINE_TRY(Embed(wanted, batch));
  }
  return {};
}

Result<Matrix> TagWords::Vectors(std::span<const std::string> names, VectorObserver* observer,
                                 const StopSignal* stop) {
  Wanted wanted = Sorted(names);
  const Status gathered = Gather(wanted, observer, stop);
  if (wanted.embedded) Save();
  VITRINE_TRY(gathered);
  return std::move(wanted.rows);
}

std::size_t TagWords::Unknown(std::span<const std::string> names) { return Sorted(names).open.size(); }

}  // namespace vitrine
