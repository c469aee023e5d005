// Names for files inside an archive, which must be good names wherever it is unpacked.
#pragma once

#include <set>
#include <string>

namespace vitrine {

/// Gives each file a name of its own: one component, valid UTF-8, at most 200 bytes, none that Windows
/// reserves, unique when case is ignored.
class SafeNames {
 public:
  std::string Unique(const std::string& name);

 private:
  std::set<std::string> taken_;  // folded
};

}  // namespace vitrine
