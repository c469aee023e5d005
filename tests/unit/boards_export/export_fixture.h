// A board with something of everything, and the short way to export it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "boards/export/export.h"
#include "support/made_pictures.h"
#include "support/temp_folder.h"

namespace vitrine::testing {

inline BoardItem PictureItem(const std::string& id, const std::string& content, double x, double y,
                             double width, double height) {
  return {.id = id,
          .kind = ItemKind::kPicture,
          .x = x,
          .y = y,
          .width = width,
          .height = height,
          .content = content};
}

inline std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline bool HasProgram(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

class ExportFixture : public ::testing::Test {
 protected:
  ExportFixture() {
    first_ =
        source_.AddJpeg("Garden.jpg", 800, 600,
                        {.place = true, .serial = true, .artist = "Ada Painter", .copyright = "(c) Ada"}, 1);
    second_ = source_.AddJpeg("Portrait.jpg", 600, 900, {}, 2);
    board_.name = "Kitchen";
    board_.created = "2026-11-25T09:30:00Z";
    board_.changed = "2026-11-25T09:31:00Z";
    board_.items = {PictureItem("p1", first_, 0, 0, 400, 300), PictureItem("p2", second_, 430, 0, 200, 300)};
    board_.items[1].text = "A caption";
    board_.items[1].z = 1;
    board_.items.push_back({.id = "n1",
                            .kind = ItemKind::kNote,
                            .x = 0,
                            .y = 360,
                            .width = 240,
                            .height = 80,
                            .z = 2,
                            .text = "Tiles <in> green & white",
                            .font_px = 20});
    board_.items.push_back(
        {.id = "a1", .kind = ItemKind::kArrow, .x = 260, .y = 420, .width = 140, .height = -60, .z = 3});
    board_.items.push_back({.id = "f1",
                            .kind = ItemKind::kFrame,
                            .x = -20,
                            .y = -20,
                            .width = 680,
                            .height = 500,
                            .z = -1,
                            .text = "Ideas",
                            .font_px = 28});
  }

  Result<BoardExportReport> Export(const ExportRequest& request) {
    return ExportBoard(board_, source_, request, File(), nullptr, stop_);
  }
  std::string File() const { return folder_.File("out"); }

  TempFolder folder_;
  MadePictures source_;
  std::string first_, second_;
  Board board_;
  StopSignal stop_;
};

}  // namespace vitrine::testing
