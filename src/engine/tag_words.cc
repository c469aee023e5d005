// The file: "VTRWORDS", the version, the dimension and the number of names (uint32 each, little-endian), then
// for each name the first 16 bytes of the SHA-256 of its phrasing and letters, and its vector as float32;
// at the end XXH3 of all before. It is a cache: whatever is wrong with it, it is as if it were not there.
#include "engine/tag_words.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "query/tagging.h"

namespace vitrine {
namespace {

constexpr std::string_view kMagic = "VTRWORDS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeadBytes = 8 + 3 * sizeof(std::uint32_t);
constexpr std::size_t kMostPhrased = 20'000;
constexpr std::size_t kMostKept = 200'000;
constexpr std::size_t kBatch = 64;

using Key = std::array<std::uint8_t, 16>;
using Words = std::map<Key, std::vector<float>>;

Key KeyOf(const std::string& name, Phrasing phrasing) {
  const Sha256Digest digest = Sha256((phrasing == Phrasing::kFull ? "three " : "plain ") + name);
  Key key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

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

Words ReadWords(const std::string& path, std::size_t dimension) {
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
void WriteWords(const std::string& path, const Words& words, std::size_t dimension) {
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

}  // namespace

Result<Matrix> VectorsOfNames(const std::string& library_folder, Embedder& embedder,
                              std::span<const std::string> names, VectorObserver* observer) {
  const std::size_t dimension = embedder.space().dimension;
  const std::string path = JoinPath(JoinPath(library_folder, "tags"), embedder.space().id + ".words");
  const Phrasing phrasing = names.size() > kMostPhrased ? Phrasing::kPlain : Phrasing::kFull;
  Words words = ReadWords(path, dimension);
  std::vector<Key> keys;
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    keys.push_back(KeyOf(name, phrasing));
    if (!words.contains(keys.back())) missing.push_back(name);
  }
  if (words.size() + missing.size() > kMostKept) words.clear(), missing.assign(names.begin(), names.end());
  for (std::size_t first = 0; first < missing.size(); first += kBatch) {
    if (observer != nullptr) observer->OnStep("reading the vocabulary", first, missing.size());
    const auto batch = std::span(missing).subspan(first, std::min(kBatch, missing.size() - first));
    VITRINE_TRY_ASSIGN(const Matrix vectors, EmbedNames(embedder, batch, phrasing));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      words[KeyOf(batch[i], phrasing)].assign(vectors.row(i).begin(), vectors.row(i).end());
    }
  }
  if (!missing.empty() && words.size() <= kMostKept) WriteWords(path, words, dimension);
  Matrix rows(names.size(), dimension);
  for (std::size_t i = 0; i < names.size(); ++i) std::ranges::copy(words[keys[i]], rows.row(i).begin());
  return rows;
}

}  // namespace vitrine
