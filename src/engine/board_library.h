// What boards ask of the library whose pictures lie on them, on this machine (local_board_library.h) or on a
// cluster (cluster/board_library.h).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "boards/picture_source.h"
#include "boards/store/board_store.h"
#include "boards/store/sqlite_boards.h"
#include "catalog/catalog.h"
#include "engine/board_view.h"
#include "engine/tag_words.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe, but for Store() and what it gives. Errors of all: those of the catalog, or of the cluster.
class BoardLibrary {
 public:
  virtual ~BoardLibrary() = default;

  /// Errors: kNotFound (there is no library).
  virtual Status Need() = 0;
  /// Where its boards are kept. Errors: those of Need(), kNotFound (kExisting, and none was made yet).
  virtual Result<BoardStore*> Store(StoreMode mode) = 0;
  /// A folder for files that nobody needs tomorrow.
  virtual std::string ScratchFolder() const = 0;

  /// The asset of each content; 0 where it is not known.
  virtual Result<std::vector<AssetId>> AssetsOf(std::span<const std::string> contents) = 0;
  /// The living pictures among these, in that order.
  virtual Result<std::vector<AssetRecord>> Records(std::span<const AssetId> assets) = 0;
  /// The accepted tags of each, in order of path.
  virtual Result<std::vector<std::vector<std::string>>> TagsOf(std::span<const AssetRecord> records) = 0;
  /// The pictures at and below these paths, each once. Errors: kNotFound (a path that it knows nothing of).
  virtual Result<std::vector<AssetId>> PicturesAt(std::span<const PathBytes> paths) = 0;

  /// Fills in model, vectors and embedded from the records. Errors: kModel, kCorrupt.
  virtual Status FillVectors(BoardView& view) = 0;
  /// What the model knows of names; as long as the model lives.
  virtual TagWords& WordsOf(const std::shared_ptr<Embedder>& model) = 0;
  /// SuggestFor() (board_suggest.h) in this library.
  virtual Result<std::vector<Hit>> Suggest(const Board& board, const BoardView& all, const BoardView& asked,
                                           const SuggestRequest& request) = 0;

  virtual std::unique_ptr<PictureSource> Pictures() = 0;
  /// Takes in a picture that an imported board brings. Errors: kUnsupported (no picture, or a library that
  /// takes none in this way), kCorrupt, kTimeout: those are told; others end the import.
  virtual Result<AssetId> Add(const std::string& bytes, const std::string& name) = 0;
};

}  // namespace vitrine
