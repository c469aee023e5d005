#include <chrono>
#include <exception>

#include "base/try.h"
#include "index/quantise.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

// How long a batch waits for more pictures before it goes on as it is.
constexpr std::chrono::milliseconds kPatience{200};

void PassOn(Belts& belts, Decoded& decoded, const EncodedRows& vectors, std::size_t row) {
  Finished finished;
  finished.outcome = {.path = std::move(decoded.path), .stamp = decoded.stamp};
  finished.content = decoded.content;
  finished.sidecars = std::move(decoded.sidecars);
  if (vectors.scales[row] > 0) {
    finished.outcome.new_asset = NewAsset{.content = decoded.content,
                                          .info = std::move(decoded.info),
                                          .sketch = std::move(decoded.sketch),
                                          .embedded = std::move(decoded.note)};
    finished.vector.Append(vectors, row, row + 1);
  } else {
    finished.outcome.failure = "the model gives no usable vector for it";
  }
  belts.finished.Push(std::move(finished));
}

void PassFailure(Belts& belts, Decoded& decoded, const Error& error) {
  Finished finished;
  finished.outcome = {.path = std::move(decoded.path), .stamp = decoded.stamp, .failure = error.message()};
  finished.content = decoded.content;
  belts.finished.Push(std::move(finished));
}

Result<Matrix> CallModel(Embedder& embedder, const std::vector<RgbImage>& pictures) {
  try {
    return embedder.EmbedPictures(pictures);
  } catch (const std::exception& thrown) {
    return Error(Code::kModel, std::string("the model failed: ") + thrown.what());
  }
}

Result<EncodedRows> Embed(RunState& state, const std::vector<RgbImage>& pictures) {
  VITRINE_TRY_ASSIGN(const Matrix vectors, CallModel(state.rooms.embedder, pictures));
  if (vectors.rows() != pictures.size() || vectors.columns() != state.space.dimension) {
    return Error(Code::kModel, "the model gave " + std::to_string(vectors.rows()) + " vectors of " +
                                   std::to_string(vectors.columns()) + " numbers for " +
                                   std::to_string(pictures.size()) + " pictures");
  }
  return Encode(vectors);
}

// Embeds a batch. When the model refuses one picture of several, each is tried alone so that the others pass.
Status EmbedBatch(RunState& state, Belts& belts, std::span<Decoded> batch) {
  std::vector<RgbImage> pictures;
  pictures.reserve(batch.size());
  for (Decoded& decoded : batch) pictures.push_back(std::move(decoded.picture));
  Result<EncodedRows> vectors = Embed(state, pictures);
  if (vectors) {
    for (std::size_t i = 0; i < batch.size(); ++i) PassOn(belts, batch[i], *vectors, i);
    return {};
  }
  if (vectors.error().code() != Code::kInvalidArgument) return std::move(vectors).error();
  if (batch.size() == 1) {
    PassFailure(belts, batch[0], vectors.error());
    return {};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i].picture = std::move(pictures[i]);
    VITRINE_TRY(EmbedBatch(state, belts, batch.subspan(i, 1)));
  }
  return {};
}

}  // namespace

void EmbedDecoded(RunState& state, Belts& belts) {
  bool model_works = true;
  bool more = true;
  while (more) {
    std::vector<Decoded> batch;
    more = belts.decoded.PopBatch(batch, state.options.batch, kPatience);
    if (batch.empty() || !model_works || state.control.abandoned()) continue;
    model_works = state.control.Check(EmbedBatch(state, belts, batch));
  }
  belts.finished.Close();
}

}  // namespace vitrine
