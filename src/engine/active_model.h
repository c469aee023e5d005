// Which model, or which two, a library is searched with now. The catalog remembers it, so that every process
// that has the library open agrees, and one that runs on notices when another swaps it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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

/// Which models answer, by what they are called: an id, or the folder of a pack.
struct ModelIds {
  std::string first;
  std::string second;  ///< Empty: the first answers alone.
  bool operator==(const ModelIds&) const = default;
};

/// The models that answer searches. Whatever is not a search (tags, boards, copies, what comes in) is the
/// first one's.
struct AnsweringModels {
  OpenModel first;
  OpenModel second;     ///< Null: the first answers alone.
  std::string problem;  ///< Why a second one that should answer too does not, in words.
};

/// How every pack is opened for a library: where, how precisely, on how many threads. The pack's folder is
/// left open.
EmbedderOptions EmbedderOptionsFor(const LibraryOptions& options);

/// The models that the catalog remembers, kDefaultModel alone when it was never told.
Result<ModelIds> RememberedModels(Catalog& catalog);
/// Remembers others (kWrite): the swap. Each of its steps is a durable transaction, and what stands between
/// two of them is one of the models alone.
Status RememberModels(Catalog& catalog, const ModelIds& ids);
/// What `--model` and the like ask for: "A" or "A+B", as folders of packs. A pack whose name holds a "+" is
/// meant before two others. Errors: kModel (no such model).
Result<ModelIds> ModelsAsked(const ModelPacks& packs, const std::string& text);

/// Thread-safe.
class ActiveModel {
 public:
  /// @param asked  what `--model` named; it counts in place of what catalogs remember. Empty: nothing.
  /// @param embedding  how packs are opened; its folder is of no account.
  ActiveModel(const std::string& library_folder, ModelPacks packs, ModelIds asked, EmbedderOptions embedding);

  /// The models of this catalog, opened when they are others than before. Errors: kModel (the first one's
  /// pack is not there or damaged), those of the catalog.
  Result<AnsweringModels> Of(Catalog& catalog);
  /// The models of the library as it is on the disk; one that is not there yet, or that was not brought up to
  /// date yet, gets the default one.
  Result<AnsweringModels> Now();
  /// How the packs of Now() are opened, their folders included: one or two.
  Result<std::vector<EmbedderOptions>> OptionsNow();

 private:
  struct Open {
    std::string folder;
    std::int64_t made_at = 0;  ///< The newest time of its files: others may take their place.
    Result<OpenModel> model;   ///< Why it cannot be opened is kept too: finding out reads all of a pack.
  };

  Result<ModelIds> IdsNow();
  Result<AnsweringModels> Use(const ModelIds& ids);
  /// Errors: kModel (no such model).
  Result<Open> OpenOne(const std::string& id) const;

  const ModelPacks packs_;
  const ModelIds asked_;
  const EmbedderOptions embedding_;
  SharedReader reader_;
  std::mutex mutex_;  // Guards what is open.
  std::vector<Open> open_;
};

}  // namespace vitrine
