#include "model/pack.h"

#include <sstream>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr char kRemedy[] = "; copy the pack again from where it came, or name another one with --model";
constexpr std::uint64_t kMaxVocabulary = 32 << 20;
constexpr std::uint64_t kMaxTokenizerJson = 64 << 20;
constexpr std::uint64_t kMaxTokenId = (std::uint64_t{1} << 31) - 1;
constexpr std::uint64_t kProjectionSchema = 3;
constexpr std::uint64_t kNewestSchema = kProjectionSchema;

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
  if (image.Has("short_px")) {
    const auto edge = static_cast<std::uint64_t>(settings.edge_px);
    settings.short_px = static_cast<std::int32_t>(image.Integer("short_px", edge, 2 * edge));
    if (settings.rule != ResizeRule::kCrop) image.Fail("short_px", "goes with the rule \"crop\" alone");
  }
  if (image.Has("fill")) settings.fill = static_cast<std::uint8_t>(image.Integer("fill", 0, 255));
  settings.mean = image.Colour("mean");
  settings.deviation = image.Colour("std");
  for (const float deviation : settings.deviation) {
    if (!(deviation >= 1e-3f)) image.Fail("std", "must hold numbers of at least 0.001");
  }
  return settings;
}

}  // namespace

ImageTowerSpec ReadImageTower(const Fields& image) {
  return {.file = image.Tower(),
          .precision = image.Text("precision", 1, 32),
          .input = image.Text("input", 1, 128),
          .output = image.Text("output", 1, 128),
          .preprocessing = ReadPreprocessing(image)};
}

namespace {

// An older reader would not know that something stands behind the graph, hence the schema.
void ReadProjection(const Fields& root, std::size_t dimension, ImageTowerSpec& spec) {
  const Fields image = root.Object("image");
  if (!image.Has("projection")) return;
  if (root.Integer("schema", 1, kNewestSchema) < kProjectionSchema) {
    image.Fail("projection", "goes with schema 3");
  }
  const Fields fields = image.Object("projection");
  ProjectionSpec projection;
  projection.features = fields.Integer("features", 8, 1 << 14);
  projection.file = fields.File((projection.features + 1) * dimension * sizeof(float));
  projection.file.exact_size = true;
  spec.projection = std::move(projection);
}

void ReadTokenizer(const Fields& fields, TextTowerSpec& spec) {
  spec.tokenizer.kind = fields.Choice<TokenizerKind>(
      "kind", {{"wordpiece", TokenizerKind::kWordPiece}, {"tokenizer_json", TokenizerKind::kJson}});
  const bool is_json = spec.tokenizer.kind == TokenizerKind::kJson;
  spec.tokenizer_file = fields.File(is_json ? kMaxTokenizerJson : kMaxVocabulary);
  spec.tokenizer.lowercase = is_json || fields.Flag("lowercase");
  spec.tokenizer.max_tokens = fields.Integer("max_tokens", 4, 4096);
  if (!fields.Has("pad_to")) return;
  spec.pad_to = fields.Integer("pad_to", spec.tokenizer.max_tokens, 4096);
  spec.pad_id = static_cast<std::int64_t>(fields.Integer("pad_id", 0, kMaxTokenId));
}

TextTowerSpec ReadTextTower(const Fields& text) {
  TextTowerSpec spec;
  spec.file = text.Tower();
  spec.precision = text.Text("precision", 1, 32);
  spec.input_ids = text.Text("input_ids", 1, 128);
  if (text.Has("attention_mask")) spec.attention_mask = text.Text("attention_mask", 1, 128);
  spec.is_int32 = text.Has("dtype") && text.Choice<bool>("dtype", {{"int64", false}, {"int32", true}});
  spec.output = text.Text("output", 1, 128);
  ReadTokenizer(text.Object("tokenizer"), spec);
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
           << text.tokenizer_file.sha256 << ' ' << text.tokenizer.lowercase << ' '
           << text.tokenizer.max_tokens << ' ' << text.prompt << "\ndimension " << dimension
           << "\npreprocessing " << kPreprocessingVersion << ' ' << settings.edge_px << ' '
           << static_cast<int>(settings.rule) << ' ' << static_cast<int>(settings.filter) << ' '
           << static_cast<int>(settings.layout) << ' ' << static_cast<int>(settings.type);
  for (const float x : settings.mean) identity << ' ' << x;
  for (const float x : settings.deviation) identity << ' ' << x;
  // Named only where they are used, so that the spaces of older packs keep their names.
  if (text.tokenizer.kind == TokenizerKind::kJson) identity << "\ntokenizer_json";
  if (text.pad_to != 0) identity << "\npadded " << text.pad_to << ' ' << text.pad_id;
  if (text.attention_mask.empty()) identity << "\nno mask";
  if (settings.short_px != 0) identity << "\nshort " << settings.short_px;
  if (settings.fill != Preprocessing{}.fill) identity << "\nfill " << int{settings.fill};
  if (image.projection) identity << "\nprojection " << image.projection->file.sha256;
  return Hex(Sha256(identity.str())).substr(0, 16);
}

void Use(const TowerVariant& variant, double least_cosine, auto& tower) {
  tower.file = variant.file;
  tower.precision = variant.precision;
  tower.least_cosine = variant.least_cosine != 0 ? variant.least_cosine : least_cosine;
}

}  // namespace

// Fills a ModelPack from the parsed file.
struct PackReader {
  static ModelPack Read(const Fields& root, const PackPlace& place) {
    ModelPack pack;
    pack.place_ = place;
    pack.name_ = root.Text("name", 1, 64);
    pack.version_ = root.Text("version", 1, 64);
    pack.licence_ = root.Text("licence", 1, 4096);
    pack.origin_ = root.Text("origin", 1, 4096);
    const std::size_t dimension = root.Integer("dimension", 8, 4096);
    pack.image_ = ReadImageTower(root.Object("image"));
    ReadProjection(root, dimension, pack.image_);
    pack.text_ = ReadTextTower(root.Object("text"));
    pack.self_test_ = ReadSelfTest(root.Object("self_test"), dimension);
    const Fields calibration = root.Object("calibration");
    pack.text_background_.mean = calibration.Number("text_mean_score", -1, 1);
    pack.text_background_.deviation = calibration.Number("text_std_score", 1e-6, 1);
    pack.text_relevance_ = ReadRelevance(calibration, "text_relevance", RelevanceOf(pack.text_background_));
    pack.picture_relevance_ = ReadRelevance(calibration, "picture_relevance", DefaultPictureRelevance());
    pack.space_ = {SpaceId(pack.image_, pack.text_, dimension), Printable(pack.name_ + " " + pack.version_),
                   dimension};
    ReadPrecisions(root, pack);
    return pack;
  }

  static void ReadPrecisions(const Fields& root, ModelPack& pack) {
    pack.tolerance_ = ReadTolerance(root);
    pack.image_.variants = ReadVariants(root.Object("image"), pack.image_.file, pack.image_.precision);
    pack.text_.variants = ReadVariants(root.Object("text"), pack.text_.file, pack.text_.precision);
    for (TowerVariant& variant : pack.image_.variants) {
      ImageTowerSpec image = pack.image_;
      image.file = variant.file;
      variant.space = SpaceId(image, pack.text_, pack.space_.dimension);
    }
    Use(pack.image_.variants.front(), pack.self_test_.min_cosine, pack.image_);
    Use(pack.text_.variants.front(), pack.self_test_.min_cosine, pack.text_);
  }
};

Status ModelPack::Choose(const PrecisionWish& wish) {
  VITRINE_TRY_ASSIGN(const TowerVariant image, ChooseVariant(image_.variants, tolerance_, wish));
  Use(image, self_test_.min_cosine, image_);
  space_.id = image.space;
  PrecisionWish of_text = wish;
  of_text.in_use = nullptr;  // A text tower leaves no vectors behind.
  const Result<TowerVariant> text = ChooseVariant(text_.variants, tolerance_, of_text);
  Use(text ? *text : text_.variants.front(), self_test_.min_cosine, text_);
  return {};
}

Result<ModelPack> ModelPack::Load(const std::string& folder) {
  const PackPlace place = {folder, "pack.json", kRemedy, kNewestSchema};
  VITRINE_TRY_ASSIGN(const PackDescription description, PackDescription::Load(place));
  ModelPack pack = PackReader::Read(description.root(), place);
  VITRINE_TRY(description.Verdict());
  return pack;
}

Error ModelPack::Refuse(std::string_view what, const Error& cause) const {
  return Error(Code::kModel, std::string(what) + ": " + cause.message() + place_.remedy);
}

}  // namespace vitrine
