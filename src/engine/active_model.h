// Which model a library is searched with now. The catalog remembers it, so that every process that has the
// library open agrees, and one that runs on notices when another swaps it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "catalog/catalog.h"
#include "engine/model_packs.h"
#include "engine/reader.h"
#include "model/open.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// A model that is open. Whoever works with one holds it to the end of that work: a swap meanwhile changes
/// nothing under it.
using OpenModel = std::shared_ptr<Embedder>;

/// The model that a catalog is to be used with. Errors: kModel, those of the catalog.
using ModelLookup = std::function<Result<OpenModel>(Catalog&)>;

/// How every pack is opened for a library: where, how precisely, on how many threads. The pack's folder is
/// left open.
EmbedderOptions EmbedderOptionsFor(const LibraryOptions& options);

/// The id of the model that the catalog remembers, kDefaultModel when it was never told.
Result<std::string> RememberedModel(Catalog& catalog);
/// Remembers another one (kWrite): the swap, as one durable transaction.
Status RememberModel(Catalog& catalog, const std::string& id);

/// Thread-safe.
class ActiveModel {
 public:
  /// @param asked  what `--model` named; it counts in place of what catalogs remember. Empty: nothing.
  /// @param embedding  how packs are opened; its folder is of no account.
  ActiveModel(const std::string& library_folder, ModelPacks packs, std::string asked,
              EmbedderOptions embedding);

  /// The model of this catalog, opened when it is another one than before. Errors: kModel (the pack is not
  /// there or damaged), those of the catalog.
  Result<OpenModel> Of(Catalog& catalog);
  /// The model of the library as it is on the disk; one that is not there yet, or that was not brought up to
  /// date yet, gets the default one.
  Result<OpenModel> Now();
  /// How the pack of Now() is opened, its folder included.
  Result<EmbedderOptions> OptionsNow();

 private:
  struct Open {
    std::string folder;
    std::int64_t made_at = 0;  ///< The time of its pack.json: another pack may take the folder.
    OpenModel model;
  };

  Result<std::string> IdNow();
  Result<OpenModel> Use(const std::string& id);

  const ModelPacks packs_;
  const std::string asked_;
  const EmbedderOptions embedding_;
  SharedReader reader_;
  std::mutex mutex_;  // Guards what is open.
  Open open_;
};

}  // namespace vitrine
