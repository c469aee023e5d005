// Where the parts of an installed (or freshly built) Vitrine lie, seen from the running program.
#pragma once

#include <string>

namespace vitrine {

/// The first of these that exists: "<bin>/../lib/vitrine/vitrine-decode", "<bin>/vitrine-decode"; else the
/// first.
std::string DefaultWorkerProgram();

/// The same of "vitrine-cluster".
std::string DefaultClusterProgram();

/// The folder of model packs: "<bin>/../share/vitrine/models".
std::string DefaultModelsFolder();

/// The vocabulary that pictures are tagged with when none is named: "vocabulary/default.txt" there.
std::string DefaultVocabularyFile();

/// What is kept for a person: "$XDG_DATA_HOME/vitrine", else "~/.local/share/vitrine".
std::string DefaultDataFolder();

/// What can be made again at any time: "$XDG_CACHE_HOME/vitrine", else "~/.cache/vitrine".
std::string DefaultCacheFolder();

/// The path with every link followed; where that fails, the path made absolute and tidied by its text alone.
std::string ResolvedPath(const std::string& path);

}  // namespace vitrine
