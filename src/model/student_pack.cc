#include "model/student_pack.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "model/notices.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostDescription = 8 << 20;
constexpr char kProjectionFile[] = "projection.f32";
constexpr char kBackboneFile[] = "backbone.onnx";  // Whatever it was called, so that no two names meet.

Status Put(const std::string& folder, const std::string& name, std::string_view bytes) {
  return WriteFileAtomically(JoinPath(folder, name), bytes, Durability::kCache);
}

// A description that was read and found sound before.
Result<Json> ReadDescription(const PackPlace& place) {
  VITRINE_TRY_ASSIGN(const std::string text,
                     ReadFile(JoinPath(place.folder, place.description), kMostDescription));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) return place.Wrong(place.description, "changed meanwhile");
  return json;
}

// Copies each file that the description's part names.
Status CopyFilesOf(const Json& part, const PackPlace& from, const std::string& folder) {
  std::vector<const Json*> open = {&part};
  while (!open.empty()) {
    const Json& json = *open.back();
    open.pop_back();
    if (!json.is_structured()) continue;
    if (json.is_object() && json.contains("file") && json.contains("sha256")) {
      const PackFile file = {.name = json["file"].get<std::string>(),
                             .sha256 = json["sha256"].get<std::string>(),
                             .max_bytes = (std::uint64_t{1} << 31) - 1};
      VITRINE_TRY_ASSIGN(const std::string bytes, from.Read(file));
      VITRINE_TRY(Put(folder, file.name, bytes));
    }
    for (const Json& value : json) open.push_back(&value);
  }
  return {};
}

Json NamedProjection(const Projection& projection, const std::string& bytes) {
  return {{"file", kProjectionFile}, {"sha256", Hex(Sha256(bytes))}, {"features", projection.matrix.rows()}};
}

}  // namespace

Status WriteStudentPack(const ModelPack& teacher, const BackbonePack& backbone, const StudentParts& parts,
                        const std::string& folder) {
  VITRINE_TRY_ASSIGN(const Json of_teacher, ReadDescription(teacher.place()));
  VITRINE_TRY_ASSIGN(const Json of_backbone, ReadDescription(backbone.place));
  const std::string numbers = ProjectionBytes(parts.projection);
  Json pack = of_teacher;
  pack["schema"] = 3;
  pack["name"] = parts.name;
  pack["version"] = parts.version;
  pack["licence"] = parts.licence;
  pack["origin"] = parts.origin;
  pack["image"] = of_backbone["image"];
  pack["image"]["file"] = kBackboneFile;
  pack["image"]["projection"] = NamedProjection(parts.projection, numbers);
  pack["self_test"]["picture_vector"] = parts.picture_vector;
  pack["calibration"]["text_mean_score"] = parts.background.mean;
  pack["calibration"]["text_std_score"] = parts.background.deviation;
  VITRINE_TRY_ASSIGN(const std::string graph, backbone.place.Read(backbone.image.file));
  VITRINE_TRY(Put(folder, kBackboneFile, graph));
  VITRINE_TRY(CopyFilesOf(of_teacher["text"], teacher.place(), folder));
  VITRINE_TRY(CopyFilesOf(of_teacher["self_test"], teacher.place(), folder));
  VITRINE_TRY(Put(folder, kProjectionFile, numbers));
  VITRINE_TRY(CopyNotices(teacher.folder(), folder, "NOTICE.teacher."));
  VITRINE_TRY(CopyNotices(backbone.place.folder, folder, "NOTICE.backbone."));
  // Bytes that are no UTF-8 would make dump() throw.
  const std::string text = pack.dump(1, ' ', false, Json::error_handler_t::replace);
  return Put(folder, "pack.json", text + "\n");
}

}  // namespace vitrine
