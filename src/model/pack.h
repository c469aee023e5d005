// A model pack: the folder that holds an image tower and a text tower of one space
// (docs/formats/model-pack.md).
//
// Loading reads and checks pack.json alone. Every other file is read once, whole, when it is first needed;
// its SHA-256 is checked in memory and the same bytes are used, so what was checked is what runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/embedder.h"
#include "model/pack_fields.h"
#include "model/preprocess.h"
#include "model/tokenizer.h"
#include "model/variants.h"
#include "vitrine/result.h"

namespace vitrine {

/// The file of a Projection (model/projection.h) behind the image tower's graph.
struct ProjectionSpec {
  PackFile file;
  std::size_t features = 0;  ///< Columns of the graph's output, which are projected to the dimension.
};

struct ImageTowerSpec {
  PackFile file;  ///< Of the precision that was chosen.
  std::string precision;
  double least_cosine = 0.99;          ///< With the self-test's vector.
  std::vector<TowerVariant> variants;  ///< The main file first.
  std::string input;                   ///< Name of the tensor [n, 3, edge, edge] or [n, edge, edge, 3].
  std::string output;  ///< Name of the float32 tensor [n, dimension], with a projection [n, features].
  Preprocessing preprocessing;
  std::optional<ProjectionSpec> projection = {};
};

/// Reads "image" of a pack's description, but for its projection.
ImageTowerSpec ReadImageTower(const Fields& image);

struct TextTowerSpec {
  PackFile file;
  std::string precision;
  double least_cosine = 0.99;          ///< With the self-test's vectors.
  std::vector<TowerVariant> variants;  ///< The main file first.
  std::string input_ids;               ///< Name of the tensor [n, length].
  std::string attention_mask;          ///< Likewise; 1 for a token. Empty: the graph has none.
  bool is_int32 = false;               ///< Both are int32, else int64.
  std::string output;                  ///< Name of the float32 tensor [n, dimension].
  PackFile tokenizer_file;
  TokenizerSpec tokenizer;
  std::size_t pad_to = 0;   ///< Ids that a text always has; 0: as many as it needs.
  std::int64_t pad_id = 0;  ///< The id that fills it up.
  std::string prompt;       ///< Holds "{}" once, where the query goes.
};

/// What the towers must answer to fixed input, wherever they run.
struct SelfTestSpec {
  struct Sentence {
    std::string text;
    std::vector<float> vector;  ///< [dimension], L2 norm 1.
  };
  PackFile picture;  ///< Raw RGB8, interleaved, row-major.
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::vector<float> picture_vector;  ///< [dimension], L2 norm 1.
  std::vector<Sentence> sentences;    ///< 1..64.
  double min_cosine = 0.99;
};

/// Immutable, so thread-safe.
class ModelPack {
 public:
  /// Reads and checks "<folder>/pack.json".
  /// Errors: kModel, with the file, what is wrong in it, and what to do.
  static Result<ModelPack> Load(const std::string& folder);

  /// Takes the towers in another precision than the main files'; the space may be another one then. A text
  /// tower that the pack has in one precision alone stays. Errors: kInvalidArgument (no such image tower).
  Status Choose(const PrecisionWish& wish);

  const std::string& folder() const { return place_.folder; }
  const PackPlace& place() const { return place_; }
  const std::string& name() const { return name_; }
  const std::string& version() const { return version_; }
  const std::string& licence() const { return licence_; }
  const std::string& origin() const { return origin_; }
  const Space& space() const { return space_; }
  const ImageTowerSpec& image() const { return image_; }
  const TextTowerSpec& text() const { return text_; }
  const SelfTestSpec& self_test() const { return self_test_; }
  const ScoreBackground& text_background() const { return text_background_; }
  const RelevanceModel& text_relevance() const { return text_relevance_; }
  const RelevanceModel& picture_relevance() const { return picture_relevance_; }

  /// The bytes of one of the pack's files, after its SHA-256 was found right. Links are not followed.
  /// Errors: kModel (missing, of another size, damaged; both hashes are named).
  Result<std::string> Read(const PackFile& file) const { return place_.Read(file); }

  /// "<what>: <cause>; <what to do>", for files that are whole and yet of no use. kModel.
  Error Refuse(std::string_view what, const Error& cause) const;

 private:
  friend struct PackReader;

  PackPlace place_;
  std::string name_;
  std::string version_;
  std::string licence_;
  std::string origin_;
  Space space_;
  ImageTowerSpec image_;
  TextTowerSpec text_;
  SelfTestSpec self_test_;
  Tolerance tolerance_;
  ScoreBackground text_background_;
  RelevanceModel text_relevance_;
  RelevanceModel picture_relevance_;
};

}  // namespace vitrine
