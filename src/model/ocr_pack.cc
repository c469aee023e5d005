#include "model/ocr_pack.h"

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr char kRemedy[] =
    "; copy the OCR pack again from where it came, or take its folder away to do without";
constexpr std::uint64_t kMaxCharacters = 1 << 20;

OcrGraph ReadGraph(const Fields& fields) {
  OcrGraph graph;
  graph.file = fields.Tower();
  graph.input = fields.Text("input", 1, 128);
  graph.output = fields.Text("output", 1, 128);
  graph.is_bgr = fields.Choice<bool>("channels", {{"rgb", false}, {"bgr", true}});
  graph.mean = fields.Colour("mean");
  graph.deviation = fields.Colour("std");
  for (const float deviation : graph.deviation) {
    if (!(deviation >= 1e-3F)) fields.Fail("std", "must hold numbers of at least 0.001");
  }
  return graph;
}

std::int32_t Pixels(const Fields& fields, const char* key, std::uint64_t min, std::uint64_t max) {
  return static_cast<std::int32_t>(fields.Integer(key, min, max));
}

float Share(const Fields& fields, const char* key) { return static_cast<float>(fields.Number(key, 0, 1)); }

DetectorSpec ReadDetector(const Fields& fields) {
  DetectorSpec spec;
  spec.graph = ReadGraph(fields);
  spec.long_px = Pixels(fields, "long_px", 64, 4096);
  spec.short_px = Pixels(fields, "short_px", 0, 4096);
  spec.multiple_px = Pixels(fields, "multiple_px", 1, 64);
  spec.boxes.ink = Share(fields, "ink");
  spec.boxes.score = Share(fields, "score");
  spec.boxes.unclip = static_cast<float>(fields.Number("unclip", 0, 10));
  spec.boxes.max_boxes = fields.Integer("max_boxes", 1, 10'000);
  return spec;
}

RecogniserSpec ReadRecogniser(const Fields& fields) {
  RecogniserSpec spec;
  spec.graph = ReadGraph(fields);
  spec.height_px = Pixels(fields, "height_px", 8, 256);
  spec.min_width_px = Pixels(fields, "min_width_px", 8, 8192);
  spec.max_width_px = Pixels(fields, "max_width_px", 8, 8192);
  spec.characters = fields.Object("characters").File(kMaxCharacters);
  spec.min_confidence = Share(fields, "min_confidence");
  if (spec.min_width_px > spec.max_width_px) fields.Fail("min_width_px", "is more than max_width_px");
  return spec;
}

OcrSelfTest ReadSelfTest(const Fields& fields) {
  OcrSelfTest test;
  test.width_px = Pixels(fields, "width", 1, 1024);
  test.height_px = Pixels(fields, "height", 1, 1024);
  test.picture = fields.File(std::uint64_t{3} * static_cast<std::uint32_t>(test.width_px) *
                             static_cast<std::uint32_t>(test.height_px));
  test.picture.exact_size = true;
  test.text = fields.Text("text", 1, 1024);
  return test;
}

}  // namespace

Result<OcrPack> OcrPack::Load(const std::string& folder) {
  OcrPack pack;
  pack.place = {folder, "ocr.json", kRemedy};
  VITRINE_TRY_ASSIGN(const PackDescription description, PackDescription::Load(pack.place));
  const Fields root = description.root();
  pack.name = root.Text("name", 1, 64);
  pack.version = root.Text("version", 1, 64);
  pack.licence = root.Text("licence", 1, 4096);
  pack.origin = root.Text("origin", 1, 4096);
  pack.languages = root.Text("languages", 1, 4096);
  pack.picture_px = Pixels(root, "picture_px", 64, 4096);
  pack.detector = ReadDetector(root.Object("detector"));
  pack.recogniser = ReadRecogniser(root.Object("recogniser"));
  pack.self_test = ReadSelfTest(root.Object("self_test"));
  VITRINE_TRY(description.Verdict());
  return pack;
}

Result<std::vector<std::string>> ReadCharacters(const OcrPack& pack) {
  const PackFile& file = pack.recogniser.characters;
  VITRINE_TRY_ASSIGN(const std::string text, pack.place.Read(file));
  if (!IsUtf8(text)) return pack.place.Wrong(file.name, "is not UTF-8");
  std::vector<std::string> characters;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end == start) return pack.place.Wrong(file.name, "has an empty line");
    characters.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  if (characters.empty()) return pack.place.Wrong(file.name, "holds no characters");
  return characters;
}

}  // namespace vitrine
