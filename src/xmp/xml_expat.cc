#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "xmp/xml.h"

namespace vitrine {
namespace {

// Between namespace and name in what expat hands over. A namespace may hold one too (as &#10;), a name never.
constexpr char kSeparator = '\n';

XmlName NameOf(std::string_view joined) {
  const std::size_t cut = joined.rfind(kSeparator);
  if (cut == std::string_view::npos) return {.local = std::string(joined)};
  return {std::string(joined.substr(0, cut)), std::string(joined.substr(cut + 1))};
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Walks the bytes of a start tag that expat has found well-formed.
class TagScanner {
 public:
  TagScanner(std::string_view text, XmlRange tag) : text_(text), end_(tag.end), at_(tag.begin + 1) {}

  std::string Name() {
    const std::size_t begin = at_;
    while (at_ < end_ && !IsSpace(text_[at_]) && text_[at_] != '=' && text_[at_] != '/' && text_[at_] != '>')
      ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // The ranges of the next attribute, and its name as written.
  std::optional<std::pair<std::string, XmlAttribute>> Next() {
    SkipSpace();
    const std::size_t begin = at_;
    const std::string name = Name();
    SkipSpace();
    if (name.empty() || at_ >= end_ || text_[at_] != '=') return std::nullopt;
    ++at_;
    SkipSpace();
    if (at_ >= end_ || (text_[at_] != '"' && text_[at_] != '\'')) return std::nullopt;
    XmlAttribute attribute;
    attribute.quote = text_[at_];
    attribute.inside.begin = ++at_;
    at_ = std::min(text_.find(attribute.quote, at_), end_);
    attribute.inside.end = at_++;
    attribute.whole = {begin, at_};
    return std::pair(name, attribute);
  }

 private:
  void SkipSpace() {
    while (at_ < end_ && IsSpace(text_[at_])) ++at_;
  }

  std::string_view text_;
  std::size_t end_;
  std::size_t at_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), parser_(XML_ParserCreateNS("UTF-8", kSeparator)) {}

  Result<XmlDocument> Read() {
    if (!parser_) return Error(Code::kUnsupported, "not enough memory to read XML");
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          Of(self).Guard([&] { Of(self).Start(name, attributes); });
        },
        [](void* self, const XML_Char*) { Of(self).Guard([&] { Of(self).End(); }); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* text, int size) {
      Of(self).Guard([&] { Of(self).Characters({text, static_cast<std::size_t>(size)}); });
    });
    XML_SetStartNamespaceDeclHandler(
        parser_.get(), [](void* self, const XML_Char* prefix, const XML_Char* uri) {
          Of(self).Guard([&] {
            Of(self).declared_.emplace_back(prefix == nullptr ? "" : prefix, uri == nullptr ? "" : uri);
          });
        });
    XML_SetStartDoctypeDeclHandler(
        parser_.get(), [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          Of(self).Refuse("it declares a document type, which XMP has no use for and which may hide a bomb");
        });
    const XML_Status status =
        XML_Parse(parser_.get(), text_.data(), static_cast<int>(text_.size()), XML_TRUE);
    if (refused_) return *std::move(refused_);
    if (status != XML_STATUS_OK) return Damage();
    return std::move(document_);
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Reader& Of(void* self) { return *static_cast<Reader*>(self); }

  // Nothing may be thrown through expat's C.
  template <typename Work>
  void Guard(Work work) {
    if (refused_) return;
    try {
      work();
    } catch (const std::exception&) {
      Refuse("not enough memory to read it");
    }
  }

  void Refuse(const char* why) {
    if (!refused_) refused_.emplace(Code::kUnsupported, why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  Error Damage() const {
    return Error(Code::kCorrupt, std::string("not well-formed XML: ") +
                                     XML_ErrorString(XML_GetErrorCode(parser_.get())) + ", line " +
                                     std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ", column " +
                                     std::to_string(XML_GetCurrentColumnNumber(parser_.get()) + 1));
  }

  // The bytes of the event that expat is reporting.
  XmlRange Here() const {
    const auto begin = static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
    return {begin, begin + static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get()))};
  }

  void Start(const XML_Char* name, const XML_Char** attributes) {
    if (open_.size() >= kMaxXmlDepth) return Refuse("it is nested more than 100 deep");
    if (document_.elements.size() >= kMaxXmlElements) return Refuse("it has more than 200000 elements");
    const std::size_t index = document_.elements.size();
    XmlElement& element = document_.elements.emplace_back();
    element.name = NameOf(name);
    element.namespaces = std::exchange(declared_, {});
    element.start = Here();
    TagScanner scanner(text_, element.start);
    element.raw_name = scanner.Name();
    while (auto found = scanner.Next()) {
      auto& [raw_name, attribute] = *found;
      if (raw_name == "xmlns" || raw_name.starts_with("xmlns:")) continue;
      if (attributes[0] == nullptr) return Refuse("its attributes cannot be told apart");
      attribute.name = NameOf(attributes[0]);
      attribute.value = attributes[1];
      attributes += 2;
      element.attributes.push_back(std::move(attribute));
    }
    if (attributes[0] != nullptr) return Refuse("its attributes cannot be told apart");
    element.parent = open_.empty() ? index : open_.back();
    if (!open_.empty()) document_.elements[open_.back()].children.push_back(index);
    open_.push_back(index);
  }

  void End() {
    document_.elements[open_.back()].stop = Here();
    open_.pop_back();
  }

  void Characters(std::string_view text) { document_.elements[open_.back()].text += text; }

  std::string_view text_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  XmlDocument document_;
  std::vector<std::size_t> open_;
  std::vector<std::pair<std::string, std::string>> declared_;
  std::optional<Error> refused_;
};

// How a character is written; `in_quotes` is 0 between tags.
void Escape(std::string& out, char32_t c, char in_quotes) {
  if (c == U'<') {
    out += "&lt;";
  } else if (c == U'&') {
    out += "&amp;";
  } else if (c == U'>') {
    out += "&gt;";
  } else if (c == U'\r' || (in_quotes != 0 && (c == U'\n' || c == U'\t'))) {
    out += "&#" + std::to_string(static_cast<unsigned>(c)) + ";";
  } else if (in_quotes != 0 && c == static_cast<char32_t>(in_quotes)) {
    out += in_quotes == '"' ? "&quot;" : "&#39;";
  } else {
    const bool has_form = c >= 0x20 || c == U'\n' || c == U'\t';
    AppendUtf8(out, has_form && c != 0xFFFE && c != 0xFFFF ? c : U' ');
  }
}

std::string Escaped(std::string_view utf8, char in_quotes) {
  std::string out;
  for (const char32_t c : DecodeUtf8(utf8)) Escape(out, c, in_quotes);
  return out;
}

}  // namespace

const std::string* XmlDocument::AttributeOf(const XmlElement& element, const XmlName& name) {
  const auto found = std::ranges::find(element.attributes, name, &XmlAttribute::name);
  return found == element.attributes.end() ? nullptr : &found->value;
}

std::string XmlDocument::PrefixOf(const XmlElement& element, std::string_view uri) const {
  for (const XmlElement* here = &element;; here = &elements[here->parent]) {
    for (const auto& [prefix, target] : here->namespaces) {
      // One further out may be hidden by one further in.
      if (target == uri && !prefix.empty() && NamespaceOf(element, prefix) == uri) return prefix;
    }
    if (&elements[here->parent] == here) return {};
  }
}

std::string XmlDocument::NamespaceOf(const XmlElement& element, std::string_view prefix) const {
  for (const XmlElement* here = &element;; here = &elements[here->parent]) {
    for (const auto& [declared, target] : here->namespaces) {
      if (declared == prefix) return target;
    }
    if (&elements[here->parent] == here) return {};
  }
}

Result<XmlDocument> ParseXml(std::string_view utf8) {
  if (utf8.size() > kMaxXmlBytes) return Error(Code::kUnsupported, "it is larger than 4 MiB");
  return Reader(utf8).Read();
}

std::string XmlText(std::string_view utf8) { return Escaped(utf8, 0); }

std::string XmlAttributeValue(std::string_view utf8, char quote) { return Escaped(utf8, quote); }

}  // namespace vitrine
