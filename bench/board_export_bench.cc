// What the largest PNG of a board costs: 16,384 px with 200 pictures, time and peak memory of this process,
// the pictures' own pixels (painted here, up to 24 megapixels each) included. Prints JSON.
//
//   board_export_bench [PICTURES] [EDGE_PX] [FILE]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "boards/export/export.h"
#include "must.h"
#include "support/made_pictures.h"

namespace {

using vitrine::Board;
using vitrine::BoardItem;

double PeakMegabytes() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

// Painted pictures with noise in their low bits, so that they pack about as photographs do.
class NoisyPictures : public vitrine::testing::MadePictures {
 public:
  vitrine::Result<vitrine::RgbImage> Pixels(const std::string& content, std::int32_t min_edge_px) override {
    auto image = MadePictures::Pixels(content, min_edge_px);
    if (!image) return image;
    std::uint32_t state = 20'261'125;
    for (std::uint8_t& byte : image->pixels) {
      state = state * 1'664'525 + 1'013'904'223;
      byte = static_cast<std::uint8_t>(byte ^ ((state >> 24) & 15));
    }
    return image;
  }
};

// Rows of pictures of 6000 x 4000 px, touching, every seventh turned.
Board MakeBoard(vitrine::testing::MadePictures& source, int pictures) {
  Board board{.name = "bench"};
  const int columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(pictures))));
  for (int i = 0; i < pictures; ++i) {
    const std::string content = source.Add("picture " + std::to_string(i),
                                           {.name = std::to_string(i) + ".jpg",
                                            .width_px = 6000,
                                            .height_px = 4000,
                                            .format = "jpeg",
                                            .available = true},
                                           i);
    BoardItem item{.id = "p" + std::to_string(i),
                   .x = 310.0 * (i % columns),
                   .y = 210.0 * (i / columns),
                   .width = 300,
                   .height = 200,
                   .content = content};
    if (i % 7 == 3) item.rotation_deg = 8;
    board.items.push_back(std::move(item));
  }
  return board;
}

}  // namespace

int main(int count, char** words) {
  const int pictures = count > 1 ? std::atoi(words[1]) : 200;
  const int edge_px = count > 2 ? std::atoi(words[2]) : 16'384;
  const std::string file = count > 3 ? words[3] : "board_export_bench.png";
  NoisyPictures source;
  const Board board = MakeBoard(source, pictures);
  const double before = PeakMegabytes();
  const vitrine::StopSignal stop;
  const auto start = std::chrono::steady_clock::now();
  const auto report = vitrine::Must(vitrine::ExportBoard(
      board, source, {.format = vitrine::ExportFormat::kPng, .edge_px = edge_px}, file, nullptr, stop));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\n  \"bench\": \"board_export\", \"cpu\": \"%s\", \"pictures\": %d, \"edge_px\": %d,\n  \"seconds\": "
      "%.1f, \"bytes\": %llu, \"peak_mb\": %.0f, \"peak_before_mb\": %.0f\n}\n",
      vitrine::Processor().c_str(), pictures, edge_px, took.count(),
      static_cast<unsigned long long>(report.bytes), PeakMegabytes(), before);
  std::remove(file.c_str());
  return 0;
}
