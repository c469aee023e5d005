// What a library is on a cluster (docs/formats/cluster.md):
//
//   vitrine-pictures-<name>-<space>   an index of one document a picture, its id the content hash in hex; the
//                                     vectors of one model space, so that two spaces may live side by side
//   vitrine-library-<name>            an alias: the index that answers searches
//   vitrine-pictures-v1               the template of all fields but the vector's; its version is kFormat
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine::cluster {

/// How vectors are searched. Hits are scored by their whole codes here, whichever it is.
enum class VectorKind : std::uint8_t {
  kByte,   ///< One byte a dimension: a quarter of the memory; the default.
  kFloat,  ///< Four.
  kDisk,   ///< A bit a dimension in memory, four bytes on the disk; by faiss.
};
/// As the index says it: "byte", "float", "disk". And for people: "one byte a dimension", ...
const char* SpellingOf(VectorKind kind);
const char* InWords(VectorKind kind);

/// The most documents that one request may give of an index made by this Vitrine (index.max_result_window). A
/// timeline takes them in pages of this size: each costs every shard a pass over all that it holds.
inline constexpr std::size_t kResultWindow = 50'000;

/// What an index says of itself in the `_meta` of its mapping.
struct IndexMeta {
  int format = kFormat;
  std::string space;     ///< 16 hex digits.
  std::string model;     ///< "starter 1.0.0", for people.
  std::string model_id;  ///< By which a pack is looked for: "starter".
  std::size_t dimension = 0;
  VectorKind vectors = VectorKind::kByte;
  bool complete = false;               ///< A copy has ended and was verified, or an indexer has ended.
  std::uint64_t pictures = 0;          ///< When it was.
  bool shared = false;                 ///< Machines index into it: it is no copy of anything.
  std::size_t window = kResultWindow;  ///< Its index.max_result_window.
  std::vector<PathBytes> roots = {};   ///< Folders that were indexed: words of paths are counted from there.
};

/// What a shard is planned to hold at most: one that is moved or rebuilt should take minutes, which are some
/// tens of GB, and Lucene's graphs of some ten million vectors.
inline constexpr double kRoomyShardBytes = 30e9;
inline constexpr double kRoomyShardVectors = 10e6;

/// Shards and replicas for so many pictures: arithmetic in docs/cluster.md.
struct Shards {
  std::size_t primaries = 1;
  std::size_t replicas = 1;
};
Shards ShardsFor(std::uint64_t pictures, std::size_t dimension, VectorKind vectors, std::size_t data_nodes);

std::string IndexName(const Address& address, const std::string& space);
std::string AliasName(const Address& address);

/// Puts the template of this format there, over an older one of it. Errors: those of Cluster::Ask.
Status PutTemplate(const Cluster& cluster);

/// Gives an index of this format the fields that were added to it since it was made. Errors: those of
/// Cluster::Ask.
Status AddFields(const Cluster& cluster, const std::string& index);

/// Makes the index of a space for so many pictures, if it is not there yet. Errors: kUnsupported (made by a
/// newer Vitrine; kDisk, and not every data node says that its faiss engine is loaded), kModel (its vectors
/// are of another dimension), those of Cluster::Ask.
Result<IndexMeta> EnsureIndex(const Cluster& cluster, const IndexMeta& wanted, std::uint64_t pictures);

/// What `index` (or the alias) says of itself. Errors: kNotFound, kUnsupported (a newer Vitrine's), kCorrupt
/// (not made by Vitrine), those of Cluster::Ask.
Result<IndexMeta> ReadMeta(const Cluster& cluster, const std::string& index);

/// Remembers it in the index.
Status WriteMeta(const Cluster& cluster, const std::string& index, const IndexMeta& meta);

/// Lets searches see the index: what is written appears within seconds, and the alias of the library means
/// this index and no other, in one step.
Status ServeSearches(const Cluster& cluster, const std::string& index);

}  // namespace vitrine::cluster
