#include "clip_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <span>
#include <thread>
#include <utility>

#include "index/quantise.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

/// Pictures of one stream of random numbers: a thread draws whole streams.
constexpr RowId kStreamRows = 1024;

/// Keeps the best `hits`: a heap with the worst on top.
void Keep(std::vector<Neighbour>& best, std::size_t hits, const Neighbour& found) {
  if (best.size() == hits) {
    if (!Better(found, best.front())) return;
    std::pop_heap(best.begin(), best.end(), Better);
    best.back() = found;
  } else {
    best.push_back(found);
  }
  std::push_heap(best.begin(), best.end(), Better);
}

float Dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  for (std::size_t i = 0; i < a.size(); i += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) sums[j] += a[i + j] * b[i + j];
  }
  return std::accumulate(std::begin(sums), std::end(sums), 0.0F);
}

}  // namespace

struct ClipSource::Part {
  RowId first = 0;  ///< Rows that this thread draws.
  RowId end = 0;
  bool fresh = false;  ///< Not judged before.
  EncodedRows rows;
  std::vector<std::vector<Neighbour>> best;
};

ClipSource::ClipSource(std::size_t dimension, std::size_t sentences, std::size_t judged,
                       const std::string& raw_path)
    : dimension_(dimension),
      space_(dimension, kClusters, kSeed),
      sentences_(space_.Sentences(sentences)),
      samples_(space_.Sentences(256)),
      judged_(judged),
      best_(judged) {
  if (raw_path.empty()) return;
  raw_ = UniqueFd(open(raw_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!raw_) {
    std::perror(raw_path.c_str());
    std::exit(1);
  }
}

Result<EncodedRows> ClipSource::Read(RowId first, RowId end) {
  if (end == first + 1 && first == last_row_ && last_.rows() == 1) return last_;
  const std::size_t threads = std::clamp(std::thread::hardware_concurrency(), 1u, 16u);
  std::vector<Part> parts(threads);
  std::vector<std::thread> drawing;
  const RowId streams = (end - 1) / kStreamRows - first / kStreamRows + 1;
  for (std::size_t t = 0; t < threads; ++t) {
    const auto border = [&](std::size_t share) {
      const auto stream = first / kStreamRows + static_cast<RowId>(streams * share / threads);
      return std::clamp(stream * kStreamRows, first, end);
    };
    parts[t].first = border(t);
    parts[t].end = t + 1 == threads ? end : border(t + 1);
    parts[t].fresh = first == judged_rows_;
    parts[t].best.resize(judged_);
    drawing.emplace_back([this, &part = parts[t]] { DrawPart(part); });
  }
  for (std::thread& thread : drawing) thread.join();
  EncodedRows all;
  all.dimension = dimension_;
  for (Part& part : parts) {
    all.Append(part.rows, 0, part.rows.rows());
    for (std::size_t q = 0; q < judged_; ++q) {
      for (const Neighbour& found : part.best[q]) Keep(best_[q], kHits, found);
    }
  }
  if (first == judged_rows_) judged_rows_ = end;
  if (end == first + 1) {
    last_ = all;
    last_row_ = first;
  }
  return all;
}

void ClipSource::DrawPart(Part& part) {
  part.rows.dimension = dimension_;
  Matrix stream(kStreamRows, dimension_);
  for (RowId start = part.first / kStreamRows * kStreamRows; start < part.end; start += kStreamRows) {
    space_.DrawPictures(start / kStreamRows, stream.values());
    const RowId from = std::max(start, part.first);
    const RowId to = std::min(start + kStreamRows, part.end);
    Matrix wanted(to - from, dimension_);
    std::copy_n(stream.row(from - start).begin(), wanted.values().size(), wanted.values().begin());
    part.rows.Append(Encode(wanted), 0, wanted.rows());
    if (!part.fresh) continue;
    for (RowId row = from; row < to; ++row) Judge(row, wanted.row(row - from), part.best);
    if (raw_) {
      const auto offset = static_cast<off_t>(from * dimension_ * sizeof(float));
      const std::size_t bytes = wanted.values().size_bytes();
      if (pwrite(raw_.get(), wanted.values().data(), bytes, offset) != static_cast<ssize_t>(bytes)) {
        std::perror("raw pictures");
        std::exit(1);
      }
    }
  }
}

void ClipSource::Judge(RowId row, std::span<const float> picture,
                       std::vector<std::vector<Neighbour>>& best) const {
  for (std::size_t q = 0; q < judged_; ++q) {
    Keep(best[q], kHits, {row, Dot(sentences_.row(q), picture)});
  }
}

std::vector<std::vector<Neighbour>> ClipSource::Truth() const {
  std::vector<std::vector<Neighbour>> truth = best_;
  for (std::vector<Neighbour>& best : truth) std::sort(best.begin(), best.end(), Better);
  return truth;
}

}  // namespace vitrine
