#include "model/pack.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr char kRemedy[] = "; copy the pack again from where it came, or name another one with --model";
constexpr std::uint64_t kMaxPackJson = 8 << 20;
constexpr std::uint64_t kMaxTower = (1ull << 31) - 1;  // An ONNX file is one protobuf message, 2 GiB at most.
constexpr std::uint64_t kMaxVocabulary = 32 << 20;
constexpr double kMaxNumber = 1e6;

bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name != "pack.json" &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Reads the fields of one JSON object. The first thing that is wrong is kept; everything after it reads as a
// default, so that a caller reads all fields in a row and asks once.
class Fields {
 public:
  Fields(const Json* object, std::string path, std::string& error)
      : object_(object != nullptr && object->is_object() ? object : nullptr),
        path_(std::move(path)),
        error_(error) {
    if (object_ == nullptr) Fail("", "is not an object");
  }

  std::string Text(const char* key, std::size_t min_bytes, std::size_t max_bytes) const {
    const Json* value = Get(key);
    if (value == nullptr) return "";
    if (!value->is_string()) return Fail(key, "is not a text"), "";
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() < min_bytes || text.size() > max_bytes) {
      return Fail(key,
                  "must have " + std::to_string(min_bytes) + " to " + std::to_string(max_bytes) + " bytes"),
             "";
    }
    return text;
  }

  double Number(const char* key, double min, double max) const {
    const Json* value = Get(key);
    if (value == nullptr) return min;
    return InRange(key, *value, min, max);
  }

  std::uint64_t Integer(const char* key, std::uint64_t min, std::uint64_t max) const {
    const Json* value = Get(key);
    if (value == nullptr) return min;
    const bool fits = value->is_number_unsigned() && value->get<std::uint64_t>() >= min &&
                      value->get<std::uint64_t>() <= max;
    if (fits) return value->get<std::uint64_t>();
    Fail(key, "must be a whole number in " + std::to_string(min) + ".." + std::to_string(max));
    return min;
  }

  bool Flag(const char* key) const {
    const Json* value = Get(key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) return Fail(key, "is neither true nor false"), false;
    return value->get<bool>();
  }

  template <typename T>
  T Choice(const char* key, std::initializer_list<std::pair<const char*, T>> choices) const {
    const std::string text = Text(key, 1, 64);
    std::string known;
    for (const auto& [name, value] : choices) {
      if (text == name) return value;
      known += std::string(known.empty() ? "" : ", ") + name;
    }
    Fail(key, "is " + Quoted(text) + "; this version knows: " + known);
    return choices.begin()->second;
  }

  std::vector<float> Floats(const char* key, std::size_t count) const {
    const Json* value = Get(key);
    std::vector<float> floats(count);
    if (value == nullptr) return floats;
    if (!value->is_array() || value->size() != count) {
      return Fail(key, "must be a list of " + std::to_string(count) + " numbers"), floats;
    }
    for (std::size_t i = 0; i < count; ++i) {
      floats[i] = static_cast<float>(InRange(key, (*value)[i], -kMaxNumber, kMaxNumber));
    }
    return floats;
  }

  std::array<float, 3> Colour(const char* key) const {
    const std::vector<float> floats = Floats(key, 3);
    return {floats[0], floats[1], floats[2]};
  }

  // A vector of L2 norm 1, to the precision that pack.json has.
  std::vector<float> UnitVector(const char* key, std::size_t dimension) const {
    std::vector<float> vector = Floats(key, dimension);
    double sum = 0;
    for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
    if (std::abs(sum - 1) > 0.01) Fail(key, "is not of length 1");
    for (float& x : vector) x /= static_cast<float>(std::sqrt(std::max(sum, 1e-12)));
    return vector;
  }

  PackFile File(std::uint64_t max_bytes) const {
    PackFile file{Text("file", 1, 128), Text("sha256", 64, 64), max_bytes, false};
    if (!IsPlainName(file.name)) Fail("file", "must be a plain name of letters, digits, '.', '_' and '-'");
    if (!IsSha256(file.sha256)) Fail("sha256", "must be 64 lower-case hex digits");
    return file;
  }

  PackFile Tower() const {
    PackFile file = File(0);
    file.max_bytes = Integer("bytes", 1, kMaxTower);
    file.exact_size = true;
    return file;
  }

  bool Has(const char* key) const { return object_ != nullptr && object_->contains(key); }

  Fields Object(const char* key) const { return {Get(key), path_ + key + ".", error_}; }

  std::vector<Fields> Objects(const char* key, std::size_t min, std::size_t max) const {
    std::vector<Fields> objects;
    const Json* value = Get(key);
    if (value == nullptr) return objects;
    if (!value->is_array() || value->size() < min || value->size() > max) {
      return Fail(key, "must be a list of " + std::to_string(min) + " to " + std::to_string(max)), objects;
    }
    for (const Json& element : *value) {
      objects.emplace_back(&element, path_ + key + "[" + std::to_string(objects.size()) + "].", error_);
    }
    return objects;
  }

  void Fail(const std::string& key, const std::string& problem) const {
    if (error_.empty()) error_ = Quoted(path_ + key) + " " + problem;
  }

 private:
  const Json* Get(const char* key) const {
    if (object_ == nullptr) return nullptr;
    const auto found = object_->find(key);
    if (found != object_->end()) return &*found;
    Fail(key, "is missing");
    return nullptr;
  }

  double InRange(const char* key, const Json& value, double min, double max) const {
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (number >= min && number <= max) return number;
    std::ostringstream range;
    range << "must be a number in " << min << ".." << max;
    Fail(key, range.str());
    return min;
  }

  const Json* object_;
  std::string path_;
  std::string& error_;
};

Preprocessing ReadPreprocessing(const Fields& image) {
  Preprocessing settings;
  settings.edge_px = static_cast<std::int32_t>(image.Integer("edge_px", 16, 1024));
  settings.layout =
      image.Choice<TensorLayout>("layout", {{"nchw", TensorLayout::kNchw}, {"nhwc", TensorLayout::kNhwc}});
  settings.type =
      image.Choice<TensorType>("dtype", {{"float32", TensorType::kFloat32}, {"uint8", TensorType::kUint8}});
  settings.rule = image.Choice<ResizeRule>(
      "resize",
      {{"squash", ResizeRule::kSquash}, {"crop", ResizeRule::kCrop}, {"letterbox", ResizeRule::kLetterbox}});
  settings.filter = image.Choice<ResizeFilter>(
      "filter", {{"bilinear", ResizeFilter::kBilinear}, {"bicubic", ResizeFilter::kBicubic}});
  settings.mean = image.Colour("mean");
  settings.deviation = image.Colour("std");
  for (const float deviation : settings.deviation) {
    if (!(deviation >= 1e-3f)) image.Fail("std", "must hold numbers of at least 0.001");
  }
  return settings;
}

ImageTowerSpec ReadImageTower(const Fields& image) {
  return {image.Tower(), image.Text("precision", 1, 32), image.Text("input", 1, 128),
          image.Text("output", 1, 128), ReadPreprocessing(image)};
}

TextTowerSpec ReadTextTower(const Fields& text) {
  const Fields tokenizer = text.Object("tokenizer");
  tokenizer.Choice<int>("kind", {{"wordpiece", 0}});
  TextTowerSpec spec;
  spec.file = text.Tower();
  spec.precision = text.Text("precision", 1, 32);
  spec.input_ids = text.Text("input_ids", 1, 128);
  spec.attention_mask = text.Text("attention_mask", 1, 128);
  spec.output = text.Text("output", 1, 128);
  spec.vocabulary = tokenizer.File(kMaxVocabulary);
  spec.lowercase = tokenizer.Flag("lowercase");
  spec.max_tokens = tokenizer.Integer("max_tokens", 4, 4096);
  spec.prompt = text.Text("prompt", 2, 512);
  const std::size_t hole = spec.prompt.find("{}");
  if (hole == std::string::npos || spec.prompt.find("{}", hole + 2) != std::string::npos) {
    text.Fail("prompt", "must hold {} once, where the query goes");
  }
  return spec;
}

SelfTestSpec ReadSelfTest(const Fields& fields, std::size_t dimension) {
  const Fields picture = fields.Object("picture");
  SelfTestSpec spec;
  spec.width_px = static_cast<std::int32_t>(picture.Integer("width", 1, 1024));
  spec.height_px = static_cast<std::int32_t>(picture.Integer("height", 1, 1024));
  spec.picture = picture.File(std::uint64_t{3} * static_cast<std::uint32_t>(spec.width_px) *
                              static_cast<std::uint32_t>(spec.height_px));
  spec.picture.exact_size = true;
  spec.picture_vector = fields.UnitVector("picture_vector", dimension);
  for (const Fields& sentence : fields.Objects("sentences", 1, 64)) {
    spec.sentences.push_back({sentence.Text("text", 0, 4096), sentence.UnitVector("vector", dimension)});
  }
  spec.min_cosine = fields.Number("min_cosine", 0.9, 1);
  return spec;
}

RelevanceModel::Odds ReadOdds(const Fields& fields) {
  return {.intercept = fields.Number("intercept", -1000, 1000),
          .score = fields.Number("score", -1000, 1000),
          .best_mean = fields.Number("best_mean", -1000, 1000),
          .deviation = fields.Number("deviation", -1000, 1000),
          .log_pictures = fields.Number("log_pictures", -1000, 1000)};
}

RelevanceModel ReadRelevance(const Fields& calibration, const char* key, const RelevanceModel& otherwise) {
  if (!calibration.Has(key)) return otherwise;
  const Fields fields = calibration.Object(key);
  RelevanceModel model{.hit = ReadOdds(fields.Object("hit")),
                       .present = ReadOdds(fields.Object("present")),
                       .cut = fields.Number("cut", 0, 1)};
  if (model.hit.score <= 0) fields.Fail("hit", "must have a score above 0");
  return model;
}

// Everything that decides which numbers come out, so that vectors of two packs meet only when they may.
std::string SpaceId(const ImageTowerSpec& image, const TextTowerSpec& text, std::size_t dimension) {
  const Preprocessing& settings = image.preprocessing;
  std::ostringstream identity;
  identity.precision(9);
  identity << "image " << image.file.sha256 << "\ntext " << text.file.sha256 << "\ntokenizer "
           << text.vocabulary.sha256 << ' ' << text.lowercase << ' ' << text.max_tokens << ' ' << text.prompt
           << "\ndimension " << dimension << "\npreprocessing " << kPreprocessingVersion << ' '
           << settings.edge_px << ' ' << static_cast<int>(settings.rule) << ' '
           << static_cast<int>(settings.filter) << ' ' << static_cast<int>(settings.layout) << ' '
           << static_cast<int>(settings.type);
  for (const float x : settings.mean) identity << ' ' << x;
  for (const float x : settings.deviation) identity << ' ' << x;
  return Hex(Sha256(identity.str())).substr(0, 16);
}

Error PackError(const std::string& path, const std::string& problem) {
  return Error(Code::kModel, "model file " + Quoted(path) + " " + problem + kRemedy);
}

}  // namespace

// Fills a ModelPack from the parsed file.
struct PackReader {
  static ModelPack Read(const Fields& root, std::string folder) {
    ModelPack pack;
    pack.folder_ = std::move(folder);
    pack.name_ = root.Text("name", 1, 64);
    pack.version_ = root.Text("version", 1, 64);
    pack.licence_ = root.Text("licence", 1, 4096);
    pack.origin_ = root.Text("origin", 1, 4096);
    const std::size_t dimension = root.Integer("dimension", 8, 4096);
    pack.image_ = ReadImageTower(root.Object("image"));
    pack.text_ = ReadTextTower(root.Object("text"));
    pack.self_test_ = ReadSelfTest(root.Object("self_test"), dimension);
    const Fields calibration = root.Object("calibration");
    pack.text_background_.mean = calibration.Number("text_mean_score", -1, 1);
    pack.text_background_.deviation = calibration.Number("text_std_score", 1e-6, 1);
    pack.text_relevance_ = ReadRelevance(calibration, "text_relevance", RelevanceOf(pack.text_background_));
    pack.picture_relevance_ = ReadRelevance(calibration, "picture_relevance", DefaultPictureRelevance());
    pack.space_ = {SpaceId(pack.image_, pack.text_, dimension), Printable(pack.name_ + " " + pack.version_),
                   dimension};
    return pack;
  }
};

Result<ModelPack> ModelPack::Load(const std::string& folder) {
  const std::string path = JoinPath(folder, "pack.json");
  Result<std::string> text = ReadFile(path, kMaxPackJson);
  if (!text)
    return Error(Code::kModel,
                 "no model pack at " + Quoted(folder) + ": " + text.error().message() + kRemedy);
  const Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return PackError(path, "is not valid JSON: it is cut short or damaged");
  std::string error;
  const Fields root(&json, "", error);
  const std::uint64_t schema = root.Integer("schema", 0, 1u << 30);
  if (error.empty() && schema != 1) {
    return Error(Code::kModel, "model file " + Quoted(path) + " is of schema " + std::to_string(schema) +
                                   ", and this version reads schema 1; update Vitrine or use an older pack");
  }
  ModelPack pack = PackReader::Read(root, folder);
  if (!error.empty()) return PackError(path, "is refused: " + error);
  return pack;
}

Result<std::string> ModelPack::Read(const PackFile& file) const {
  const std::string path = JoinPath(folder_, file.name);
  Result<UniqueFd> fd = OpenRegularFile(path);
  if (!fd) return PackError(path, "cannot be opened: " + fd.error().message());
  struct stat status = {};
  if (fstat(fd->get(), &status) != 0) return PackError(path, "cannot be examined");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (file.exact_size ? size != file.max_bytes : size > file.max_bytes) {
    return PackError(path, "has " + std::to_string(size) + " bytes where " +
                               (file.exact_size ? "" : "at most ") + std::to_string(file.max_bytes) +
                               " are right");
  }
  Result<std::string> bytes = ReadAll(fd->get());
  if (!bytes) return PackError(path, "cannot be read: " + bytes.error().message());
  const std::string found = Hex(Sha256(*bytes));
  if (found != file.sha256) {
    return PackError(path, "is damaged: its SHA-256 is " + found + " and pack.json says " + file.sha256);
  }
  return bytes;
}

}  // namespace vitrine
