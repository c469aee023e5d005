#include <algorithm>
#include <set>

#include "base/try.h"
#include "xmp/encoding.h"
#include "xmp/note.h"
#include "xmp/packet.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

// Tags in the order found, each once.
class TagCollector {
 public:
  explicit TagCollector(const XmpPacket& packet) : packet_(packet) {}

  // Every entry is a tag.
  void AddPaths(XmpKey key) {
    for (const XmpProperty& property : packet_.Find(key)) {
      for (const XmpItem& item : packet_.ItemsOf(property)) {
        Add(PathOfLevels(LevelsOfEntry(key, item.value)));
      }
    }
  }

  // An entry is a tag unless it only repeats a level, or all levels, of one that is known: programs write
  // the leaves and ancestors of their hierarchies here.
  void AddWords() {
    for (const XmpProperty& property : packet_.Find(XmpKey::kSubject)) {
      for (const XmpItem& item : packet_.ItemsOf(property)) {
        const std::string path = PathOfLevels(std::vector{item.value});
        if (!covered_.contains(TagKey(path))) Add(path);
      }
    }
  }

  std::vector<std::string> Take() { return std::move(tags_); }

 private:
  void Add(const std::string& path) {
    if (path.empty() || !keys_.insert(TagKey(path)).second) return;
    tags_.push_back(path);
    const std::vector<std::string> levels = LevelsOfPath(path);
    for (const std::string& level : levels) Cover(level);
    Cover(EntryOfLevels(XmpKey::kHierarchical, levels));
    Cover(EntryOfLevels(XmpKey::kTagsList, levels));
  }

  void Cover(const std::string& word) { covered_.insert(TagKey(PathOfLevels(std::vector{word}))); }

  const XmpPacket& packet_;
  std::vector<std::string> tags_;
  std::set<std::string> keys_;
  std::set<std::string> covered_;
};

std::string CaptionOf(const XmpPacket& packet) {
  for (const XmpProperty& property : packet.Find(XmpKey::kDescription)) {
    if (property.attribute != nullptr) return CleanCaption(property.attribute->value);
    const XmlElement* list = packet.ListOf(property);
    if (list == nullptr) return CleanCaption(packet.ValueOf(*property.element));
    const XmlElement* entry = packet.DefaultLanguage(*list);
    return entry == nullptr ? std::string() : CleanCaption(packet.ValueOf(*entry));
  }
  return {};
}

std::optional<int> StarsOf(const XmpPacket& packet) {
  for (const XmpProperty& property : packet.Find(XmpKey::kRating)) {
    return RatingOf(property.attribute != nullptr ? property.attribute->value
                                                  : packet.ValueOf(*property.element));
  }
  return std::nullopt;
}

}  // namespace

Result<EmbeddedNote> ReadXmp(std::string_view bytes) {
  if (bytes.size() > kMaxXmpBytes) return Error(Code::kUnsupported, "it is larger than 4 MiB");
  VITRINE_TRY_ASSIGN(const XmpText text, DecodeXmp(bytes));
  VITRINE_TRY_ASSIGN(const XmpPacket packet, XmpPacket::Parse(text.utf8));
  TagCollector tags(packet);
  tags.AddPaths(XmpKey::kExactTags);
  tags.AddPaths(XmpKey::kTagsList);
  tags.AddPaths(XmpKey::kHierarchical);
  tags.AddWords();
  return EmbeddedNote{.tags = tags.Take(), .rating = StarsOf(packet), .caption = CaptionOf(packet)};
}

}  // namespace vitrine
