// The shape of XMP inside XML: an rdf:RDF that holds rdf:Descriptions of one subject, whose properties are
// child elements or, where the value is plain text, attributes. Source: ISO 16684-1, section 7.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "xmp/xml.h"

namespace vitrine {

namespace xmp_uri {
inline constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view kDc = "http://purl.org/dc/elements/1.1/";
inline constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/";
inline constexpr std::string_view kLightroom = "http://ns.adobe.com/lightroom/1.0/";
inline constexpr std::string_view kDigikam = "http://www.digikam.org/ns/1.0/";
inline constexpr std::string_view kVitrine = "urn:vitrine:xmp:1.0#";
}  // namespace xmp_uri

/// The properties that Vitrine reads and writes.
enum class XmpKey : std::uint8_t {
  kSubject,       ///< dc:subject
  kHierarchical,  ///< lr:hierarchicalSubject
  kTagsList,      ///< digiKam:TagsList
  kRating,        ///< xmp:Rating
  kDescription,   ///< dc:description
  kExactTags,     ///< vitrine:tags, paths that neither list can hold
  kSuggestions,   ///< vitrine:suggestions
};
XmlName NameOf(XmpKey key);

/// One place where a property stands: an element, or an attribute of a Description.
struct XmpProperty {
  const XmlElement* element = nullptr;
  const XmlAttribute* attribute = nullptr;
};

/// One entry of a list.
struct XmpItem {
  const XmlElement* element = nullptr;  ///< The rdf:li; null for a plain value that stands for a list of one.
  std::string value;
};

/// A document found to be XMP. Points into itself: not copyable.
class XmpPacket {
 public:
  /// Errors: as ParseXml; kUnsupported (no rdf:RDF at the top or right below it).
  static Result<XmpPacket> Parse(std::string_view utf8);

  XmpPacket(XmpPacket&&) = default;

  const XmlDocument& xml() const { return xml_; }
  const XmlElement& rdf() const { return xml_.elements[rdf_]; }
  /// The Descriptions right below rdf:RDF.
  std::vector<const XmlElement*> Descriptions() const;
  /// Everywhere that a property stands, in the order of the document.
  std::vector<XmpProperty> Find(XmpKey key) const;
  /// The rdf:Bag, rdf:Seq or rdf:Alt inside a property; null when it holds none.
  const XmlElement* ListOf(const XmpProperty& property) const;
  /// The entries of a property; a plain value counts as a list of one.
  std::vector<XmpItem> ItemsOf(const XmpProperty& property) const;
  /// The text of an element, or of the rdf:value inside it.
  std::string ValueOf(const XmlElement& element) const;
  /// The entry of dc:description that is the caption: of language x-default, or the only one there is. Null
  /// when there is none.
  const XmlElement* DefaultLanguage(const XmlElement& list) const;
  /// True for an element with no child elements and no attributes.
  static bool IsPlain(const XmlElement& element);

 private:
  XmpPacket(XmlDocument xml, std::size_t rdf) : xml_(std::move(xml)), rdf_(rdf) {}
  std::vector<const XmlElement*> ChildrenOf(const XmlElement& element) const;

  XmlDocument xml_;
  std::size_t rdf_;
};

/// The entries of a list as levels: of one level in kSubject, split at '|' in kHierarchical, at '/' in
/// kTagsList.
std::vector<std::string> LevelsOfEntry(XmpKey key, std::string_view entry);

/// What a list would say of a tag: the entry; empty where the list's separator stands inside a level.
std::string EntryOfLevels(XmpKey key, const std::vector<std::string>& levels);

}  // namespace vitrine
