// Reads the ZIP of a board that a stranger may have made.
#pragma once

#include <string>

#include "boards/export/export.h"

namespace vitrine {

/// As ReadBoardFile(), of a ZIP.
Result<ReadBoard> ReadBoardZip(const std::string& file, const std::string& scratch_folder,
                               VectorObserver* observer, const StopSignal& stop);

/// The same of a PureRef 1.x scene.
Result<ReadBoard> ReadPur(const std::string& file, const std::string& scratch_folder,
                          VectorObserver* observer, const StopSignal& stop);

}  // namespace vitrine
