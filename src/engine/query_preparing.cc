#include "engine/query_preparing.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "query/language.h"
#include "query/plan.h"

namespace vitrine {
namespace {

constexpr double kMostCropEdge = 4096;
constexpr std::size_t kMaxQueryBytes = std::size_t{64} << 20;
constexpr char kGivenPicture[] = "the picture given";

// That part of a picture, at least one pixel.
RgbImage Cropped(const RgbImage& picture, const CropBox& box) {
  const auto at = [](double share, std::int32_t length) {
    return std::clamp(static_cast<std::int32_t>(std::lround(share * length)), 0, length);
  };
  const std::int32_t left = std::min(at(box.left, picture.width_px), picture.width_px - 1);
  const std::int32_t top = std::min(at(box.top, picture.height_px), picture.height_px - 1);
  RgbImage part;
  part.width_px = std::max(1, at(box.right, picture.width_px) - left);
  part.height_px = std::max(1, at(box.bottom, picture.height_px) - top);
  for (std::int32_t y = top; y < top + part.height_px; ++y) {
    const auto row = picture.pixels.begin() + 3 * (static_cast<std::ptrdiff_t>(y) * picture.width_px + left);
    part.pixels.insert(part.pixels.end(), row, row + 3 * static_cast<std::ptrdiff_t>(part.width_px));
  }
  return part;
}

Result<std::vector<float>> Embed(UniqueFd file, const CropBox& crop, Embedder& model, LazyDecoder& decoders) {
  VITRINE_TRY_ASSIGN(Decoder * decoder, decoders.Get());
  const double part = std::min(crop.right - crop.left, crop.bottom - crop.top);
  const auto edge_px = static_cast<std::int32_t>(std::min(kMostCropEdge, model.picture_edge_px() / part));
  VITRINE_TRY_ASSIGN(const DecodedPicture decoded,
                     decoder->Decode(std::move(file), {.min_edge_px = edge_px, .thumbnail_edge_px = 0}));
  const RgbImage picture = Cropped(decoded.picture, crop);
  VITRINE_TRY_ASSIGN(const Matrix vectors, model.EmbedPictures(std::span(&picture, 1)));
  const std::span<const float> vector = vectors.row(0);
  return std::vector<float>(vector.begin(), vector.end());
}

// The vector of a picture that the library may know. Empty when it does not, or has none of it.
Result<std::optional<std::vector<float>>> KnownVector(const QuerySource& source, std::optional<AssetId> known,
                                                      std::vector<AssetId>& leave_out) {
  if (!known) return std::optional<std::vector<float>>();
  auto vector = source.vector_of(*known);
  if (vector) {
    leave_out.push_back(*known);
    return std::optional(*std::move(vector));
  }
  if (vector.error().code() != Code::kNotFound) return std::move(vector).error();
  return std::optional<std::vector<float>>();
}

Result<std::vector<float>> VectorOfPicture(const PictureAsked& asked, const QuerySource& source,
                                           std::vector<AssetId>& leave_out) {
  const bool whole = asked.crop == CropBox{};
  if (asked.file.empty()) {
    leave_out.push_back(asked.asset);
    return source.vector_of(asked.asset);
  }
  const PathBytes path = ResolvedPath(asked.file);
  if (whole) {
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> known, source.asset_at(path));
    VITRINE_TRY_ASSIGN(auto vector, KnownVector(source, known, leave_out));
    if (vector) return *std::move(vector);
  }
  return EmbedFile(path, asked.crop, source.model, source.decoder);
}

Result<std::vector<float>> VectorOfBytes(const std::string& bytes, const QuerySource& source,
                                         std::vector<AssetId>& leave_out) {
  if (bytes.size() > kMaxQueryBytes) {
    return Error(Code::kInvalidArgument, "a picture to look for may have 64 MiB, not more");
  }
  VITRINE_TRY_ASSIGN(const std::optional<AssetId> known, source.asset_of_content(Sha256(bytes)));
  VITRINE_TRY_ASSIGN(auto stored, KnownVector(source, known, leave_out));
  if (stored) return *std::move(stored);
  VITRINE_TRY_ASSIGN(UniqueFd file, MemoryFile(bytes));
  auto vector = Embed(std::move(file), CropBox{}, source.model, source.decoder);
  if (vector) return vector;
  return std::move(vector).error().Annotate("cannot use the picture given as a query");
}

// The query as typed AND like each of its pictures.
Result<QueryNode> TreeOf(const Query& query) {
  QueryNode all = LikePictures(query.pictures);
  const bool blank = query.text.find_first_not_of(" \t\n") == std::string::npos;
  if (blank && !query.pictures.empty()) return all;
  VITRINE_TRY_ASSIGN(QueryNode typed, ParseQuery(query.text));
  if (all.children.empty()) return typed;
  all.children.insert(all.children.begin(), std::move(typed));
  return all;
}

bool IsOfBytesAlone(const Query& query) {
  const bool blank = query.text.find_first_not_of(" \t\n") == std::string::npos;
  return blank && query.pictures.empty() && !query.picture_bytes.empty();
}

}  // namespace

Result<std::vector<float>> EmbedFile(const PathBytes& file, const CropBox& crop, Embedder& model,
                                     LazyDecoder& decoder) {
  VITRINE_TRY_ASSIGN(UniqueFd fd, OpenRegularFile(file));
  auto vector = Embed(std::move(fd), crop, model, decoder);
  if (vector) return vector;
  return std::move(vector).error().Annotate("cannot use " + Quoted(file) + " as a query");
}

Result<PreparedQuery> PrepareQuery(const Query& query, const QuerySource& source) {
  PreparedQuery prepared;
  if (IsOfBytesAlone(query)) {
    prepared.plan.branches.emplace_back();
  } else {
    VITRINE_TRY_ASSIGN(const QueryNode tree, TreeOf(query));
    VITRINE_TRY_ASSIGN(prepared.plan, PlanQuery(tree));
  }
  for (const PictureAsked& asked : prepared.plan.pictures) {
    VITRINE_TRY_ASSIGN(std::vector<float> vector, VectorOfPicture(asked, source, prepared.leave_out));
    prepared.pictures.push_back(std::move(vector));
  }
  for (const std::string& bytes : query.picture_bytes) {
    VITRINE_TRY_ASSIGN(std::vector<float> vector, VectorOfBytes(bytes, source, prepared.leave_out));
    for (Branch& branch : prepared.plan.branches) {
      branch.wanted.push_back({.text = {}, .picture = prepared.pictures.size()});
    }
    prepared.plan.pictures.push_back({.file = kGivenPicture, .asset = {}, .crop = {}});
    prepared.pictures.push_back(std::move(vector));
  }
  return prepared;
}

}  // namespace vitrine
