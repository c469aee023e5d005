// The vectors of a vocabulary's names, remembered in the library so that the text tower sees each once.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/embedder.h"
#include "query/tagging.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// What is known of names, held in memory and in the cache "<library_folder>/tags/<space>.words".
/// Thread-safe: those who ask for the same names at the same time share the work, and nobody waits for names
/// that he did not ask for. Holds no lock while the text tower runs.
class TagWords {
 public:
  /// @param embedder  outlives it.
  TagWords(const std::string& library_folder, Embedder& embedder);

  /// One row a name, as EmbedNames gives it. What is not known is embedded, and kept where the folder can be
  /// written; what is damaged there is embedded anew. Vocabularies of more than 20,000 names are embedded
  /// plainly (Phrasing::kPlain). @param observer  may be null; so may `stop`.
  /// Errors: kModel, kCancelled (stopped; what was embedded is kept).
  Result<Matrix> Vectors(std::span<const std::string> names, VectorObserver* observer,
                         const StopSignal* stop = nullptr);

  /// How many of the names Vectors() would have to embed.
  std::size_t Unknown(std::span<const std::string> names);

 private:
  using Key = std::array<std::uint8_t, 16>;
  using Words = std::map<Key, std::vector<float>>;
  struct Wanted;

  static Key KeyOf(const std::string& name, Phrasing phrasing);
  static Words ReadWords(const std::string& path, std::size_t dimension);
  static void WriteWords(const std::string& path, const Words& words, std::size_t dimension);

  void LoadOnce();
  void Save();
  Wanted Sorted(std::span<const std::string> names);
  std::vector<std::size_t> Claim(Wanted& wanted);
  Status Embed(Wanted& wanted, std::span<const std::size_t> batch);
  Status Gather(Wanted& wanted, VectorObserver* observer, const StopSignal* stop);

  const std::string path_;
  Embedder& embedder_;
  std::mutex file_mutex_;  // Held while the file is written; taken before the one below.
  std::mutex mutex_;       // Guards what follows.
  std::condition_variable learnt_;
  bool is_loaded_ = false;
  Words words_;
  std::set<Key> claimed_;  // Being embedded by some thread now.
};

}  // namespace vitrine
