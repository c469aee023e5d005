// What a model pack says of itself, without loading its towers.
#pragma once

#include <string>
#include <vector>

#include "model/embedder.h"
#include "model/open.h"
#include "vitrine/result.h"

namespace vitrine {

/// A precision of a pack's image tower: vectors of each are a space of their own.
struct PackSpace {
  std::string precision;
  std::string space;  ///< Its id.
};

struct PackSummary {
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  Space space;
  std::string image_precision;  ///< "int8", "fp32", ...
  std::string text_precision;
  std::vector<PackSpace> spaces;  ///< Of all its precisions, the main file's first.
};

/// Reads and checks "<folder>/pack.json" alone: about a millisecond. The space and the precisions are those
/// of the main files. Errors: kModel.
Result<PackSummary> DescribePack(const std::string& folder);
/// The same with the space and the precisions that OpenEmbedder() would choose. Errors: kModel,
/// kInvalidArgument (the pack has not the precision that is asked for).
Result<PackSummary> DescribePack(const EmbedderOptions& opening);

/// A file that a pack consists of.
struct NamedFile {
  std::string name;    ///< Plain: in the pack's folder itself.
  std::string sha256;  ///< 64 lower-case hex digits.
};

/// Every file that "<folder>/pack.json" names anywhere, each once, pack.json itself aside. Errors: kModel.
Result<std::vector<NamedFile>> FilesOfPack(const std::string& folder);

}  // namespace vitrine
