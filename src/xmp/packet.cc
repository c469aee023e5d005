#include "xmp/packet.h"

#include <algorithm>

#include "base/try.h"
#include "xmp/note.h"

namespace vitrine {
namespace {

XmlName Rdf(std::string_view local) { return {std::string(xmp_uri::kRdf), std::string(local)}; }

bool IsList(const XmlElement& element) {
  return element.name.uri == xmp_uri::kRdf &&
         (element.name.local == "Bag" || element.name.local == "Seq" || element.name.local == "Alt");
}

// rdf:li, or the numbered form rdf:_1 of older RDF.
bool IsEntry(const XmlElement& element) {
  return element.name.uri == xmp_uri::kRdf &&
         (element.name.local == "li" || element.name.local.starts_with('_'));
}

char SeparatorOf(XmpKey key) { return key == XmpKey::kHierarchical ? '|' : '/'; }

}  // namespace

XmlName NameOf(XmpKey key) {
  const auto name = [](std::string_view uri, std::string_view local) {
    return XmlName{std::string(uri), std::string(local)};
  };
  switch (key) {
    case XmpKey::kSubject:
      return name(xmp_uri::kDc, "subject");
    case XmpKey::kHierarchical:
      return name(xmp_uri::kLightroom, "hierarchicalSubject");
    case XmpKey::kTagsList:
      return name(xmp_uri::kDigikam, "TagsList");
    case XmpKey::kRating:
      return name(xmp_uri::kXmp, "Rating");
    case XmpKey::kDescription:
      return name(xmp_uri::kDc, "description");
    case XmpKey::kExactTags:
      return name(xmp_uri::kVitrine, "tags");
    case XmpKey::kSuggestions:
      break;
  }
  return name(xmp_uri::kVitrine, "suggestions");
}

Result<XmpPacket> XmpPacket::Parse(std::string_view utf8) {
  // Some writers end a packet with zero bytes, which XML has no place for.
  while (utf8.ends_with('\0')) utf8.remove_suffix(1);
  VITRINE_TRY_ASSIGN(XmlDocument xml, ParseXml(utf8));
  const XmlName wanted = Rdf("RDF");
  if (xml.root().name == wanted) return XmpPacket(std::move(xml), 0);
  for (const std::size_t child : xml.root().children) {
    if (xml.elements[child].name == wanted) return XmpPacket(std::move(xml), child);
  }
  return Error(Code::kUnsupported, "it is XML, but holds no XMP (no rdf:RDF)");
}

std::vector<const XmlElement*> XmpPacket::ChildrenOf(const XmlElement& element) const {
  std::vector<const XmlElement*> children;
  for (const std::size_t child : element.children) children.push_back(&xml_.elements[child]);
  return children;
}

std::vector<const XmlElement*> XmpPacket::Descriptions() const {
  std::vector<const XmlElement*> found = ChildrenOf(rdf());
  std::erase_if(found, [](const XmlElement* child) { return child->name != Rdf("Description"); });
  return found;
}

std::vector<XmpProperty> XmpPacket::Find(XmpKey key) const {
  const XmlName name = NameOf(key);
  std::vector<XmpProperty> found;
  for (const XmlElement* description : Descriptions()) {
    for (const XmlAttribute& attribute : description->attributes) {
      if (attribute.name == name) found.push_back({.attribute = &attribute});
    }
    for (const XmlElement* child : ChildrenOf(*description)) {
      if (child->name == name) found.push_back({.element = child});
    }
  }
  return found;
}

const XmlElement* XmpPacket::ListOf(const XmpProperty& property) const {
  if (property.element == nullptr) return nullptr;
  for (const XmlElement* child : ChildrenOf(*property.element)) {
    if (IsList(*child)) return child;
  }
  return nullptr;
}

std::vector<XmpItem> XmpPacket::ItemsOf(const XmpProperty& property) const {
  if (property.attribute != nullptr) return {{.value = property.attribute->value}};
  const XmlElement* list = ListOf(property);
  if (list == nullptr) return {{.value = ValueOf(*property.element)}};
  std::vector<XmpItem> items;
  for (const XmlElement* child : ChildrenOf(*list)) {
    if (IsEntry(*child)) items.push_back({.element = child, .value = ValueOf(*child)});
  }
  return items;
}

std::string XmpPacket::ValueOf(const XmlElement& element) const {
  for (const XmlElement* child : ChildrenOf(element)) {
    if (child->name == Rdf("value")) return child->text;
    if (child->name != Rdf("Description")) continue;
    if (const std::string* value = XmlDocument::AttributeOf(*child, Rdf("value"))) return *value;
    for (const XmlElement* inner : ChildrenOf(*child)) {
      if (inner->name == Rdf("value")) return inner->text;
    }
  }
  if (const std::string* value = XmlDocument::AttributeOf(element, Rdf("value"))) return *value;
  return element.text;
}

const XmlElement* XmpPacket::DefaultLanguage(const XmlElement& list) const {
  const XmlName lang = {std::string(xmp_uri::kXml), "lang"};
  const XmlElement* first = nullptr;
  std::size_t entries = 0;
  for (const XmlElement* child : ChildrenOf(list)) {
    if (!IsEntry(*child)) continue;
    const std::string* language = XmlDocument::AttributeOf(*child, lang);
    if (language != nullptr && TagKey(*language) == "x-default") return child;
    if (entries++ == 0) first = child;
  }
  return entries == 1 ? first : nullptr;
}

bool XmpPacket::IsPlain(const XmlElement& element) {
  return element.children.empty() && element.attributes.empty();
}

std::vector<std::string> LevelsOfEntry(XmpKey key, std::string_view entry) {
  if (key == XmpKey::kSubject) return {std::string(entry)};
  if (key == XmpKey::kExactTags) return LevelsOfPath(entry);
  std::vector<std::string> levels(1);
  for (const char c : entry) {
    if (c == SeparatorOf(key)) {
      levels.emplace_back();
    } else {
      levels.back() += c;
    }
  }
  return levels;
}

std::string EntryOfLevels(XmpKey key, const std::vector<std::string>& levels) {
  const char separator = SeparatorOf(key);
  std::string entry;
  for (const std::string& level : levels) {
    if (level.find(separator) != std::string::npos) return {};
    if (!entry.empty()) entry += separator;
    entry += level;
  }
  return entry;
}

}  // namespace vitrine
