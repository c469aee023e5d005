// Text towers as the runtime left them when it had opened them, so that the next process opens one at once.
//
// Problem: a search from the command line is a new process, and most of its time goes into opening the text
// tower: the runtime reads and copies it, and fuses its nodes, with the same result each time. Idea: let it
// write that result once, the graph in one file and the weights in another, which the next process maps. Why
// that is right: an entry holds for one file (its SHA-256, and inode, size and times, so that a change of the
// file is looked at), for one build of the runtime and one set of processor features; both files are held
// against checksums before the runtime sees them; and an entry is put on the shelf only after it gave, opened
// anew, the very bits that the tower gives (TextTower). Whatever is amiss costs time alone: the tower is
// opened from the pack. Who may write to the shelf may write to the library and to the program's other caches
// as well; the checksums are for damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/scratch_folder.h"
#include "vitrine/result.h"

namespace vitrine {

/// What an entry holds for.
struct GraphKey {
  std::string file;       ///< Path of the tower.
  std::string sha256;     ///< Its own, as the pack says.
  std::string processor;  ///< Name and features: they decide what is fused.
};

/// Thread-safe, also between processes.
class GraphShelf {
 public:
  /// @param folder  made when needed, may be emptied at any time; empty: nothing is kept.
  explicit GraphShelf(std::string folder) : folder_(std::move(folder)) {}

  /// The folder of a sound entry, as OrtSession::OpenKept() takes it. Reads it once.
  /// Errors: kNotFound (none), kCorrupt (damaged: it is replaced by the next that is put there).
  Result<std::string> Find(const GraphKey& key) const;

  /// A folder to have a graph written to; none where nothing is kept, or there is not room enough for it by
  /// far. @param bytes  of the tower.
  std::optional<ScratchFolder> Begin(std::uint64_t bytes) const;

  /// Puts what lies in `made` there for `key`, in place of what was there of the same tower.
  /// Errors: kIo, kNoSpace, kNotFound (the tower is gone).
  Status Put(const GraphKey& key, const ScratchFolder& made) const;

 private:
  std::string folder_;
};

/// A tower and where it may be kept.
struct KeptGraph {
  GraphShelf shelf = GraphShelf({});
  GraphKey key = {};
};

}  // namespace vitrine
