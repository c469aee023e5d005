// An XML document with the places of its parts, so that one part can be changed and all other bytes kept.
//
// expat reads it: well-formedness, namespaces and character references are expat's judgement. What XMP has no
// use for is refused before it costs anything: a document type (and with it every entity), more than 4 MiB,
// nesting beyond 100, more than 200,000 elements.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

inline constexpr std::size_t kMaxXmlBytes = 4u << 20;
inline constexpr std::size_t kMaxXmlDepth = 100;
inline constexpr std::size_t kMaxXmlElements = 200'000;

/// A name with its namespace in place of the prefix.
struct XmlName {
  std::string uri;  ///< Empty for names without a namespace.
  std::string local;
  bool operator==(const XmlName&) const = default;
};

/// A half-open range of bytes of the document.
struct XmlRange {
  std::size_t begin = 0, end = 0;
  bool empty() const { return begin == end; }
};

struct XmlAttribute {
  XmlName name;
  std::string value;  ///< References resolved.
  XmlRange whole;     ///< name="value".
  XmlRange inside;    ///< What stands between the quotes.
  char quote = '"';
};

struct XmlElement {
  XmlName name;
  std::vector<XmlAttribute> attributes;                         ///< Without namespace declarations.
  std::vector<std::pair<std::string, std::string>> namespaces;  ///< Prefix and URI of those declared here.
  std::vector<std::size_t> children;                            ///< Positions in XmlDocument::elements.
  std::size_t parent = 0;                                       ///< The root is its own.
  std::string text;                                             ///< Its own characters, CDATA included.
  std::string raw_name;                                         ///< With the prefix, as written.
  XmlRange start, stop;  ///< The tags; of <a/> `start` is all and `stop` is empty, behind it.
  XmlRange whole() const { return {start.begin, stop.end}; }
};

/// A read document; positions count bytes of the text that was given to ParseXml.
struct XmlDocument {
  std::vector<XmlElement> elements;  ///< In the order of their start tags; the first is the root.

  const XmlElement& root() const { return elements.front(); }
  /// The value of an attribute; null without one.
  static const std::string* AttributeOf(const XmlElement& element, const XmlName& name);
  /// A prefix that stands for `uri` inside `element`; empty when there is none.
  std::string PrefixOf(const XmlElement& element, std::string_view uri) const;
  /// What a prefix stands for inside `element`; empty when for nothing.
  std::string NamespaceOf(const XmlElement& element, std::string_view prefix) const;
};

/// Reads UTF-8, with or without a byte order mark; an encoding that the document names is not looked at.
/// Errors: kCorrupt (not well-formed; with line and column), kUnsupported (a document type, or over a limit).
Result<XmlDocument> ParseXml(std::string_view utf8);

/// Characters as they stand between tags, or between double or single quotes. Control characters that XML has
/// no form for become blanks.
std::string XmlText(std::string_view utf8);
std::string XmlAttributeValue(std::string_view utf8, char quote);

}  // namespace vitrine
