// Giving up files: whoever takes over this process through what a server sent finds the model's folder and
// nothing else.
#pragma once

#include <string>
#include <vector>

namespace vitrine::fetch {

struct OpenPlaces {
  std::string work;    ///< A folder to read and write all below.
  std::string parent;  ///< A folder in which folders may be made, renamed and removed; no files.
  std::vector<std::string> readable;  ///< Files and folders to read, beside the system's.
};

/// From here on this process and its children can open nothing but these places and what a connection needs
/// of the system (certificates, name resolution, libraries), and execute nothing. Needs Landlock
/// (Linux 5.13); false where there is none, and nothing is restricted then.
bool RestrictFiles(const OpenPlaces& places);

}  // namespace vitrine::fetch
