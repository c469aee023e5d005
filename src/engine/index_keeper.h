// Keeps the files that searches use up to the catalog: segments, and the index that the library's policy asks
// for.
#pragma once

#include <string>

#include "catalog/catalog_gate.h"
#include "index/index_store.h"
#include "model/embedder.h"
#include "vitrine/result.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// The policy that the catalog remembers; the default one when it was never told, or cannot be understood.
Result<IndexPolicy> RememberedPolicy(Catalog& catalog);

/// Remembers a policy (kWrite). Errors: kInvalidArgument (a recall outside (0, 1]), those of writing.
Status RememberPolicy(Catalog& catalog, const IndexPolicy& policy);

/// How long the last build of the index took, as remembered by KeepIndex(); 0 when nothing is known.
Result<double> RememberedBuildSeconds(Catalog& catalog);

/// Vectors of the sample captions, row-major: what an index is tuned with. Errors: kModel.
Result<Matrix> EmbedSampleCaptions(Embedder& embedder);

/// Brings the segment files alone up to the catalog (kWrite). Errors: those of the catalog, kNoSpace, kIo.
Status KeepSegments(Catalog& catalog, const std::string& library_folder, const Space& space);

/// Brings segment files and index up to the catalog (kWrite) as the remembered policy says. Costs little when
/// nothing is due.
/// @param force  builds the index in any case.
/// Errors: those of the catalog, kNoSpace, kIo, kModel (the text tower, when an index is to be tuned).
Result<VectorIndexState> KeepIndex(CatalogGate& writer, const std::string& library_folder, Embedder& embedder,
                                   bool force, VectorObserver* observer);

/// The index room's report in the public words.
VectorIndexState ToPublic(const VectorIndexReport& report);

}  // namespace vitrine
