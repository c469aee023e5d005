// What the tests of the inverted index share: a made-up space of pictures and sentences, and a judge.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/exact_scan.h"
#include "index/inverted_index.h"
#include "index/quantise.h"
#include "index/row_table.h"
#include "index_testing.h"
#include "support/clip_like.h"

namespace vitrine {

/// Pictures as a table, with sentences to calibrate by and others to ask.
struct Space {
  std::shared_ptr<const RowTable> table;
  Matrix samples;
  Matrix queries;

  Space(std::size_t dimension, std::size_t rows, std::uint32_t seed) {
    ClipLike space(dimension, 100, seed);
    table = TableInMemory(Encode(space.Pictures(rows)));
    samples = space.Sentences(64);
    queries = space.Sentences(64);
  }

  InvertedOptions Options(std::size_t lists, double recall) const {
    InvertedOptions options{.lists = lists, .recall = recall, .threads = 2};
    options.sample_queries.assign(samples.values().begin(), samples.values().end());
    return options;
  }
};

inline std::unique_ptr<InvertedIndex> MustBuild(const std::shared_ptr<const RowTable>& table,
                                                const RowSet* live, const InvertedOptions& options) {
  auto index = BuildInverted(table, live, options);
  EXPECT_TRUE(index) << (index ? "" : index.error().message());
  return *std::move(index);
}

/// True when lists hold no row twice, no row outside `allowed`, come in order, have the scores of the exact
/// scan for their rows, and are as long as k and the allowed rows let them be.
inline testing::AssertionResult SoundAnswers(const VectorIndex& index, const RowTable& table,
                                             std::span<const float> queries, std::size_t k,
                                             const RowSet* allowed) {
  // The table outlives this call.
  const std::shared_ptr<const RowTable> borrowed(std::shared_ptr<const void>(), &table);
  const auto all = ExactScan(borrowed).Search(queries, table.row_count() + std::size_t{1}, allowed);
  const auto found = index.Search(queries, k, allowed);
  if (!found) return testing::AssertionFailure() << found.error().message();
  for (std::size_t q = 0; q < found->size(); ++q) {
    const std::vector<Neighbour>& hits = (*found)[q];
    std::vector<float> scores(table.row_count());
    std::vector<bool> present(table.row_count());
    for (const Neighbour& hit : (*all)[q]) {
      scores[hit.row] = hit.score;
      present[hit.row] = true;
    }
    if (hits.size() != std::min(k, (*all)[q].size())) {
      return testing::AssertionFailure()
             << "query " << q << ": " << hits.size() << " hits of " << std::min(k, (*all)[q].size());
    }
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (!present[hits[i].row])
        return testing::AssertionFailure() << "row " << hits[i].row << " is not allowed";
      present[hits[i].row] = false;  // Not twice.
      if (hits[i].score != scores[hits[i].row]) return testing::AssertionFailure() << "a score is not exact";
      if (i > 0 && !(hits[i - 1].score > hits[i].score ||
                     (hits[i - 1].score == hits[i].score && hits[i - 1].row < hits[i].row))) {
        return testing::AssertionFailure() << "hit " << i << " is out of order";
      }
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace vitrine
