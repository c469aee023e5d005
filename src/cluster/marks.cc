#include "cluster/marks.h"

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "cluster/picture_doc.h"

namespace vitrine::cluster {

using Json = nlohmann::json;

Json TagJson(const AssetTag& tag) {
  return {{"tag", tag.path},
          {"state", tag.mark.state},
          {"origin", tag.mark.origin},
          {"probability", tag.mark.probability},
          {"model", tag.mark.model}};
}

AssetTag TagOf(const Json& json) {
  return {.path = json.at("tag").get<std::string>(),
          .mark = {.state = json.at("state").get<TagState>(),
                   .origin = json.at("origin").get<TagOrigin>(),
                   .probability = json.at("probability").get<double>(),
                   .model = json.at("model").get<std::string>()}};
}

std::string MarksOf(const std::string& path) { return TagPath::Folded(path) + kLevelEnd; }

std::string MarksBelow(const std::string& path) { return TagPath::Folded(path) + '/'; }

std::string MarkText(const AssetTag& tag) {
  return MarksOf(tag.path) + std::to_string(static_cast<int>(tag.mark.state)) + kLevelEnd + tag.path;
}

Result<AssetTag> TagOfMark(const std::string& text) {
  const std::size_t state = text.find(kLevelEnd) + 1;
  const bool whole = state > 0 && text.size() > state + 2 && text[state] >= '1' && text[state] <= '3';
  if (!whole) return Error(Code::kCorrupt, "a document's tag is damaged: " + Quoted(text));
  return AssetTag{.path = text.substr(state + 2),
                  .mark = {.state = static_cast<TagState>(text[state] - '0')}};
}

}  // namespace vitrine::cluster
