#include "engine/teaching_set.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "engine/kept_features.h"
#include "index/row_table.h"
#include "ingest/step_decoder.h"

namespace vitrine {
namespace {

constexpr std::size_t kStep = 64;

// A picture of the set, with the teacher's vector.
struct Lesson {
  AssetRecord picture;
  std::vector<float> vector;
};

// An even share of the living rows, at most `most`.
std::vector<RowId> ChosenRows(const RowSet& live, std::size_t most) {
  const std::size_t count = live.Count();
  const std::size_t wanted = std::min(count, most);
  std::vector<RowId> rows;
  std::size_t seen = 0;
  for (RowId row = 0; row < live.size() && rows.size() < wanted; ++row) {
    if (!live.Contains(row)) continue;
    if (seen * wanted / count >= rows.size()) rows.push_back(row);
    ++seen;
  }
  return rows;
}

Result<std::vector<Lesson>> LessonsOf(Catalog& catalog, const std::string& space,
                                      std::span<const RowId> rows) {
  VITRINE_TRY_ASSIGN(auto pictures, catalog.AssetsOfRows(space, rows));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, catalog.Vectors(space));
  std::vector<Lesson> lessons;
  for (auto& [row, picture] : pictures) {
    VITRINE_TRY_ASSIGN(const EncodedRows stored, source->Read(row, row + 1));
    std::vector<float> vector = TableInMemory(stored)->Vector(0);
    // A row of zeros stands for a vector that is gone.
    if (std::ranges::any_of(vector, [](float x) { return x != 0; })) {
      lessons.push_back({std::move(picture), std::move(vector)});
    }
  }
  return lessons;
}

class Collector {
 public:
  Collector(const Backbone& backbone, KeptFeatures kept, const StepDecoder& decoder, std::size_t threads)
      : backbone_(backbone), kept_(std::move(kept)), decoder_(decoder), threads_(threads) {}

  // False when it was stopped before the end of the step.
  Result<bool> Take(std::vector<Lesson> lessons, const StopSignal& stop) {
    std::vector<DuePicture> due;
    for (const Lesson& lesson : lessons) {
      if (kept_.Find(lesson.picture.content).empty()) due.push_back({lesson.picture, {}, {}});
    }
    decoder_.Decode(due, threads_);
    if (stop.requested()) return false;
    VITRINE_TRY(Look(due));
    for (Lesson& lesson : lessons) {
      if (kept_.Find(lesson.picture.content).empty()) continue;
      pictures_.push_back(lesson.picture.content);
      vectors_.insert(vectors_.end(), lesson.vector.begin(), lesson.vector.end());
    }
    return true;
  }

  TeachingSet Finish() {
    const std::size_t count = pictures_.size();
    set_.features = Matrix(count, backbone_.pack().features);
    for (std::size_t i = 0; i < count; ++i) {
      std::ranges::copy(kept_.Find(pictures_[i]), set_.features.row(i).begin());
    }
    set_.vectors = Matrix(count, count == 0 ? 0 : vectors_.size() / count);
    std::ranges::copy(vectors_, set_.vectors.values().begin());
    return std::move(set_);
  }

 private:
  Status Look(const std::vector<DuePicture>& due) {
    std::vector<RgbImage> pictures;
    std::vector<const DuePicture*> seen;
    for (const DuePicture& one : due) {
      if (!one.failure.empty()) {
        NoteLeftOut(one, set_.left_out, set_.failures);
        continue;
      }
      pictures.push_back(one.pixels);
      seen.push_back(&one);
    }
    if (pictures.empty()) return {};
    VITRINE_TRY_ASSIGN(const Matrix features, backbone_.Features(pictures));
    for (std::size_t i = 0; i < seen.size(); ++i) {
      VITRINE_TRY(kept_.Add(seen[i]->picture.content, features.row(i)));
    }
    return {};
  }

  const Backbone& backbone_;
  KeptFeatures kept_;
  const StepDecoder& decoder_;
  const std::size_t threads_;
  std::vector<Sha256Digest> pictures_;  // Of the set, in order; their features are in kept_.
  std::vector<float> vectors_;          // Beside them.
  TeachingSet set_;
};

}  // namespace

Result<TeachingSet> CollectTeachingSet(SharedReader& reader, Decoder& decoder, const Backbone& backbone,
                                       const TeachingOptions& options, const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const std::vector<RowId> rows,
                     reader.With([&](Catalog& catalog) -> Result<std::vector<RowId>> {
                       VITRINE_TRY_ASSIGN(const RowSet live, catalog.LiveRows(options.space));
                       return ChosenRows(live, options.most);
                     }));
  VITRINE_TRY_ASSIGN(KeptFeatures kept, KeptFeatures::Open(options.kept_file, backbone.pack().features));
  const StepDecoder step_decoder(decoder, backbone.picture_edge_px(), stop);
  Collector collector(backbone, std::move(kept), step_decoder, options.threads);
  for (std::size_t first = 0; first < rows.size(); first += kStep) {
    const auto some = std::span(rows).subspan(first, std::min(kStep, rows.size() - first));
    VITRINE_TRY_ASSIGN(std::vector<Lesson> lessons, reader.With([&](Catalog& catalog) {
      return LessonsOf(catalog, options.space, some);
    }));
    VITRINE_TRY_ASSIGN(const bool whole, collector.Take(std::move(lessons), stop));
    if (!whole) return Error(Code::kCancelled, "stopped; the same command goes on from there");
    if (options.on_step) options.on_step(first + some.size(), rows.size());
  }
  return collector.Finish();
}

}  // namespace vitrine
