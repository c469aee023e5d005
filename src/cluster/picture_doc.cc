#include "cluster/picture_doc.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "catalog/fact_table.h"
#include "cluster/gallery_fields.h"
#include "cluster/marks.h"
#include "cluster/words_text.h"
#include "index/row_table.h"
#include "query/derived_facts.h"
#include "query/filter.h"
#include "query/text_pattern.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// Bytes of a path as JSON can hold them.
Json PathJson(const PathBytes& path) {
  return IsUtf8(path) ? Json{{"path", path}} : Json{{"path_b64", Base64(path)}};
}

// Calls visit(name, fact) for each.
template <typename AnyFacts, typename Visit>
void ForEachFact(AnyFacts& facts, const Visit& visit) {
  visit("taken_at", facts.taken_at);
  visit("camera", facts.camera);
  visit("lens", facts.lens);
  visit("exposure_s", facts.exposure_s);
  visit("f_number", facts.f_number);
  visit("focal_length_mm", facts.focal_length_mm);
  visit("iso", facts.iso);
  visit("latitude", facts.latitude);
  visit("longitude", facts.longitude);
}

Json FactsJson(const Facts& facts) {
  Json json = Json::object();
  ForEachFact(facts, [&](const char* name, const auto& value) {
    if (value) json[name] = *value;
  });
  return json;
}

Json PictureJson(const PictureCopy& picture) {
  const AssetRecord& asset = picture.asset;
  Json json = {{"width", asset.info.width_px},
               {"height", asset.info.height_px},
               {"format", asset.info.format},
               {"facts", FactsJson(asset.info.facts)},
               {"offline", asset.offline}};
  for (std::size_t i = 0; i < asset.paths.size(); ++i) {
    Json file = PathJson(asset.paths[i]);
    const FileStamp& stamp = i < picture.stamps.size() ? picture.stamps[i] : FileStamp();
    file["stamp"] = {stamp.size_bytes, stamp.mtime_ns, stamp.ctime_ns, stamp.device, stamp.inode};
    json["files"].push_back(std::move(file));
  }
  for (const Swatch& swatch : asset.sketch.palette) {
    json["palette"].push_back({swatch.red, swatch.green, swatch.blue, swatch.share});
  }
  json["hash"] = asset.sketch.hash;
  json["sharpness"] = asset.sketch.sharpness;
  for (const AssetTag& tag : picture.tags) {
    json["tags"].push_back(TagJson(tag));
  }
  if (picture.note.rating) json["rating"] = *picture.note.rating;
  if (!picture.note.caption.empty()) json["caption"] = picture.note.caption;
  if (!picture.picture_text.empty()) json["text"] = picture.picture_text;
  return json;
}

Json SidecarJson(const SidecarRecord& sidecar) {
  Json json = PathJson(sidecar.path);
  json["size"] = sidecar.size_bytes;
  json["mtime"] = sidecar.mtime_ns;
  json["content"] = Hex(sidecar.content);
  json["said"] = Base64(sidecar.said);
  return json;
}

SidecarRecord SidecarOf(const Json& json) {
  return {.path = PathOf(json),
          .size_bytes = json.at("size").get<std::uint64_t>(),
          .mtime_ns = json.at("mtime").get<std::int64_t>(),
          .content = DigestFromHex(json.at("content").get<std::string>()).value_or(Sha256Digest{}),
          .said = FromBase64(json.at("said").get<std::string>()).value_or("")};
}

std::string CodeBytes(const EncodedRows& row) {
  std::string bytes(sizeof(float), '\0');
  std::memcpy(bytes.data(), row.scales.data(), sizeof(float));
  const auto append = [&](const std::vector<std::int8_t>& codes) {
    bytes.append(reinterpret_cast<const char*>(codes.data()), codes.size());
  };
  append(row.codes);
  append(row.fine);
  return bytes;
}

std::vector<const char*> ShapesOf(const PictureInfo& info) {
  const auto width = static_cast<float>(info.width_px), height = static_cast<float>(info.height_px);
  if (!(width > 0 && height > 0)) return {};
  std::vector<const char*> shapes;
  const float longer = std::max(width, height), shorter = std::min(width, height);
  if (longer <= kSquareAspect * shorter) shapes.push_back("square");
  if (longer >= kPanoramaAspect * shorter) shapes.push_back("panorama");
  if (width > kSquareAspect * height) shapes.push_back("landscape");
  if (height > kSquareAspect * width) shapes.push_back("portrait");
  return shapes;
}

std::vector<const char*> MoodsOf(const Sketch& sketch) {
  const Mood mood = MoodOf(sketch.palette);
  std::vector<const char*> moods;
  if (mood.warmth >= kWarmWarmth) moods.push_back("warm");
  if (mood.warmth <= kCoolWarmth) moods.push_back("cool");
  if (mood.lightness <= kDarkLightness) moods.push_back("dark");
  if (mood.lightness >= kBrightLightness) moods.push_back("bright");
  if (mood.chroma <= kMutedChroma) moods.push_back("muted");
  if (mood.chroma >= kVividChroma) moods.push_back("vivid");
  return moods;
}

void AddFacts(const PictureCopy& picture, Json& document) {
  const PictureInfo& info = picture.asset.info;
  const Facts& facts = info.facts;
  const auto width = static_cast<float>(info.width_px), height = static_cast<float>(info.height_px);
  document["format"] = info.format;
  document["width"] = width;
  document["height"] = height;
  document["long_side"] = std::max(width, height);
  document["megapixels"] = static_cast<double>(width) * static_cast<double>(height) / 1e6;
  document["shape"] = ShapesOf(info);
  document["mood"] = MoodsOf(picture.asset.sketch);
  std::uint64_t bytes = 0;
  for (const FileStamp& stamp : picture.stamps) bytes = std::max(bytes, stamp.size_bytes);
  document["bytes"] = bytes;
  if (facts.taken_at) {
    if (const std::int64_t taken = LocalSeconds(*facts.taken_at); taken != FactTable::kNoTime)
      document["taken_s"] = taken;
  }
  if (facts.camera) document["camera"] = FoldText(*facts.camera);
  if (facts.lens) document["lens"] = FoldText(*facts.lens);
  const auto number = [&](const char* name, const auto& value) {
    if (value) document[name] = static_cast<float>(*value);
  };
  number("iso", facts.iso);
  number("f_number", facts.f_number);
  number("exposure_s", facts.exposure_s);
  number("focal_length_mm", facts.focal_length_mm);
  if (facts.latitude && facts.longitude)
    document["place"] = {{"lat", *facts.latitude}, {"lon", *facts.longitude}};
  if (picture.note.rating) document["rating"] = *picture.note.rating;
  document["offline"] = picture.asset.offline;
}

void AddTexts(const PictureCopy& picture, Json& document) {
  std::set<std::string> folders, names, paths;
  for (const PathBytes& path : picture.asset.paths) {
    paths.insert(PathKey(path));
    folders.insert(LevelText(FolderOf(path), false));
    names.insert(FoldText(NameOf(path)));
  }
  document["folders"] = folders;
  document["names"] = names;
  document["paths"] = paths;
  for (const AssetTag& tag : picture.tags) {
    document["marks"].push_back(MarkText(tag));
    if (tag.mark.state == TagState::kAccepted) document["tags"].push_back(LevelText(tag.path, true));
  }
  for (std::size_t i = 0; i < picture.texts.size(); ++i) {
    if (std::string text = TokenText(picture.texts[i]); !text.empty())
      document["words"][kWordFields[i]] = text;
  }
}

Facts FactsOf(const Json& json) {
  Facts facts;
  ForEachFact(facts, [&](const char* name, auto& value) {
    using Value = typename std::remove_reference_t<decltype(value)>::value_type;
    if (json.contains(name)) value = json.at(name).get<Value>();
  });
  return facts;
}

void ReadPicture(const Json& json, PictureCopy& picture) {
  AssetRecord& asset = picture.asset;
  asset.info.width_px = json.at("width").get<std::int32_t>();
  asset.info.height_px = json.at("height").get<std::int32_t>();
  asset.info.format = json.at("format").get<std::string>();
  asset.info.facts = FactsOf(json.at("facts"));
  asset.offline = json.at("offline").get<bool>();
  for (const Json& file : json.value("files", Json::array())) {
    const Json& stamp = file.at("stamp");
    asset.paths.push_back(PathOf(file));
    picture.stamps.push_back({.size_bytes = stamp.at(0).get<std::uint64_t>(),
                              .mtime_ns = stamp.at(1).get<std::int64_t>(),
                              .ctime_ns = stamp.at(2).get<std::int64_t>(),
                              .device = stamp.at(3).get<std::uint64_t>(),
                              .inode = stamp.at(4).get<std::uint64_t>()});
  }
  for (const Json& swatch : json.value("palette", Json::array())) {
    asset.sketch.palette.push_back({swatch.at(0).get<std::uint8_t>(), swatch.at(1).get<std::uint8_t>(),
                                    swatch.at(2).get<std::uint8_t>(), swatch.at(3).get<float>()});
  }
  asset.sketch.hash = json.at("hash").get<std::uint64_t>();
  asset.sketch.sharpness = json.at("sharpness").get<float>();
  for (const Json& tag : json.value("tags", Json::array())) {
    picture.tags.push_back(TagOf(tag));
  }
  if (json.contains("rating")) picture.note.rating = json.at("rating").get<std::int32_t>();
  picture.note.caption = json.value("caption", "");
  picture.picture_text = json.value("text", "");
  for (const Json& sidecar : json.value("sidecars", Json::array()))
    picture.sidecars.push_back(SidecarOf(sidecar));
}

}  // namespace

std::vector<PathBytes> PathsOf(const Json& picture) {
  std::vector<PathBytes> paths;
  for (const Json& file : picture.value("files", Json::array())) paths.push_back(PathOf(file));
  return paths;
}

std::string LevelText(std::string_view path, bool escapes) {
  std::string text = kLevelEnd;
  for (const std::string& level : PathLevels(path, escapes)) text += FoldText(level) + kLevelEnd;
  return text;
}

PathBytes PathOf(const Json& file) {
  if (file.contains("path")) return file.at("path").get<std::string>();
  return FromBase64(file.at("path_b64").get<std::string>()).value_or("");
}

std::string DocumentId(const Sha256Digest& content) { return Hex(content); }

std::string PathKey(const PathBytes& path) { return Hex(Sha256(std::string_view(path))).substr(0, 32); }

std::string SumText(std::uint64_t sum) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, sum);
  return text.data();
}

std::uint64_t SumOfText(std::string_view text) {
  std::uint64_t sum = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), sum, 16);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? sum : 0;
}

Json DocumentOf(const PictureCopy& picture, VectorKind vectors) {
  Json document = {{"id", static_cast<std::int64_t>(picture.asset.id)},
                   {"picture", PictureJson(picture)},
                   {"code", Base64(CodeBytes(picture.vector))},
                   {"sum", SumText(ChecksumOf(picture))}};
  std::uint32_t draw = 0;
  std::memcpy(&draw, picture.asset.content.data(), sizeof draw);
  document["draw"] = draw;
  if (picture.step > 0) document["step"] = picture.step;
  for (const SidecarRecord& sidecar : picture.sidecars)
    document["picture"]["sidecars"].push_back(SidecarJson(sidecar));
  AddFacts(picture, document);
  AddTexts(picture, document);
  AddGalleryFields(picture, document);
  // A vector of zeros has no direction: it is never found, here as on this machine.
  if (picture.vector.scales.front() > 0) {
    if (vectors == VectorKind::kByte) {
      document["vector"] = picture.vector.codes;
    } else {
      document["vector"] = TableInMemory(picture.vector)->Vector(0);
    }
  }
  const std::string bytes = document.dump();
  document["sent"] = SumText(Checksum64(std::as_bytes(std::span(bytes))));
  return document;
}

Result<EncodedRows> CodeOf(const Json& source, std::size_t dimension) {
  const auto code = source.find("code");
  const auto bytes = code != source.end() && code->is_string()
                         ? FromBase64(code->get_ref<const std::string&>())
                         : std::nullopt;
  const bool fine = bytes && bytes->size() == sizeof(float) + 2 * dimension;
  if (!bytes || (!fine && bytes->size() != sizeof(float) + dimension))
    return Error(Code::kCorrupt, "a document's vector is damaged");
  EncodedRows row{.dimension = dimension};
  row.scales.resize(1);
  std::memcpy(row.scales.data(), bytes->data(), sizeof(float));
  const auto* codes = reinterpret_cast<const std::int8_t*>(bytes->data() + sizeof(float));
  row.codes.assign(codes, codes + dimension);
  if (fine) row.fine.assign(codes + dimension, codes + 2 * dimension);
  return row;
}

Result<PictureCopy> KnownOf(const std::string& id, const Json& source) {
  const std::optional<Sha256Digest> content = DigestFromHex(id);
  if (!content) return Error(Code::kCorrupt, "the document " + Quoted(id) + " is no picture's");
  PictureCopy picture;
  try {
    picture.asset.id = AssetId{source.at("id").get<std::int64_t>()};
    picture.asset.content = *content;
    ReadPicture(source.at("picture"), picture);
    const Json words = source.value("words", Json::object());
    for (std::size_t i = 0; i < picture.texts.size(); ++i) picture.texts[i] = words.value(kWordFields[i], "");
    picture.step = source.value("step", std::int64_t{0});
  } catch (const Json::exception& bad) {
    return Error(Code::kCorrupt, "the document " + Quoted(id) + " is damaged: " + Printable(bad.what()));
  }
  return picture;
}

Result<PictureCopy> PictureOf(const std::string& id, const Json& source, std::size_t dimension) {
  VITRINE_TRY_ASSIGN(PictureCopy picture, KnownOf(id, source));
  VITRINE_TRY_ASSIGN(picture.vector, CodeOf(source, dimension));
  return picture;
}

std::uint64_t ChecksumOf(const PictureCopy& picture) {
  const std::string bytes =
      DocumentId(picture.asset.content) + PictureJson(picture).dump() + CodeBytes(picture.vector);
  return Checksum64(std::as_bytes(std::span(bytes)));
}

}  // namespace vitrine::cluster
