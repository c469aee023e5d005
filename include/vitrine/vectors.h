// The vectors of a library: how they are searched and how well, making room, and taking them out and in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/index_policy.h"
#include "vitrine/types.h"

namespace vitrine {

/// Watches long work on vectors.
class VectorObserver {
 public:
  virtual ~VectorObserver() = default;
  /// From the thread that called, at each step's beginning and at most about ten times a second; must return
  /// soon.
  /// @param step   what is being done, for people: "recording vectors".
  /// @param done   of `total`; both 0 for a step that cannot be counted.
  virtual void OnStep(std::string_view step, std::uint64_t done, std::uint64_t total) = 0;
};

/// The index that searches use now.
struct VectorIndexState {
  IndexKind kind = IndexKind::kExact;  ///< Never kAuto.
  std::uint64_t rows = 0;              ///< Stored vectors, those of forgotten pictures too.
  std::uint64_t covered = 0;           ///< Rows that the structure holds.
  std::uint64_t tail = 0;              ///< Newer rows, scanned one by one beside it.
  std::uint64_t bytes = 0;             ///< Of the structure beside the rows; 0 for the exact scan.
  double build_seconds = 0;            ///< How long its build took; 0 when not known.
  double recall = 1;                   ///< recall@10 as measured when it was built.
  bool built = false;                  ///< This call built it.
  std::string note;                    ///< What is amiss, in words; empty when nothing is.
};

/// recall@10 of the index against the exact scan, and what a search takes.
struct MeasuredSearch {
  std::size_t queries = 0;
  double recall = 1;        ///< Share of the exact scan's best ten that the index found, over all queries.
  double milliseconds = 0;  ///< A query, one at a time, in the middle (median).
};

/// What a library holds and how it is searched.
struct LibraryStats {
  std::uint64_t pictures = 0;   ///< With a path and a vector: what a search may return.
  std::uint64_t rows = 0;       ///< Stored vectors.
  std::uint64_t dead_rows = 0;  ///< Those whose picture has no file any more; Compact() removes them.
  std::size_t dimension = 0;

  IndexPolicy policy;                       ///< As remembered.
  VectorIndexState index;                   ///< As used.
  IndexKind automatic = IndexKind::kExact;  ///< What kAuto chooses for this library,
  std::string why;                          ///< and why.
  MeasuredSearch pictures_search;           ///< With vectors of the library's own pictures.
  MeasuredSearch texts_search;              ///< With sentences like those that people type.

  std::uint64_t memory_bytes = 0;   ///< What searches keep warm: rows or structure, and the best few's rows.
  std::uint64_t catalog_bytes = 0;  ///< On disk.
  std::uint64_t vectors_bytes = 0;  ///< On disk: segment and index files of all spaces.
  std::uint64_t thumbnails_bytes = 0;  ///< On disk.
};

/// What Compact() did.
struct CompactReport {
  std::uint64_t pictures_removed = 0;  ///< Pictures without a file.
  std::uint64_t rows_removed = 0;      ///< Their vectors.
  std::uint64_t thumbnails_removed = 0;
  std::uint64_t bytes_before = 0;  ///< Of the library on disk.
  std::uint64_t bytes_after = 0;
  double seconds = 0;
  VectorIndexState index;
};

/// Where vectors go to, or come from.
struct ExchangeOptions {
  std::string npy_file;  ///< NumPy's format: float32 [n, dimension], C order.
  std::string ids_file;  ///< A line for each row; empty for none.
};

struct ExportReport {
  std::uint64_t vectors = 0;
  std::size_t dimension = 0;
  double seconds = 0;
  bool stopped = false;  ///< Ended early by the StopSignal; no file was written.
};

struct ImportReport {
  std::uint64_t vectors = 0;   ///< Rows of the file that are recorded now.
  std::uint64_t pictures = 0;  ///< New pictures: a vector and a name, no file.
  std::uint64_t replaced = 0;  ///< Vectors of pictures that the library knew already.
  PathBytes root;              ///< Where the new pictures seem to lie; empty when there were none.
  double seconds = 0;
  bool stopped = false;  ///< Ended early by the StopSignal; what is recorded stays.
  VectorIndexState index;
};

}  // namespace vitrine
