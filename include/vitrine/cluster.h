// Libraries on an OpenSearch cluster, "opensearch://host:port/name" (docs/cluster.md): searching them,
// indexing into them from many machines, and copying a library there and back. The process that searches
// opens no connection itself; a program of its own does, `vitrine-cluster`, to the addresses that the owner
// of the settings wrote down and to no other.
//
//   auto link = StartClusterLink("opensearch://127.0.0.1:9200/photos");   // before sockets are given up
//   auto library = OpenCluster(options, *link);                           // options.folder is that address
//   (*library)->Search(...);
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "vitrine/library.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// True for what is meant to be a library on a cluster, well-formed or not.
bool NamesCluster(std::string_view library);

/// The running program that speaks to one cluster; ends with the last pointer to it.
struct ClusterLink;

/// Starts it. Nothing is asked yet. @param at_once  so many questions to the cluster may be under way at a
/// time, 1..16; each takes a program of some 5 MB. Errors: kInvalidArgument (no such address), kIo (the
/// program is missing).
Result<std::shared_ptr<ClusterLink>> StartClusterLink(const std::string& address, std::size_t at_once = 1);

/// Opens the library that the link was started for. The model is that of the library, found among the packs
/// of this machine, or the one that `options.model` names. Errors: kIo, kTimeout (the cluster does not
/// answer), kInvalidArgument (settings), kUnsupported (not fit for it), kModel (the model is not here, or
/// another). A name under which there is no library yet opens too: Index() makes it, a search gives
/// kNotFound.
Result<std::unique_ptr<Library>> OpenCluster(const LibraryOptions& options,
                                             std::shared_ptr<ClusterLink> link);

/// What a cluster searches. Hits are scored by the whole vectors here, whichever it is.
enum class ClusterVectors : std::uint8_t {
  kBytes,   ///< One byte a dimension, in memory.
  kFloats,  ///< Four.
  /// A bit a dimension in memory and four bytes on the disk, which the best are ranked by: by the cluster's
  /// faiss engine, where it has one.
  kOnDisk,
};

struct CopyOptions {
  ClusterVectors vectors = ClusterVectors::kBytes;  ///< Of a copy that is new on the cluster.
};

struct CopyReport {
  std::uint64_t pictures = 0;        ///< In the copy now.
  std::uint64_t written = 0;         ///< Of them by this run; the others were there already.
  std::uint64_t removed = 0;         ///< From the copy, since the original does not have them.
  std::uint64_t shards = 0;          ///< Of the index on the cluster; 0 for a copy from there.
  std::uint64_t boards = 0;          ///< Of the original, with all their steps; they are copied last.
  std::uint64_t boards_written = 0;  ///< Of them by this run.
  std::vector<std::string> notes;    ///< What a person should know: boards that both sides have changed.
  bool stopped = false;              ///< By the signal; running it again goes on from there.
  double seconds = 0;
};

/// Makes the library on the cluster hold what the local one does, in the space of its model: pictures with
/// their facts, tags, ratings, captions, words and vectors. Doing it again sends what has changed, which
/// searches see as it arrives; in a space that is new there they stay with the one before until the copy is
/// whole and counts and checksums agree. One original for one name: what it does not have is removed.
/// Boards are brought up to date step by step; one that was changed on both sides stays as it is there.
/// Originals, thumbnails, saved searches and the history of changes stay where they are.
/// @param observer  may be null. Errors: those of opening either, kInvalidArgument (the copy that is there
/// keeps other vectors), kUnsupported (kOnDisk, and the nodes do not say that they have faiss), kNoSpace (a
/// disk of the cluster is full), kCorrupt (the copy does not agree with the original; running it again mends
/// it).
Result<CopyReport> CopyToCluster(const LibraryOptions& local, std::shared_ptr<ClusterLink> link,
                                 const CopyOptions& options, VectorObserver* observer,
                                 const StopSignal& stop);

/// Brings a library from a cluster into a folder, which is made if it is not there: pictures that the
/// folder's library has already stay as they are and are not fetched, vectors arrive bit for bit. Cut off, it
/// leaves a library of some of the pictures; doing it again goes on from there. Boards come last, with all
/// their steps, as to a cluster. Thumbnails are made when they are asked for; saved searches and the history
/// of changes stay where they are.
/// @param observer  may be null. Errors: those of opening either, kLocked, kNoSpace, kIo, kCorrupt (a damaged
/// document; or what the folder says of a picture is not what the cluster says).
Result<CopyReport> CopyFromCluster(const std::string& folder, std::shared_ptr<ClusterLink> link,
                                   VectorObserver* observer, const StopSignal& stop);

}  // namespace vitrine
