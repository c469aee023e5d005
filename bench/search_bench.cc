// How fast the exact index answers, and how right: sentences against pictures of a made-up space
// (clip_like.h).
//
// usage: search_bench ROWS DIMENSION [ROUNDS [FOLDER]]
//
// Runs ROUNDS rounds (default 5) of single queries and of a batch, each round beside a measurement of what
// the memory delivers, and prints one JSON object. With FOLDER it writes the vectors there (pictures.f32,
// sentences.f32: raw float32) and waits for a line on standard input before each round, so that
// search_peers.py can run others in between.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "index/exact_scan.h"
#include "index/quantise.h"
#include "streaming.h"
#include "support/clip_like.h"

namespace vitrine {
namespace {

constexpr std::uint32_t kSeed = 20261122;
constexpr std::size_t kClusters = 2000;
constexpr std::size_t kSingles = 50;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kJudged = 100;
constexpr std::size_t kHits = 10;

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// The share of the ten returned that are among the ten of the largest float dot products.
double RecallOf(const VectorIndex& index, const Matrix& pictures, const Matrix& sentences) {
  std::size_t right = 0;
  std::vector<float> scores(pictures.rows());
  for (std::size_t q = 0; q < kJudged; ++q) {
    const std::span<const float> query = sentences.row(q);
    for (std::size_t r = 0; r < scores.size(); ++r) {
      const std::span<const float> row = pictures.row(r);
      float sums[8] = {};
      for (std::size_t i = 0; i < row.size(); ++i) sums[i % 8] += query[i] * row[i];
      scores[r] = std::accumulate(std::begin(sums), std::end(sums), 0.0F);
    }
    std::vector<float> sorted = scores;
    std::nth_element(sorted.begin(), sorted.begin() + (kHits - 1), sorted.end(), std::greater<>());
    const auto found = index.Search(query, kHits, nullptr);
    for (const Neighbour& hit : (*found)[0]) right += scores[hit.row] >= sorted[kHits - 1] ? 1U : 0U;
  }
  return static_cast<double>(right) / (kHits * kJudged);
}

void WriteRaw(const std::string& path, const Matrix& matrix) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(matrix.values().data()),
             static_cast<std::streamsize>(matrix.values().size_bytes()));
}

std::string Processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

/// Times of all rounds.
struct Times {
  std::vector<double> single_ms;
  std::vector<double> batch_ms_per_query;
  std::vector<double> filtered_ms;  ///< One query with a tenth of the rows allowed.
  std::vector<double> stream_gb_s;
};

void RunRound(const VectorIndex& index, const Matrix& sentences, const RowSet& tenth, Times& times) {
  times.stream_gb_s.push_back(StreamingGigabytesPerSecond());
  for (std::size_t q = 0; q < kSingles; ++q) {
    times.single_ms.push_back(MillisecondsOf([&] { (void)index.Search(sentences.row(q), kHits, nullptr); }));
    times.filtered_ms.push_back(MillisecondsOf([&] { (void)index.Search(sentences.row(q), kHits, &tenth); }));
  }
  const auto batch = sentences.values().first(kBatch * sentences.columns());
  for (int i = 0; i < 3; ++i) {
    const double ms = MillisecondsOf([&] { (void)index.Search(batch, kHits, nullptr); });
    times.batch_ms_per_query.push_back(ms / kBatch);
  }
}

void Print(const Matrix& pictures, double encode_us, double recall, const Times& times) {
  const double bytes = static_cast<double>(pictures.rows()) *
                       static_cast<double>(StrideOf(pictures.columns()) + sizeof(float));
  const double p50 = Quantile(times.single_ms, 0.5);
  const double stream = Quantile(times.stream_gb_s, 0.5);
  std::printf(
      "{\"rows\":%zu,\"dimension\":%zu,\"seed\":%u,\"kernel\":\"%s\",\"cpu\":\"%s\",\"cores\":%u,"
      "\"encode_us_per_vector\":%.2f,\"single_p50_ms\":%.3f,\"single_p95_ms\":%.3f,"
      "\"batch32_ms_per_query\":%.3f,\"tenth_allowed_p50_ms\":%.3f,\"recall_at_10\":%.4f,"
      "\"bytes_touched\":%.0f,\"scan_gb_s\":%.2f,\"stream_gb_s\":%.2f,\"of_streaming\":%.3f}\n",
      pictures.rows(), pictures.columns(), kSeed, std::string(KernelName()).c_str(), Processor().c_str(),
      std::thread::hardware_concurrency(), encode_us, p50, Quantile(times.single_ms, 0.95),
      Quantile(times.batch_ms_per_query, 0.5), Quantile(times.filtered_ms, 0.5), recall, bytes,
      bytes / p50 / 1e6, stream, bytes / p50 / 1e6 / stream);
}

int Run(std::size_t rows, std::size_t dimension, int rounds, const std::string& folder) {
  ClipLike space(dimension, kClusters, kSeed);
  const Matrix pictures = space.Pictures(rows);
  const Matrix sentences = space.Sentences(kJudged);
  EncodedRows encoded;
  const double encode_ms = MillisecondsOf([&] { encoded = Encode(pictures); });
  const auto index = IndexInMemory(encoded);
  RowSet tenth(rows);
  for (std::size_t i = 0; i < rows; i += 10) tenth.Insert(i);
  const double recall = RecallOf(*index, pictures, sentences);
  if (!folder.empty()) {
    WriteRaw(folder + "/pictures.f32", pictures);
    WriteRaw(folder + "/sentences.f32", sentences);
    std::printf("ready\n");
    std::fflush(stdout);
  }
  Times times;
  std::string line;
  for (int round = 0; round < rounds; ++round) {
    if (!folder.empty() && !std::getline(std::cin, line)) return 1;
    RunRound(*index, sentences, tenth, times);
    if (!folder.empty()) std::printf("done\n");
    std::fflush(stdout);
  }
  Print(pictures, encode_ms * 1000 / static_cast<double>(rows), recall, times);
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    std::fprintf(stderr, "usage: search_bench ROWS DIMENSION [ROUNDS [FOLDER]]\n");
    return 2;
  }
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  return vitrine::Run(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10), rounds,
                      argc > 4 ? argv[4] : "");
}
