// Changing five properties of an XMP document and not one byte beside them.
//
// Problem: a sidecar belongs to many programs. Reading it into a model and writing the model back would lose
// what the model does not know: unknown properties, comments, processing instructions, the order and the
// spelling of everything.
//
// Idea: the text is never written anew. The parser says at which bytes each part stands, and a merge is a
// list of replacements of ranges, all of which lie inside our own properties or are empty ranges
// (insertions).
//   - A list (dc:subject and its like): entries that are not wanted go, wanted ones that are missing are put
//     behind the last entry. Entries that stay keep their place, form and qualifiers.
//   - A value (xmp:Rating, the caption) is replaced where it stands, between its quotes or its tags.
//   - What has another form (a list as an attribute, say) is removed and written anew.
//   - What stands nowhere yet goes into the last rdf:Description, when all its namespaces are declared there,
//     or else into a Description of its own that declares them.
//
// Why right: ranges come from a parser that has accepted the document, and the result is read again before it
// is handed out. It has to give back exactly the wanted note, or the merge fails and nobody writes anything.
#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <set>

#include "base/try.h"
#include "xmp/encoding.h"
#include "xmp/note.h"
#include "xmp/packet.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

constexpr std::string_view kNewSidecar =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Vitrine\">\n"
    " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    " </rdf:RDF>\n"
    "</x:xmpmeta>\n";

struct Edit {
  XmlRange range;
  std::string text;
};

// The entries that one list should have, and how to tell which of those it has are among them.
struct WantedList {
  std::vector<std::string> entries;
  std::set<std::string> keys;  ///< Of LevelsOfEntry, as paths.
  void Add(XmpKey key, const std::string& entry) {
    if (!entry.empty() && keys.insert(KeyOf(key, entry)).second) entries.push_back(entry);
  }
  static std::string KeyOf(XmpKey key, std::string_view entry) {
    return TagKey(PathOfLevels(LevelsOfEntry(key, entry)));
  }
};

// Prefixes for the names that are written.
struct Prefixes {
  std::string rdf = "rdf", dc = "dc", lightroom = "lr", digikam = "digiKam", xmp = "xmp", vitrine = "vitrine";

  // Calls visit(prefix, uri) for each.
  template <typename Self, typename Visit>
  static void ForEach(Self& self, Visit visit) {
    visit(self.rdf, xmp_uri::kRdf);
    visit(self.dc, xmp_uri::kDc);
    visit(self.lightroom, xmp_uri::kLightroom);
    visit(self.digikam, xmp_uri::kDigikam);
    visit(self.xmp, xmp_uri::kXmp);
    visit(self.vitrine, xmp_uri::kVitrine);
  }
  std::string NameFor(XmpKey key) const {
    const XmlName name = NameOf(key);
    std::string full;
    ForEach(*this, [&](const std::string& prefix, std::string_view uri) {
      if (uri == name.uri) full = prefix + ":" + name.local;
    });
    return full;
  }
};

class Merger {
 public:
  Merger(std::string_view text, const XmpPacket& packet) : text_(text), packet_(packet) {
    newline_ = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
  }

  void SetList(XmpKey key, const WantedList& wanted) {
    std::vector<std::string> missing = wanted.entries;
    std::optional<XmpProperty> to_extend;
    for (const XmpProperty& property : packet_.Find(key)) {
      if (Prune(key, property, wanted, missing) && !to_extend) to_extend = property;
    }
    if (missing.empty()) return;
    if (to_extend) return Extend(*to_extend, missing);
    additions_.push_back({key, missing});
  }

  void SetRating(std::optional<int> rating) {
    const std::string text = rating ? std::to_string(*rating) : "";
    bool stands = false;
    for (const XmpProperty& property : packet_.Find(XmpKey::kRating)) {
      const std::string now =
          property.attribute != nullptr ? property.attribute->value : packet_.ValueOf(*property.element);
      stands = RatingOf(now) == rating || SetValue(property, text) || stands;
    }
    if (!stands && rating) additions_.push_back({XmpKey::kRating, {text}});
  }

  void SetCaption(const std::string& caption) {
    bool stands = false;
    for (const XmpProperty& property : packet_.Find(XmpKey::kDescription)) {
      const XmlElement* list = packet_.ListOf(property);
      if (list != nullptr) {
        stands = SetDefaultLanguage(property, *list, caption) || stands;
      } else if (CleanCaption(packet_.ItemsOf(property).front().value) == caption) {
        stands = true;
      } else {
        stands = SetValue(property, caption) || stands;
      }
    }
    if (!stands && !caption.empty()) additions_.push_back({XmpKey::kDescription, {caption}});
  }

  void SetSuggestions(const std::vector<MachineTag>& machine) {
    for (const XmpProperty& property : packet_.Find(XmpKey::kSuggestions)) Remove(property);
    if (!machine.empty()) suggestions_ = &machine;
  }

  std::string Apply() {
    WriteAdditions();
    std::ranges::stable_sort(edits_, [](const Edit& a, const Edit& b) {
      return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
    });
    std::string merged;
    std::size_t done = 0;
    for (const Edit& edit : edits_) {
      if (edit.range.begin < done) continue;  // Inside a part that is gone as a whole.
      merged.append(text_, done, edit.range.begin - done).append(edit.text);
      done = edit.range.end;
    }
    return merged.append(text_, done, std::string_view::npos);
  }

 private:
  struct Addition {
    XmpKey key;
    std::vector<std::string> values;
  };

  // Lists.

  // Takes out what is not wanted and crosses off `missing` what is there. Entries that name no tag at all are
  // another program's business and stay. False when the property is gone.
  bool Prune(XmpKey key, const XmpProperty& property, const WantedList& wanted,
             std::vector<std::string>& missing) {
    std::vector<const XmlElement*> unwanted;
    std::set<std::string> present;
    for (const XmpItem& item : packet_.ItemsOf(property)) {
      const std::string entry = WantedList::KeyOf(key, item.value);
      if (entry.empty() || wanted.keys.contains(entry)) {
        present.insert(entry);
      } else {
        unwanted.push_back(item.element);
      }
    }
    const auto is_present = [&](const auto& entry) {
      return present.contains(WantedList::KeyOf(key, entry));
    };
    const bool complete = unwanted.empty() && std::ranges::all_of(missing, is_present);
    const XmlElement* list = packet_.ListOf(property);
    const bool editable = list != nullptr && !packet_.xml().PrefixOf(*list, xmp_uri::kRdf).empty();
    const bool useless = present.empty() && missing.empty();
    if (!complete && (!editable || useless)) {
      Remove(property);
      return false;
    }
    for (const XmlElement* entry : unwanted) Erase(*entry);
    std::erase_if(missing, is_present);
    return true;
  }

  void Extend(const XmpProperty& property, const std::vector<std::string>& entries) {
    const XmlElement& list = *packet_.ListOf(property);
    const std::string name = packet_.xml().PrefixOf(list, xmp_uri::kRdf) + ":li";
    const XmlElement* last = list.children.empty() ? nullptr : &packet_.xml().elements[list.children.back()];
    const std::string indent = last == nullptr ? "" : IndentOf(last->start.begin);
    std::string text;
    for (const std::string& entry : entries) {
      text += indent;
      text += "<" + name + ">" + XmlText(entry) + "</" + name + ">";
    }
    if (last != nullptr) {
      edits_.push_back({{last->stop.end, last->stop.end}, text});
    } else {
      FillFront(list, text);
    }
  }

  // Values.

  // True when the value stands there now; false when the property is gone.
  bool SetValue(const XmpProperty& property, const std::string& value) {
    const bool plain = property.attribute != nullptr || XmpPacket::IsPlain(*property.element);
    if (value.empty() || !plain) {
      Remove(property);
      return false;
    }
    if (property.attribute != nullptr) {
      edits_.push_back({property.attribute->inside, XmlAttributeValue(value, property.attribute->quote)});
    } else {
      Fill(*property.element, XmlText(value));
    }
    return true;
  }

  // Changes one language and leaves the others. An empty caption beside other languages stays as an empty
  // default, so that no other language is taken for it.
  bool SetDefaultLanguage(const XmpProperty& property, const XmlElement& list, const std::string& caption) {
    const XmlElement* entry = packet_.DefaultLanguage(list);
    const std::string now = entry == nullptr ? "" : CleanCaption(packet_.ValueOf(*entry));
    if (now == caption) return true;
    if (caption.empty() && list.children.size() == 1) {
      Remove(property);
      return false;
    }
    const std::string prefix = packet_.xml().PrefixOf(list, xmp_uri::kRdf);
    const std::string name =
        prefix.empty() ? "li xmlns=\"" + std::string(xmp_uri::kRdf) + "\"" : prefix + ":li";
    const std::string end = prefix.empty() ? "li" : name;
    const std::string fresh = "<" + name + " xml:lang=\"x-default\">" + XmlText(caption) + "</" + end + ">";
    if (entry == nullptr) {
      const bool has_first = !list.children.empty();
      const std::string indent =
          has_first ? IndentOf(packet_.xml().elements[list.children.front()].start.begin) : "";
      FillFront(list, indent + fresh);
    } else if (entry->children.empty() && !XmlDocument::AttributeOf(*entry, RdfValue())) {
      Fill(*entry, XmlText(caption));
    } else {
      edits_.push_back({entry->whole(), fresh});
    }
    return true;
  }

  static XmlName RdfValue() { return {std::string(xmp_uri::kRdf), "value"}; }

  // Ranges.

  // Puts `inner` in place of all between an element's tags.
  void Fill(const XmlElement& element, const std::string& inner) {
    if (element.stop.empty()) return OpenUp(element, inner);
    edits_.push_back({{element.start.end, element.stop.begin}, inner});
  }

  // Puts `inner` right behind an element's start tag.
  void FillFront(const XmlElement& element, const std::string& inner) {
    if (element.stop.empty()) return OpenUp(element, inner);
    edits_.push_back({{element.start.end, element.start.end}, inner});
  }

  // <a/> becomes <a>inner</a>.
  void OpenUp(const XmlElement& element, const std::string& inner) {
    edits_.push_back(
        {{element.start.end - 2, element.start.end}, ">" + inner + "</" + element.raw_name + ">"});
  }

  void Remove(const XmpProperty& property) {
    if (property.element != nullptr) return Erase(*property.element);
    XmlRange range = property.attribute->whole;
    while (range.begin > 0 && IsBlank(text_[range.begin - 1])) --range.begin;
    edits_.push_back({range, ""});
  }

  // With the line that it begins, when there is nothing before it on that line.
  void Erase(const XmlElement& element) {
    const std::size_t indent = IndentOf(element.start.begin).size();
    edits_.push_back({{element.start.begin - indent, element.stop.end}, ""});
  }

  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  // The line end and the blanks before a position; empty when something else stands on its line.
  std::string IndentOf(std::size_t at) const {
    std::size_t begin = at;
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    if (begin == 0 || text_[begin - 1] != '\n') return {};
    begin -= begin > 1 && text_[begin - 2] == '\r' ? std::size_t{2} : std::size_t{1};
    return std::string(text_.substr(begin, at - begin));
  }

  // What stands nowhere yet.

  void WriteAdditions() {
    if (additions_.empty() && suggestions_ == nullptr) return;
    const std::vector<const XmlElement*> descriptions = packet_.Descriptions();
    const XmlElement* last = descriptions.empty() ? nullptr : descriptions.back();
    if (last != nullptr) {
      if (const std::optional<Prefixes> known = PrefixesIn(*last)) return AddInside(*last, *known);
    }
    AddDescription(last);
  }

  // The prefixes of all that is to be added, when each is declared there.
  std::optional<Prefixes> PrefixesIn(const XmlElement& element) const {
    std::set<std::string> needed = {std::string(xmp_uri::kRdf)};
    for (const Addition& addition : additions_) needed.insert(NameOf(addition.key).uri);
    if (suggestions_ != nullptr) needed.insert(std::string(xmp_uri::kVitrine));
    Prefixes prefixes;
    bool complete = true;
    Prefixes::ForEach(prefixes, [&](std::string& prefix, std::string_view uri) {
      prefix = packet_.xml().PrefixOf(element, uri);
      complete = complete && (!prefix.empty() || !needed.contains(std::string(uri)));
    });
    return complete ? std::optional(prefixes) : std::nullopt;
  }

  void AddInside(const XmlElement& description, const Prefixes& prefixes) {
    const XmlElement* last =
        description.children.empty() ? nullptr : &packet_.xml().elements[description.children.back()];
    const std::string outer = LineAt(description.start.begin);
    const std::string inner = last == nullptr ? outer + " " : LineAt(last->start.begin);
    const std::string text = Properties(prefixes, inner);
    if (last != nullptr) {
      edits_.push_back({{last->stop.end, last->stop.end}, text});
    } else if (description.stop.empty()) {
      OpenUp(description, text + outer);
    } else {
      edits_.push_back({{description.start.end, description.start.end}, text});
    }
  }

  void AddDescription(const XmlElement* last) {
    const XmlElement& rdf = packet_.rdf();
    const Prefixes prefixes;
    const std::string line = last != nullptr ? LineAt(last->start.begin) : LineAt(rdf.start.begin) + " ";
    const std::string* about =
        last == nullptr ? nullptr : XmlDocument::AttributeOf(*last, {std::string(xmp_uri::kRdf), "about"});
    std::string text = line + "<rdf:Description rdf:about=\"" +
                       XmlAttributeValue(about == nullptr ? "" : *about, '"') + "\"";
    Prefixes::ForEach(prefixes, [&](const std::string& prefix, std::string_view uri) {
      const bool declared = packet_.xml().NamespaceOf(rdf, prefix) == uri;
      const bool used = uri != xmp_uri::kVitrine || NeedsOwn();
      if (used && !declared) text += line + "  xmlns:" + prefix + "=\"" + std::string(uri) + "\"";
    });
    text += ">" + Properties(prefixes, line + " ") + line + "</rdf:Description>";
    if (last != nullptr) {
      edits_.push_back({{last->stop.end, last->stop.end}, text});
    } else if (rdf.stop.empty()) {
      OpenUp(rdf, text + LineAt(rdf.start.begin));
    } else {
      FillFront(rdf, text);
    }
  }

  bool NeedsOwn() const {
    return suggestions_ != nullptr ||
           std::ranges::any_of(additions_, [](const Addition& a) { return a.key == XmpKey::kExactTags; });
  }

  // A line end and the indent of the line that holds a position.
  std::string LineAt(std::size_t at) const {
    const std::string indent = IndentOf(at);
    return indent.empty() ? newline_ : indent;
  }

  std::string Properties(const Prefixes& prefixes, const std::string& line) const {
    std::string text;
    for (const Addition& addition : additions_) {
      const std::string name = prefixes.NameFor(addition.key);
      text += line + "<" + name + ">" + Body(addition, prefixes, line) + "</" + name + ">";
    }
    if (suggestions_ != nullptr) text += Suggestions(prefixes, line);
    return text;
  }

  static std::string Body(const Addition& addition, const Prefixes& prefixes, const std::string& line) {
    if (addition.key == XmpKey::kRating) return addition.values.front();
    const bool caption = addition.key == XmpKey::kDescription;
    const std::string list = prefixes.rdf + (caption                             ? ":Alt"
                                             : addition.key == XmpKey::kTagsList ? ":Seq"
                                                                                 : ":Bag");
    const std::string item = prefixes.rdf + ":li";
    std::string text = line + " <" + list + ">";
    for (const std::string& value : addition.values) {
      text += line + "  <" + item + (caption ? " xml:lang=\"x-default\"" : "") + ">" + XmlText(value) + "</" +
              item + ">";
    }
    return text + line + " </" + list + ">" + line;
  }

  std::string Suggestions(const Prefixes& prefixes, const std::string& line) const {
    const std::string name = prefixes.NameFor(XmpKey::kSuggestions);
    const std::string& rdf = prefixes.rdf;
    const std::string& own = prefixes.vitrine;
    std::string text = line + "<" + name + ">" + line + " <" + rdf + ":Bag>";
    for (const MachineTag& tag : *suggestions_) {
      std::array<char, 16> probability = {};
      std::snprintf(probability.data(), probability.size(), "%.4f", std::clamp(tag.probability, 0.0, 1.0));
      text += line + "  <" + rdf + ":li " + rdf + ":parseType=\"Resource\">";
      const auto field = [&](const std::string& local, std::string_view value) {
        text += line + "   <" + own + ":" + local + ">" + XmlText(value) + "</" + own + ":" + local + ">";
      };
      field("tag", tag.path);
      field("probability", probability.data());
      field("model", tag.model);
      text += line + "  </" + rdf + ":li>";
    }
    return text + line + " </" + rdf + ":Bag>" + line + "</" + name + ">";
  }

  std::string_view text_;
  const XmpPacket& packet_;
  std::string newline_;
  std::vector<Edit> edits_;
  std::vector<Addition> additions_;
  const std::vector<MachineTag>* suggestions_ = nullptr;
};

void SetTags(Merger& merger, const std::vector<std::string>& tags) {
  WantedList words;
  WantedList hierarchical;
  WantedList tags_list;
  WantedList exact;
  for (const std::string& tag : tags) {
    const std::vector<std::string> levels = LevelsOfPath(tag);
    for (const std::string& level : levels) words.Add(XmpKey::kSubject, level);
    const std::string bars = EntryOfLevels(XmpKey::kHierarchical, levels);
    const std::string slashes = EntryOfLevels(XmpKey::kTagsList, levels);
    hierarchical.Add(XmpKey::kHierarchical, bars);
    tags_list.Add(XmpKey::kTagsList, slashes);
    if (bars.empty() && slashes.empty()) exact.Add(XmpKey::kExactTags, tag);
    // A whole path among the words is another program's way to write the same tag.
    for (const std::string& whole : {bars, slashes}) {
      if (!whole.empty()) words.keys.insert(WantedList::KeyOf(XmpKey::kSubject, whole));
    }
  }
  merger.SetList(XmpKey::kSubject, words);
  merger.SetList(XmpKey::kHierarchical, hierarchical);
  merger.SetList(XmpKey::kTagsList, tags_list);
  merger.SetList(XmpKey::kExactTags, exact);
}

std::set<std::string> KeysOf(const EmbeddedNote& note) {
  std::set<std::string> keys;
  for (const std::string& tag : note.tags) keys.insert(TagKey(tag));
  return keys;
}

bool Says(const EmbeddedNote& note, const EmbeddedNote& wanted) {
  return KeysOf(note) == KeysOf(wanted) && note.rating == wanted.rating && note.caption == wanted.caption;
}

bool IsBlank(std::string_view bytes) {
  return bytes.find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string_view::npos;
}

}  // namespace

Result<std::string> MergeXmp(std::string_view existing, const XmpWanted& wanted) {
  if (existing.size() > kMaxXmpBytes) return Error(Code::kUnsupported, "it is larger than 4 MiB");
  const EmbeddedNote note = CleanNote(wanted.note);
  VITRINE_TRY_ASSIGN(XmpText text, DecodeXmp(IsBlank(existing) ? kNewSidecar : existing));
  VITRINE_TRY_ASSIGN(const XmpPacket packet, XmpPacket::Parse(text.utf8));
  Merger merger(text.utf8, packet);
  SetTags(merger, note.tags);
  merger.SetRating(note.rating);
  merger.SetCaption(note.caption);
  if (wanted.machine) merger.SetSuggestions(*wanted.machine);
  std::string merged = EncodeXmp({merger.Apply(), text.encoding});
  const Result<EmbeddedNote> back = ReadXmp(merged);
  if (!back || !Says(*back, note)) {
    return Error(Code::kInternal, "it has a form that cannot be edited without loss");
  }
  return merged;
}

}  // namespace vitrine
