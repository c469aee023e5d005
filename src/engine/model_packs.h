// Where model packs lie: beside the program, and in the library's own folder `models/`.
#pragma once

#include <string>
#include <vector>

#include "model/pack_summary.h"
#include "vitrine/result.h"

namespace vitrine {

/// The pack that a library uses before it was told of another.
inline constexpr char kDefaultModel[] = "starter";

/// A pack that can be named.
struct KnownPack {
  std::string id;  ///< What it is called: the name of its folder.
  std::string folder;
  bool in_library = false;  ///< Else beside the program.
  PackSummary summary;      ///< Empty where there is a problem.
  std::string problem;      ///< Why it cannot be used, in words; empty when pack.json is sound.
};

/// Whether there is a pack, sound or not.
bool HoldsPack(const std::string& folder);

/// Looks at the folders each time it is asked. Thread-safe.
class ModelPacks {
 public:
  /// @param program_folder  that of the packs beside the program; see DefaultModelsFolder().
  ModelPacks(const std::string& library_folder, std::string program_folder);

  /// "<library>/models".
  const std::string& library_folder() const { return library_folder_; }

  /// Every pack, those beside the program first, in order of id. A library's pack hides one beside the
  /// program that has its id.
  std::vector<KnownPack> All() const;

  /// The pack of that id, or else the only one of that name ("tiny" for "tiny-1.0.0").
  /// Errors: kModel (none, or several: the message lists what there is).
  Result<KnownPack> Find(const std::string& name) const;

  /// The folder of what `--model` or a library names: a text with a slash is a folder itself. Errors: as
  /// Find(); whether there is a sound pack in it shows when it is opened.
  Result<std::string> FolderOf(const std::string& model) const;

 private:
  std::string library_folder_;
  std::string program_folder_;
};

}  // namespace vitrine
