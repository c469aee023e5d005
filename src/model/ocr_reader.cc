// A picture goes through the detector as a whole; each line that it finds is cut out and goes through the
// recogniser. A picture within the detector's size is not resampled for it, only filled up on the right and
// at the bottom to the multiple that the graph wants, with grey; the lines are cut from the picture as it
// came, which may be larger than what the detector saw.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/ocr_boxes.h"
#include "model/ocr_ctc.h"
#include "model/ocr_cut.h"
#include "model/ocr_pack.h"
#include "model/ort_session.h"
#include "model/text_reader.h"
#include "model/tower_checks.h"

namespace vitrine {
namespace {

// A graph with what must happen before it.
class OcrNet {
 public:
  static Result<OcrNet> Load(const OcrPack& pack, const OcrGraph& graph, std::span<const std::int64_t> input,
                             std::span<const std::int64_t> output, int threads) {
    VITRINE_TRY_ASSIGN(std::string bytes, pack.place.Read(graph.file));
    Result<std::unique_ptr<OrtSession>> session =
        OrtSession::Create(std::move(bytes), {.provider = Provider::kCpu, .threads = threads});
    if (!session) return pack.place.Wrong(graph.file.name, "cannot be used: " + session.error().message());
    OcrNet net;
    net.session_ = *std::move(session);
    net.graph_ = graph;
    Status checked = CheckTensor(net.session_->inputs(), graph.input, ElementType::kFloat32, input);
    if (checked) {
      checked = CheckTensor(net.session_->outputs(), graph.output, ElementType::kFloat32, output);
    }
    if (!checked) return pack.place.Wrong(graph.file.name, "cannot be used: " + checked.error().message());
    return net;
  }

  // Runs the graph on one picture, filled up with zeros to width_px x height_px.
  Result<FloatTensor> Run(const RgbImage& picture, std::int32_t width_px, std::int32_t height_px,
                          std::size_t dimensions) const {
    const auto width = static_cast<std::size_t>(width_px);
    const std::size_t plane = width * static_cast<std::size_t>(height_px);
    std::vector<float> tensor(3 * plane);
    const auto rows = static_cast<std::size_t>(std::min(picture.height_px, height_px));
    const auto columns = static_cast<std::size_t>(std::min(picture.width_px, width_px));
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const float scale = 1 / (255 * graph_.deviation[channel]);
      const float shift = graph_.mean[channel] / graph_.deviation[channel];
      const std::size_t source = graph_.is_bgr ? 2 - channel : channel;
      for (std::size_t y = 0; y < rows; ++y) {
        const std::uint8_t* from =
            &picture.pixels[3 * y * static_cast<std::size_t>(picture.width_px) + source];
        float* to = &tensor[channel * plane + y * width];
        for (std::size_t x = 0; x < columns; ++x) to[x] = static_cast<float>(from[3 * x]) * scale - shift;
      }
    }
    const TensorView view = {graph_.input.c_str(),
                             ElementType::kFloat32,
                             {1, 3, height_px, width_px},
                             std::as_bytes(std::span(tensor))};
    return session_->RunOpen({&view, 1}, graph_.output.c_str(), dimensions);
  }

 private:
  std::unique_ptr<OrtSession> session_;
  OcrGraph graph_;
};

std::int32_t RoundUp(std::int32_t value, std::int32_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

TurnedBox WholeOf(const RgbImage& picture) {
  const auto width = static_cast<float>(picture.width_px);
  const auto height = static_cast<float>(picture.height_px);
  return {width / 2, height / 2, width, height, 0};
}

bool HasAllPixels(const RgbImage& picture) {
  return picture.width_px >= 1 && picture.height_px >= 1 &&
         picture.pixels.size() ==
             static_cast<std::size_t>(picture.width_px) * static_cast<std::size_t>(picture.height_px) * 3;
}

class OcrReader final : public TextReader {
 public:
  static Result<std::unique_ptr<OcrReader>> Open(OcrPack pack, int threads) {
    VITRINE_TRY_ASSIGN(std::vector<std::string> characters, ReadCharacters(pack));
    const std::int64_t picture[] = {-1, 3, -1, -1};
    const std::int64_t map[] = {-1, -1, -1, -1};
    const std::int64_t line[] = {-1, 3, pack.recogniser.height_px, -1};
    const std::int64_t steps[] = {-1, -1, static_cast<std::int64_t>(characters.size() + 1)};
    VITRINE_TRY_ASSIGN(OcrNet detector, OcrNet::Load(pack, pack.detector.graph, picture, map, threads));
    VITRINE_TRY_ASSIGN(OcrNet recogniser, OcrNet::Load(pack, pack.recogniser.graph, line, steps, threads));
    std::unique_ptr<OcrReader> reader(
        new OcrReader(std::move(pack), std::move(characters), std::move(detector), std::move(recogniser)));
    VITRINE_TRY(reader->SelfTest());
    return reader;
  }

  const std::string& name() const override { return name_; }
  std::int32_t picture_edge_px() const override { return pack_.picture_px; }

  Result<std::string> Read(const RgbImage& picture) const override {
    if (!HasAllPixels(picture))
      return Error(Code::kInvalidArgument, "a picture without pixels cannot be read");
    VITRINE_TRY_ASSIGN(const std::vector<TextBox> boxes, Detect(picture));
    std::string text;
    for (const TextBox& found : boxes) {
      VITRINE_TRY_ASSIGN(const LineText line, Recognise(picture, found.box));
      if (line.confidence < pack_.recogniser.min_confidence) continue;
      text += line.text + '\n';
    }
    return text;
  }

  const OcrPack& pack() const { return pack_; }

 private:
  OcrReader(OcrPack pack, std::vector<std::string> characters, OcrNet detector, OcrNet recogniser)
      : pack_(std::move(pack)),
        name_(Printable(pack_.name + " " + pack_.version)),
        characters_(std::move(characters)),
        detector_(std::move(detector)),
        recogniser_(std::move(recogniser)) {}

  Status SelfTest() const {
    const OcrSelfTest& test = pack_.self_test;
    VITRINE_TRY_ASSIGN(const std::string bytes, pack_.place.Read(test.picture));
    VITRINE_TRY_ASSIGN(const std::string text,
                       Read({test.width_px, test.height_px, {bytes.begin(), bytes.end()}}));
    if (text == test.text + '\n') return {};
    return pack_.place.Wrong(test.picture.name, "reads as " + Quoted(text) + " where " + Quoted(test.text) +
                                                    " is right: the pack's files do not belong together");
  }

  // How much larger or smaller the detector sees a picture.
  float ScaleFor(const RgbImage& picture) const {
    const auto short_px = static_cast<float>(std::min(picture.width_px, picture.height_px));
    const auto long_px = static_cast<float>(std::max(picture.width_px, picture.height_px));
    const float wanted = std::max(1.0F, static_cast<float>(pack_.detector.short_px) / short_px);
    return std::min(wanted, static_cast<float>(pack_.detector.long_px) / long_px);
  }

  Result<std::vector<TextBox>> Detect(const RgbImage& picture) const {
    const float scale = ScaleFor(picture);
    const auto scaled = [&](std::int32_t px) {
      return std::max(1, static_cast<std::int32_t>(std::lround(static_cast<float>(px) * scale)));
    };
    const std::int32_t width = scaled(picture.width_px);
    const std::int32_t height = scaled(picture.height_px);
    RgbImage resized;
    if (width != picture.width_px || height != picture.height_px) {
      resized = CutOut(picture, WholeOf(picture), width, height);
    }
    const std::int32_t multiple = pack_.detector.multiple_px;
    VITRINE_TRY_ASSIGN(const FloatTensor map,
                       detector_.Run(resized.pixels.empty() ? picture : resized, RoundUp(width, multiple),
                                     RoundUp(height, multiple), 4));
    if (map.shape != std::vector<std::int64_t>{1, 1, RoundUp(height, multiple), RoundUp(width, multiple)}) {
      return Error(Code::kModel, "the detector's map has another size than the picture");
    }
    std::vector<TextBox> boxes =
        FindTextBoxes(map.values, static_cast<std::size_t>(RoundUp(width, multiple)),
                      static_cast<std::size_t>(RoundUp(height, multiple)), pack_.detector.boxes);
    for (TextBox& found : boxes) {
      found.box.centre_x /= scale;
      found.box.centre_y /= scale;
      found.box.width /= scale;
      found.box.height /= scale;
    }
    return boxes;
  }

  Result<LineText> Recognise(const RgbImage& picture, const TurnedBox& box) const {
    const RecogniserSpec& spec = pack_.recogniser;
    const float natural = static_cast<float>(spec.height_px) * box.width / box.height;
    const auto most = static_cast<float>(spec.max_width_px);
    const auto width = static_cast<std::int32_t>(std::ceil(std::clamp(natural, 1.0F, most)));
    const RgbImage line = CutOut(picture, box, width, spec.height_px);
    VITRINE_TRY_ASSIGN(const FloatTensor steps,
                       recogniser_.Run(line, std::max(width, spec.min_width_px), spec.height_px, 3));
    const auto classes = static_cast<std::int64_t>(characters_.size() + 1);
    if (steps.shape[0] != 1 || steps.shape[2] != classes) {
      return Error(Code::kModel, "the recogniser's output has another shape than the pack says");
    }
    return DecodeCtc(steps.values, characters_);
  }

  const OcrPack pack_;
  const std::string name_;
  const std::vector<std::string> characters_;
  const OcrNet detector_;
  const OcrNet recogniser_;
};

}  // namespace

Result<std::unique_ptr<TextReader>> OpenTextReader(const std::string& pack_folder, int threads) {
  VITRINE_TRY_ASSIGN(OcrPack pack, OcrPack::Load(pack_folder));
  VITRINE_TRY_ASSIGN(std::unique_ptr<OcrReader> reader, OcrReader::Open(std::move(pack), threads));
  return std::unique_ptr<TextReader>(std::move(reader));
}

Result<OcrReport> InspectOcrPack(const std::string& pack_folder) {
  VITRINE_TRY_ASSIGN(OcrPack pack, OcrPack::Load(pack_folder));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OcrReader> reader, OcrReader::Open(std::move(pack), 1));
  return OcrReport{reader->name(), reader->pack().licence, reader->pack().languages};
}

bool HasOcrPack(const std::string& pack_folder) {
  std::error_code error;
  return std::filesystem::exists(JoinPath(pack_folder, "ocr.json"), error);
}

}  // namespace vitrine
