// Tagging copies, and moving them to a folder of their own, as one change of the journal.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/duplicates.h"
#include "vitrine/result.h"

namespace vitrine {

/// Does to all but the kept files of the groups what `action` says. A file that cannot be moved (offline,
/// gone, a name that is taken) stays and is named in the report. Before the first file moves, what is going
/// to move is on the disk (SettleMoves), so that a crash at any point leaves each file where the catalog says
/// it is, once the library is opened for writing again.
/// @param catalog  open for writing.
/// Errors: kInvalidArgument (a bad tag; a folder that is one of the library's or holds one), kNoSpace, kIo.
Result<ActionReport> ActOnCopies(Catalog& catalog, const std::string& library_folder,
                                 const std::vector<DuplicateGroup>& groups, const DuplicateAction& action);

/// The same where files stay where they are, wherever the library lies. Errors: kInvalidArgument (a bad tag),
/// those of Annotations.
Result<ActionReport> TagCopies(Annotations& annotations, const std::vector<DuplicateGroup>& groups,
                               const std::string& tag);

/// Ends what a crash left half done: files that were moved and not recorded go back. Cheap when nothing is.
Status SettleMoves(Catalog& catalog, const std::string& library_folder);

/// The folders into which files were put aside and still are.
Result<std::vector<PathBytes>> QuarantinesOf(Catalog& catalog);

}  // namespace vitrine
