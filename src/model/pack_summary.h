// What a model pack says of itself, without loading its towers.
#pragma once

#include <string>
#include <vector>

#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

struct PackSummary {
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  Space space;
  std::string image_precision;  ///< "int8", "fp32", ...
  std::string text_precision;
};

/// Reads and checks "<folder>/pack.json" alone: about a millisecond. Errors: kModel.
Result<PackSummary> DescribePack(const std::string& folder);

/// A file that a pack consists of.
struct NamedFile {
  std::string name;    ///< Plain: in the pack's folder itself.
  std::string sha256;  ///< 64 lower-case hex digits.
};

/// Every file that "<folder>/pack.json" names anywhere, each once, pack.json itself aside. Errors: kModel.
Result<std::vector<NamedFile>> FilesOfPack(const std::string& folder);

}  // namespace vitrine
