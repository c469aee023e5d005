// The door to the room: a model pack becomes an Embedder, or a report for `doctor`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/embedder.h"
#include "model/tuning.h"
#include "vitrine/inference.h"
#include "vitrine/result.h"

namespace vitrine {

struct EmbedderOptions {
  std::string pack_folder;    ///< Holds pack.json (docs/formats/model-pack.md).
  std::string cache_folder;   ///< Accelerators keep compiled towers here; empty for none. Made when needed;
                              ///< may be emptied.
  std::string tuning_folder;  ///< Where it is remembered how this machine drives a tower best; empty: what is
                              ///< usual is done. Made when needed; may be emptied.
  std::string graph_folder;   ///< Where the text tower is kept as the runtime opened it (GraphShelf), so that
                              ///< it opens sooner; empty: it is not. Made when needed; may be emptied.
  int image_threads = 2;      ///< Threads of one EmbedPictures call at most, >= 1.
  int text_threads = 2;       ///< Threads of one EmbedTexts call, >= 1.
  Device device = Device::kAuto;
  Precision precision = Precision::kAuto;
  /// Whether the library at hand holds vectors of a space; asked of packs with several precisions, so that a
  /// library stays in the one it was begun in. May be empty.
  std::function<bool(const std::string& space)> space_in_use;
};

/// Opens a pack. Cheap (about a millisecond): reads pack.json and the small files. Each tower is read,
/// checked against its SHA-256, loaded and put through the pack's self-test when it is first used; a tower
/// that fails is an error of that first call, and of every later one. Errors: kModel (a file is missing,
/// damaged or refused), kInvalidArgument (options, among them a precision that the pack has not).
Result<std::unique_ptr<Embedder>> OpenEmbedder(const EmbedderOptions& options);

/// What `doctor` tells about a pack.
struct ModelReport {
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  Space space;
  std::string runtime;                   ///< "ONNX Runtime 1.24.1".
  std::vector<std::string> providers;    ///< Execution providers that the runtime has here.
  std::string image_provider;            ///< The one that the image tower runs on.
  std::string text_provider;             ///< The one that the text tower runs on.
  std::string image_precision;           ///< Of the image tower: "int8", "fp32", "fp32 as bf16".
  std::string text_precision;            ///< Of the text tower.
  double picture_cosine = 0;             ///< Of the self-test's picture with its expected vector.
  std::vector<double> sentence_cosines;  ///< Of the self-test's sentences with theirs, in the pack's order.
  std::vector<std::string> files;        ///< Files whose SHA-256 was found right.
  std::vector<std::string> notes;        ///< Why something faster was not used, in words.
  std::optional<TuningTrial> tuning;     ///< How long runs drive the image tower here; none: as usual.
};

/// Loads both towers and runs the whole self-test.
/// Errors: kModel (with the file, the cause and the next step), kInvalidArgument (options).
Result<ModelReport> InspectModel(const EmbedderOptions& options);

/// What TuneModel() found.
struct TuningReport {
  TuningTrial chosen;
  std::vector<TuningTrial> trials;  ///< The usual one first.
  std::string not_kept;             ///< Why it could not be remembered, in words; else empty.
};

/// Tries anew how the image tower is driven best on this machine, on the provider that long runs use, and
/// remembers it: two to four seconds, and the loading of up to three towers. Only this tries; whoever opens
/// the pack on this machine afterwards drives it so. Errors: kModel, kInvalidArgument (options),
/// kUnsupported (it runs on no processor but an accelerator, which has one way alone).
Result<TuningReport> TuneModel(const EmbedderOptions& options);

}  // namespace vitrine
