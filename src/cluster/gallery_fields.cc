#include "cluster/gallery_fields.h"

#include <bit>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "base/natural_order.h"
#include "base/oklab.h"
#include "base/utf8.h"
#include "catalog/annotations.h"
#include "cluster/color_script.h"
#include "cluster/picture_doc.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// Sorted and counted by, not searched.
Json Column() { return {{"type", "keyword"}, {"index", false}}; }

void AppendFloat(std::string& bytes, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(bits >> shift);
}

// Accepted tags and all above them, as they are spelled.
std::set<std::string> TagsShown(const PictureCopy& picture) {
  std::set<std::string> tags;
  for (const AssetTag& tag : picture.tags) {
    if (tag.mark.state != TagState::kAccepted) continue;
    const auto levels = TagPath::Levels(tag.path);
    if (!levels) continue;
    for (std::size_t depth = 1; depth <= levels->size(); ++depth)
      tags.insert(TagPath::Join(std::span(*levels).first(depth)));
  }
  return tags;
}

}  // namespace

Json GalleryFields() {
  return {{"order_folder", Column()},
          {"order_name", Column()},
          {"shown",
           {{"properties",
             {{"camera", Column()}, {"lens", Column()}, {"tags", Column()}, {"folders", Column()}}}}},
          {"colors", {{"type", "keyword"}}},
          {"palette", {{"type", "binary"}, {"doc_values", true}}}};
}

std::string PaletteBytes(std::span<const Swatch> palette) {
  std::string bytes;
  for (const Swatch& swatch : palette) {
    const OkLab color = ToOkLab(swatch.red, swatch.green, swatch.blue);
    for (const float value : {color.l, color.a, color.b, swatch.share}) AppendFloat(bytes, value);
  }
  return bytes;
}

void AddGalleryFields(const PictureCopy& picture, Json& document) {
  const AssetRecord& asset = picture.asset;
  if (!asset.paths.empty()) {
    const PathBytes& first = asset.paths.front();
    document["order_folder"] = ToValidUtf8(NaturalKey(FolderOf(first)));
    document["order_name"] = ToValidUtf8(NaturalKey(NameOf(first)));
  }
  Json& shown = document["shown"] = Json::object();
  if (asset.info.facts.camera) shown["camera"] = *asset.info.facts.camera;
  if (asset.info.facts.lens) shown["lens"] = *asset.info.facts.lens;
  if (const auto tags = TagsShown(picture); !tags.empty()) shown["tags"] = tags;
  std::set<std::string> folders;
  for (const PathBytes& path : asset.paths) {
    if (const std::string folder(FolderOf(path)); IsUtf8(folder)) folders.insert(folder);
  }
  shown["folders"] = folders;
  const auto& palette = asset.sketch.palette;
  if (palette.empty()) return;
  document["palette"] = Base64(PaletteBytes(palette));
  document["colors"] = NamedColorsOf(palette);
}

}  // namespace vitrine::cluster
