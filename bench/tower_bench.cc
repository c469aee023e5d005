// One image tower of a pack, timed whenever it is told to, so that a script can take turns with its peers.
//
//   tower_bench PACK PRECISION PROVIDER THREADS SQUARES
//
// PRECISION is fp32, bf16, fp16, int8 or int4, PROVIDER "cpu" or "openvino". SQUARES holds raw RGB8 squares
// of the tower's edge, one behind the other. Reads lines: "time" prints the seconds in which all of them
// became vectors, preprocessing included; "vectors" prints them, one JSON array a line, and an empty line.
// The first line it prints itself: {"open_s", "self_test_cosine", "provider"}.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "model/image_tower.h"
#include "model/pack.h"
#include "must.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMaxSquares = 1 << 30;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<RgbImage> ReadSquares(const std::string& path, std::int32_t edge_px) {
  const std::string bytes = Must(ReadFile(path, kMaxSquares));
  const std::size_t size =
      std::size_t{3} * static_cast<std::size_t>(edge_px) * static_cast<std::size_t>(edge_px);
  std::vector<RgbImage> squares;
  for (std::size_t start = 0; start + size <= bytes.size(); start += size) {
    const std::string_view one = std::string_view(bytes).substr(start, size);
    squares.push_back({edge_px, edge_px, {one.begin(), one.end()}});
  }
  return squares;
}

Precision Parse(const std::string& name) {
  return name == "bf16" ? Precision::kBf16 : ParsePrecision(name).value_or(Precision::kAuto);
}

void PrintVectors(const ImageTower& tower, std::span<const RgbImage> squares) {
  const Matrix vectors = Must(tower.Embed(squares));
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const auto row = vectors.row(i);
    std::printf("%s\n", nlohmann::json(std::vector<float>(row.begin(), row.end())).dump().c_str());
  }
  std::printf("\n");
}

void Serve(std::span<char*> words) {
  ModelPack pack = Must(ModelPack::Load(words[0]));
  const Precision precision = Parse(words[1]);
  const SessionSettings settings = {
      .provider = std::string(words[2]) == "openvino" ? Provider::kOpenVino : Provider::kCpu,
      .threads = std::stoi(words[3]),
      .bf16 = precision == Precision::kBf16};
  Must(pack.Choose({.precision = precision}));
  const Clock::time_point start = Clock::now();
  const ImageTower tower = Must(ImageTower::Load(pack, settings));
  const double open_s = SecondsSince(start);
  const std::vector<RgbImage> squares = ReadSquares(words[4], pack.image().preprocessing.edge_px);
  std::printf(R"({"open_s": %.3f, "self_test_cosine": %.5f, "provider": "%s"})"
              "\n",
              open_s, tower.self_test_cosine(), ProviderName(tower.provider()));
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line); std::fflush(stdout)) {
    if (line == "vectors") {
      PrintVectors(tower, squares);
      continue;
    }
    const Clock::time_point begin = Clock::now();
    Must(tower.Embed(squares));
    std::printf("%.6f\n", SecondsSince(begin));
  }
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: tower_bench PACK PRECISION PROVIDER THREADS SQUARES\n");
    return 2;
  }
  vitrine::Serve(std::span(argv, 6).subspan(1));
  return 0;
}
