// PNG, contact sheet, credits and JSON.
#include <cairo.h>

#include <array>
#include <filesystem>

#include "boards/board_json.h"
#include "boards/export/scene.h"
#include "export_fixture.h"

namespace vitrine::testing {
namespace {

struct Seen {
  int red, green, blue;
};

class Drawn {
 public:
  explicit Drawn(const std::string& path) : surface_(cairo_image_surface_create_from_png(path.c_str())) {}
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;
  ~Drawn() { cairo_surface_destroy(surface_); }
  bool valid() const { return cairo_surface_status(surface_) == CAIRO_STATUS_SUCCESS; }
  int width() const { return cairo_image_surface_get_width(surface_); }
  int height() const { return cairo_image_surface_get_height(surface_); }
  Seen At(double x, double y) const {
    const unsigned char* pixel = cairo_image_surface_get_data(surface_) +
                                 static_cast<int>(y) * cairo_image_surface_get_stride(surface_) +
                                 static_cast<int>(x) * 4;
    return {pixel[2], pixel[1], pixel[0]};
  }

 private:
  cairo_surface_t* surface_;
};

std::string NameOfColour(const Seen& seen) {
  const bool red = seen.red > 110, green = seen.green > 110, blue = seen.blue > 110;
  if (red && green && blue) return "light";
  if (red && green) return "yellow";
  return red ? "red" : green ? "green" : blue ? "blue" : "dark";
}

class Png : public ExportFixture {
 protected:
  // The colours of the quarters of p1, in reading order, after a change to it.
  std::string Quarters(const BoardItem& item, std::int32_t edge_px = 1000) {
    board_.items = {item};
    const auto report = Export({.format = ExportFormat::kPng, .edge_px = edge_px});
    EXPECT_TRUE(report);
    const Drawn drawn(File());
    const Rect sheet = SheetOf(board_);
    const double scale = edge_px / std::max(sheet.width(), sheet.height());
    const Point middle = MiddleOf(item);
    std::string all;
    for (const double dy : {-0.25, 0.25}) {
      for (const double dx : {-0.25, 0.25}) {
        all += NameOfColour(drawn.At((middle.x + dx * item.width - sheet.left) * scale,
                                     (middle.y + dy * item.height - sheet.top) * scale)) +
               " ";
      }
    }
    return all;
  }
};

TEST_F(Png, HasTheSizeThatWasAskedFor) {
  for (const std::int32_t edge : {16, 333, 2000}) {
    ASSERT_TRUE(Export({.format = ExportFormat::kPng, .edge_px = edge}));
    const Drawn drawn(File());
    ASSERT_TRUE(drawn.valid());
    EXPECT_EQ(std::max(drawn.width(), drawn.height()), edge);
  }
  EXPECT_EQ(Export({.format = ExportFormat::kPng, .edge_px = 15}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(Export({.format = ExportFormat::kPng, .edge_px = 16'385}).error().code(), Code::kInvalidArgument);
}

TEST_F(Png, ShowsPicturesAsTheyLie) {
  BoardItem item = PictureItem("p", first_, 10, 20, 400, 300);
  EXPECT_EQ(Quarters(item), "red green blue yellow ");
  item.flip_x = true;
  EXPECT_EQ(Quarters(item), "green red yellow blue ");
  item.flip_x = false;
  item.flip_y = true;
  EXPECT_EQ(Quarters(item), "blue yellow red green ");
  item.flip_y = false;
  item.rotation_deg = 180;
  EXPECT_EQ(Quarters(item), "yellow blue green red ");
  item.rotation_deg = 0;
  item.crop = {.left = 0.5, .top = 0, .right = 1, .bottom = 0.5};
  EXPECT_EQ(Quarters(item), "green green green green ");
  item.crop = {.left = 0.25, .top = 0.25, .right = 0.75, .bottom = 0.75};
  item.flip_x = true;
  EXPECT_EQ(Quarters(item), "green red yellow blue ");
}

TEST_F(Png, BandsMeetWithoutASeam) {
  BoardItem item = PictureItem("p", second_, 0, 0, 600, 900);
  item.rotation_deg = 7;
  EXPECT_EQ(Quarters(item, 6000), "red green blue yellow ");
  const Drawn drawn(File());
  // Down through the red quarter: one colour, whatever the band.
  const Rect sheet = SheetOf(board_);
  const double scale = 6000 / std::max(sheet.width(), sheet.height());
  for (double y = 150; y < 400; y += 0.5) {
    const Seen seen = drawn.At((200 - sheet.left) * scale, (y - sheet.top) * scale);
    ASSERT_NEAR(seen.red, 202, 3) << y;
    ASSERT_NEAR(seen.green, 20, 3) << y;
  }
}

TEST_F(Png, GreyAndOpacityAreKept) {
  BoardItem item = PictureItem("p", first_, 0, 0, 400, 300);
  item.grey = true;
  Quarters(item);
  const Drawn grey(File());
  const Seen seen = grey.At(grey.width() * 0.25, grey.height() * 0.25);
  EXPECT_EQ(seen.red, seen.green);
  EXPECT_EQ(seen.red, seen.blue);
  item.grey = false;
  item.opacity = 0.5;
  Quarters(item);
  const Drawn faint(File());
  // Half of red (201, 20, 20) and of the sheet (246, 245, 243).
  EXPECT_NEAR(faint.At(faint.width() * 0.25, faint.height() * 0.25).green, 132, 4);
}

TEST_F(Png, AsksForNoMorePixelsThanItShows) {
  board_.items = {PictureItem("p", first_, 0, 0, 400, 300), PictureItem("q", second_, 1000, 0, 200, 300)};
  ASSERT_TRUE(Export({.format = ExportFormat::kPng, .edge_px = 300}));
  EXPECT_LE(source_.largest_edge(), 80);
}

TEST_F(Png, MissingPicturesLeaveAPlaceAndANote) {
  source_.At(first_).known.available = false;
  board_.items.push_back(PictureItem("p9", std::string(64, 'a'), 700, 0, 200, 200));
  const auto report = Export({.format = ExportFormat::kPng, .edge_px = 900});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->notes.size(), 1u);
  EXPECT_NE(report->notes[0].find("2 pictures' files were not there"), std::string::npos) << report->notes[0];
  EXPECT_NE(report->notes[0].find("Garden.jpg"), std::string::npos);
}

TEST_F(Png, StoppedLeavesNothing) {
  stop_.Request();
  const auto report = Export({.format = ExportFormat::kPng});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->stopped);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Png, AnEmptyBoardHasNothingToDraw) {
  board_.items.clear();
  EXPECT_EQ(Export({.format = ExportFormat::kPng}).error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(Export({.format = ExportFormat::kJson}));
}

TEST_F(Png, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(ExportBoard(board_, source_, {.format = ExportFormat::kPng}, folder_.File("no/such.png"),
                           nullptr, stop_));
}

TEST_F(ExportFixture, CreditsNameCreators) {
  source_.At(first_).known.facts.camera = "FUJIFILM X-T5";
  source_.At(first_).known.facts.taken_at = "2024-06-01T17:03:22";
  ASSERT_TRUE(Export({.format = ExportFormat::kCredits}));
  const std::string text = Slurp(File());
  for (const char* words : {"Garden.jpg", "Creator: Ada Painter", "Copyright: (c) Ada",
                            "Taken: 2024-06-01T17:03:22", "Camera: FUJIFILM X-T5", "Portrait.jpg"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST_F(ExportFixture, JsonReadsBack) {
  ASSERT_TRUE(Export({.format = ExportFormat::kJson}));
  const auto read = ReadBoardFile(File(), folder_.path(), nullptr, stop_);
  ASSERT_TRUE(read);
  EXPECT_EQ(BoardFileToJson({.board = read->board}), BoardFileToJson({.board = board_}));
}

TEST_F(ExportFixture, ContactSheetHasAPageForEachTwelve) {
  for (int i = 0; i < 12; ++i) {
    board_.items.push_back(PictureItem(
        "x" + std::to_string(i), source_.AddJpeg("IMG_" + std::to_string(i) + ".jpg", 60, 40, {}, 10 + i),
        100.0 * i, 900, 90, 60));
  }
  ASSERT_TRUE(Export({.format = ExportFormat::kContactSheet}));
  if (!HasProgram("pdftotext")) GTEST_SKIP() << "pdftotext is not installed";
  ASSERT_EQ(std::system(("pdftotext " + File() + " " + File() + ".txt").c_str()), 0);
  const std::string text = Slurp(File() + ".txt");
  for (const char* words :
       {"Kitchen", "14 pictures", "page 1 of 2", "page 2 of 2", "IMG_11.jpg", "Garden.jpg", "A caption"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words;
  }
}

}  // namespace
}  // namespace vitrine::testing
