// The seam between pictures or words and vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/matrix.h"
#include "image/pixels.h"
#include "vitrine/result.h"

namespace vitrine {

/// The name of a vector space. Vectors of two spaces are never compared.
struct Space {
  std::string id;  ///< 16 lower-case hex digits: from the pack's files, precision and preprocessing version.
  std::string model;          ///< "starter 1.0.0", for people.
  std::size_t dimension = 0;  ///< Floats a vector.
};

/// Cosines between sentences and pictures that have nothing to do with each other, measured when the pack was
/// made.
struct ScoreBackground {
  double mean = 0;
  double deviation = 0.1;  ///< Standard deviation, > 0.
};

/// What a query's scores say, measured when the pack was made (query/relevance.h). Two logistic models over
/// one set of measures; the first is linear in a hit's cosine, so it never changes the order of hits.
struct RelevanceModel {
  /// Log-odds in nats: intercept + the rest times what it is named for.
  struct Odds {
    double intercept = 0;
    double score = 0;         ///< A hit's cosine; of `present`, the best hit's.
    double best_mean = 0;     ///< Mean cosine of the ten best.
    double deviation = 0;     ///< Of the query's cosines over a sample of the library.
    double log_pictures = 0;  ///< Natural logarithm of how many pictures were compared.
  };
  Odds hit;          ///< That a hit is relevant.
  Odds present;      ///< That the library holds something relevant at all.
  double cut = 0.5;  ///< Relevance, 0..1, below which a list of hits has fallen off.
};

/// For a pack that was not measured so: a score is likely relevant when it stands above what the best of so
/// many unrelated scores would reach by chance.
RelevanceModel RelevanceOf(const ScoreBackground& background);
/// The same for pictures that are compared with pictures.
RelevanceModel DefaultPictureRelevance();

/// Pictures that go through an image tower together where nothing else was tried: enough to keep the cores
/// busy, few enough that the activations stay small.
inline constexpr std::size_t kPictureBatch = 8;

/// Turns pictures and sentences into unit vectors of one space. Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;

  virtual const Space& space() const = 0;

  /// What a meaningless text query scores here.
  virtual ScoreBackground text_background() const { return {}; }

  /// What the scores of a query by words, and of one by pictures, are worth here.
  virtual RelevanceModel text_relevance() const { return RelevanceOf(text_background()); }
  virtual RelevanceModel picture_relevance() const { return DefaultPictureRelevance(); }

  /// The edge of the square that the image tower sees, in pixels: decode at least this much.
  virtual std::int32_t picture_edge_px() const = 0;

  /// How many pictures EmbedPictures() is best asked for at once where there are many.
  virtual std::size_t picture_batch() const { return kPictureBatch; }

  /// @return float32 [pictures.size(), dimension], each row of L2 norm 1. A picture may have any size >= 1
  /// x 1. Errors: kModel (the tower cannot be loaded or run), kInvalidArgument (a picture without pixels).
  virtual Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) = 0;

  /// @param texts  UTF-8; bytes that are not are replaced; longer texts are cut at the tower's length.
  /// @return float32 [texts.size(), dimension], each row of L2 norm 1.
  /// Errors: kModel.
  virtual Result<Matrix> EmbedTexts(std::span<const std::string> texts) = 0;
};

}  // namespace vitrine
