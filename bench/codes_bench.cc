// How the scan of one bit a number grows with the rows: up to a hundred million codes, beside what the memory
// delivers.
//
// usage: codes_bench DIMENSION ROWS...
//
// The codes are random bits: what is timed is the first half of a search, the estimates for all entries and
// the best 1,000 of them, whose cost does not depend on what the bits say. Prints one JSON object a line.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <vector>

#include "index/inverted_lists.h"
#include "index/inverted_scan.h"
#include "index/quantise.h"
#include "streaming.h"

namespace vitrine {
namespace {

constexpr std::size_t kKept = 1000;
constexpr std::size_t kQueries = 20;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kLaps = 3;

/// One block of random signs, the same factors for all.
void Fill(const SignLayout& layout, std::byte* block, std::size_t number, std::mt19937_64& random) {
  auto* words = reinterpret_cast<std::uint64_t*>(block);
  for (std::size_t i = 0; i < kSignRows * layout.words(); ++i) words[i] = random();
  auto* factors = const_cast<float*>(layout.Factors(block));
  auto* anchors = const_cast<float*>(layout.Anchors(block));
  auto* rows = const_cast<RowId*>(layout.Rows(block));
  for (std::size_t lane = 0; lane < kSignRows; ++lane) {
    factors[lane] = 0.05F;
    anchors[lane] = 0;
    rows[lane] = static_cast<RowId>(number * kSignRows + lane);
  }
}

std::shared_ptr<std::byte[]> RandomBlocks(const SignLayout& layout, std::size_t blocks) {
  const std::shared_ptr<std::byte[]> memory(new (std::align_val_t(64))
                                                std::byte[blocks * layout.block_bytes()],
                                            [](std::byte* p) { operator delete[](p, std::align_val_t(64)); });
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> filling;
  for (std::size_t t = 0; t < threads; ++t) {
    filling.emplace_back([&, t] {
      std::mt19937_64 random(t + 1);
      for (std::size_t i = t; i < blocks; i += threads)
        Fill(layout, memory.get() + i * layout.block_bytes(), i, random);
    });
  }
  for (std::thread& thread : filling) thread.join();
  return memory;
}

std::vector<float> RandomQueries(std::size_t count, std::size_t dimension) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 1 / std::sqrt(static_cast<float>(dimension)));
  std::vector<float> queries(count * dimension);
  for (float& x : queries) x = normal(random);
  return queries;
}

InvertedLists OneList(std::size_t dimension, std::size_t rows, const SignLayout& layout) {
  InvertedLists lists;
  const std::size_t blocks = BlocksFor(rows);
  lists.dimension = dimension;
  lists.covered = static_cast<RowId>(rows);
  lists.anchor = RandomQueries(1, dimension);
  lists.centroids = {.dimension = dimension,
                     .stride = StrideOf(dimension),
                     .codes = std::vector<std::int8_t>(StrideOf(dimension), 1),
                     .scales = {0.01F}};
  lists.counts = {static_cast<std::uint32_t>(rows)};
  lists.first_block = {0, blocks};
  const auto memory = RandomBlocks(layout, blocks);
  lists.blocks = memory.get();
  lists.owner = memory;
  return lists;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Measure(std::size_t dimension, std::size_t rows) {
  const SignLayout layout(dimension);
  const InvertedLists lists = OneList(dimension, rows, layout);
  ScanPool pool(std::clamp(std::thread::hardware_concurrency(), 1u, 8u) - 1);
  const ScanPlan plan{.keep = kKept};
  const std::vector<float> queries = RandomQueries(kBatch, dimension);
  std::vector<double> single;
  std::vector<double> batch;
  std::vector<double> stream;
  const auto time = [&](std::span<const float> asked) {
    const auto encoded = EncodeQueries(asked, dimension);
    return MillisecondsOf([&] { (void)ScanLists(lists, *encoded, plan, BestSignKernel(), pool); });
  };
  (void)time(std::span(queries).first(dimension));
  for (std::size_t lap = 0; lap < kLaps; ++lap) {
    stream.push_back(StreamingGigabytesPerSecond());
    for (std::size_t q = 0; q < kQueries; ++q)
      single.push_back(time(std::span(queries).subspan(q * dimension, dimension)));
    batch.push_back(time(queries) / kBatch);
  }
  const auto bytes = static_cast<double>(lists.block_count() * layout.block_bytes());
  const nlohmann::json result = {{"rows", rows},
                                 {"dimension", dimension},
                                 {"kernel", BestSignKernel().name},
                                 {"bytes", bytes},
                                 {"p50_ms", Median(single)},
                                 {"batch32_ms_per_query", Median(batch)},
                                 {"stream_gb_s", Median(stream)},
                                 {"of_streaming", bytes / Median(single) / 1e6 / Median(stream)}};
  std::printf("%s\n", result.dump().c_str());
  std::fflush(stdout);
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: codes_bench DIMENSION ROWS...\n");
    return 2;
  }
  for (int i = 2; i < argc; ++i)
    vitrine::Measure(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[i], nullptr, 10));
  return 0;
}
