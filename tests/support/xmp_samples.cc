#include "support/xmp_samples.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "xmp/encoding.h"

namespace vitrine::testing {
namespace {

constexpr std::array<std::string_view, 24> kTags = {"places/France/Paris",
                                                    "places/Italy",
                                                    "people/Ada Lovelace",
                                                    "beach",
                                                    "Tom & Jerry",
                                                    "5 < 6",
                                                    "caf\u00e9",
                                                    "\u05e9\u05dc\u05d5\u05dd",
                                                    "\u0645\u0631\u062d\u0628\u0627/\u0628\u062d\u0631",
                                                    "\u5199\u771f/\u65c5\u884c",
                                                    "music/AC\\/DC",
                                                    "yes|no",
                                                    "odd|\\/both",
                                                    "Beach/Beach ball",
                                                    "\"quoted\"",
                                                    "it's",
                                                    "a\\\\b",
                                                    "x/y/z/w/v/u",
                                                    "\U0001F600 smile",
                                                    "night",
                                                    "Night/Stars",
                                                    "[brackets]",
                                                    "two  blanks",
                                                    "]]>"};

// A number generator whose draws are the same everywhere.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t Below(std::size_t limit) { return engine_() % limit; }
  bool Coin(std::size_t one_in = 2) { return Below(one_in) == 0; }

 private:
  std::mt19937 engine_;
};

struct Spelling {
  std::string rdf = "rdf", dc = "dc", xmp = "xmp", lr = "lr", digikam = "digiKam";
};

class Maker {
 public:
  explicit Maker(unsigned seed) : dice_(seed) {
    if (dice_.Coin(4)) spelling_ = {"R", "Dublin", "xap", "light-room", "dk"};
    if (dice_.Coin(6)) spelling_.dc = "_d.c";
    if (dice_.Coin(5)) quote_ = "'";
  }

  // UTF-16 is told by a byte order mark, which a packet's header then repeats.
  static std::string ForUtf16(std::string text) {
    text.erase(0, text.starts_with("<?xml") ? text.find("?>") + 2 : text.starts_with("\ufeff") ? 3 : 0);
    if (const std::size_t at = text.find("begin=''"); at != std::string::npos) text.insert(at + 7, "\ufeff");
    return "\ufeff" + text;
  }

  std::string Make(std::string_view style) {
    std::string body;
    if (style == "lightroom") body = Lightroom();
    if (style == "darktable") body = Darktable();
    if (style == "digikam") body = Digikam();
    if (style == "captureone") body = CaptureOne();
    if (style == "exiftool") body = Exiftool();
    if (style == "odd") body = Odd();
    std::string text = Wrap(body);
    if (dice_.Coin(5)) {
      std::string crlf;
      for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
      text = crlf;
    } else if (dice_.Coin(8)) {
      std::erase(text, '\n');
    }
    if (dice_.Coin(12)) {
      return EncodeXmp({ForUtf16(text), dice_.Coin() ? XmpEncoding::kUtf16Le : XmpEncoding::kUtf16Be});
    }
    return text;
  }

 private:
  static std::string Uri(std::string_view uri) { return std::string(uri); }
  std::string Q(const std::string& value) const {
    return quote_ + XmlAttributeValue(value, quote_[0]) + quote_;
  }
  std::string Ns(const std::string& prefix, std::string_view uri) const {
    return " xmlns:" + prefix + "=" + Q(Uri(uri));
  }
  std::string OurNamespaces() const {
    return Ns(spelling_.dc, xmp_uri::kDc) + "\n   " + Ns(spelling_.xmp, xmp_uri::kXmp) + "\n   " +
           Ns(spelling_.lr, xmp_uri::kLightroom) + Ns(spelling_.digikam, xmp_uri::kDigikam);
  }

  std::string Wrap(const std::string& body) {
    const std::string rdf = "<" + spelling_.rdf + ":RDF" + Ns(spelling_.rdf, xmp_uri::kRdf) + ">\n" + body +
                            " </" + spelling_.rdf + ":RDF>\n";
    const std::string meta =
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Maker 1\">\n " + rdf + "</x:xmpmeta>\n";
    switch (dice_.Below(6)) {
      case 0:
        return "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" + meta +
               std::string(200, ' ') + "\n<?xpacket end=\"w\"?>";
      case 1:
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + meta;
      case 2:
        return rdf;
      case 3:
        return "\ufeff" + meta;
      case 4:
        return "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<!-- made by hand -->\n<?keep this?>\n" +
               meta + "<!-- after -->\n<?xpacket end='r'?>\n";
      default:
        return "<x:xapmeta xmlns:x='adobe:ns:meta/'>\n" + rdf + "</x:xapmeta>";
    }
  }

  std::vector<std::string> Draw(std::size_t most) {
    std::vector<std::string> drawn;
    for (std::size_t n = dice_.Below(most + 1); n > 0; --n)
      drawn.emplace_back(kTags[dice_.Below(kTags.size())]);
    return drawn;
  }

  // One of the ways to write the same characters.
  std::string Text(const std::string& value) {
    if (dice_.Coin(8) && value.find("]]>") == std::string::npos) return "<![CDATA[" + value + "]]>";
    if (dice_.Coin(8) && !value.empty() && static_cast<unsigned char>(value[0]) < 0x80) {
      return "&#x" + std::string(1, "0123456789abcdef"[value[0] >> 4]) + "0123456789abcdef"[value[0] & 15] +
             ";" + XmlText(value.substr(1));
    }
    return XmlText(value);
  }

  std::string Item(const std::string& value) {
    const std::string li = spelling_.rdf + ":li";
    if (dice_.Coin(12)) {
      return "<" + li + " " + spelling_.rdf + ":parseType=\"Resource\"><" + spelling_.rdf + ":value>" +
             Text(value) + "</" + spelling_.rdf + ":value><q:sure xmlns:q=\"urn:q#\">high</q:sure></" + li +
             ">";
    }
    if (dice_.Coin(12)) return "<" + li + " xml:lang=\"en\">" + Text(value) + "</" + li + ">";
    return "<" + li + ">" + Text(value) + "</" + li + ">";
  }

  std::string List(const std::string& name, const std::string& kind, const std::vector<std::string>& values) {
    const std::string list = spelling_.rdf + ":" + kind;
    std::string text = "   <" + name + ">\n    <" + list + ">\n";
    for (const std::string& value : values) {
      text += "     " + Item(value) + "\n";
      if (dice_.Coin(15)) text += "     <!-- between -->\n";
    }
    return text + "    </" + list + ">\n   </" + name + ">\n";
  }

  std::string Tags() {
    std::vector<std::string> words;
    std::vector<std::string> bars;
    std::vector<std::string> slashes;
    const bool ancestors = dice_.Coin();
    for (const std::string& tag : Draw(5)) {
      const std::vector<std::string> levels = LevelsOfPath(tag);
      for (std::size_t i = ancestors ? 0 : levels.size() - 1; i < levels.size(); ++i)
        words.push_back(levels[i]);
      if (std::string entry = EntryOfLevels(XmpKey::kHierarchical, levels); !entry.empty())
        bars.push_back(entry);
      if (std::string entry = EntryOfLevels(XmpKey::kTagsList, levels); !entry.empty())
        slashes.push_back(entry);
    }
    std::string text;
    if (dice_.Coin(3) || !words.empty()) text += List(spelling_.dc + ":subject", "Bag", words);
    if (dice_.Coin()) text += List(spelling_.lr + ":hierarchicalSubject", "Bag", bars);
    if (dice_.Coin()) text += List(spelling_.digikam + ":TagsList", dice_.Coin() ? "Seq" : "Bag", slashes);
    return text;
  }

  std::string Caption() {
    const std::string name = spelling_.dc + ":description";
    const std::string li = spelling_.rdf + ":li";
    const std::string alt = spelling_.rdf + ":Alt";
    const std::string words = Text("A day at the sea & more");
    switch (dice_.Below(5)) {
      case 0:
        return "";
      case 1:
        return "   <" + name + ">" + words + "</" + name + ">\n";
      case 2:
        return "   <" + name + "><" + alt + "><" + li + " xml:lang=\"x-default\">" + words + "</" + li +
               "></" + alt + "></" + name + ">\n";
      case 3:
        return "   <" + name + ">\n    <" + alt + ">\n     <" + li + " xml:lang='de-DE'>Ein Tag am Meer</" +
               li + ">\n     <" + li + " xml:lang='x-default'>" + words + "</" + li + ">\n     <" + li +
               " xml:lang='fr'>Une journ\u00e9e</" + li + ">\n    </" + alt + ">\n   </" + name + ">\n";
      default:
        return "   <" + name + "><" + alt + "><" + li + " xml:lang='de'>Nur Deutsch</" + li + "><" + li +
               " xml:lang='fr'>Et fran\u00e7ais</" + li + "></" + alt + "></" + name + ">\n";
    }
  }

  std::string RatingElement() {
    if (dice_.Coin(3)) return "";
    const std::array<std::string, 5> values = {"3", "5", "-1", "2.0", "0"};
    return "   <" + spelling_.xmp + ":Rating>" + values[dice_.Below(5)] + "</" + spelling_.xmp + ":Rating>\n";
  }

  std::string Open(const std::string& attributes) {
    const std::string about = dice_.Coin(4) ? "uuid:faf5bdd5-ba3d-11da-ad31-d33d75182f1b" : "";
    about_ = about_.empty() ? about + "." : about_;
    return "  <" + spelling_.rdf + ":Description " + spelling_.rdf +
           ":about=" + Q(about_.substr(0, about_.size() - 1)) + attributes;
  }
  std::string Close() const { return "  </" + spelling_.rdf + ":Description>\n"; }

  std::string Lightroom() {
    const std::string& r = spelling_.rdf;
    std::string attributes = OurNamespaces() + Ns("crs", "http://ns.adobe.com/camera-raw-settings/1.0/") +
                             Ns("photoshop", "http://ns.adobe.com/photoshop/1.0/") +
                             Ns("xmpMM", "http://ns.adobe.com/xap/1.0/mm/") +
                             Ns("stEvt", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#") + "\n   " +
                             spelling_.xmp + ":CreatorTool=" + Q("Adobe Photoshop Lightroom Classic 13.0") +
                             "\n   " + spelling_.xmp + ":MetadataDate=" + Q("2024-06-01T17:03:22+02:00");
    if (dice_.Coin()) attributes += "\n   " + spelling_.xmp + ":Rating=" + Q(std::to_string(dice_.Below(6)));
    attributes += "\n   photoshop:City=" + Q("Line\none") + "\n   crs:Version=" + Q("16.0") +
                  "\n   crs:Exposure2012=" + Q("+0.35") + "\n   crs:HasSettings=" + Q("True");
    return Open(attributes) + ">\n" + Tags() + Caption() + "   <" + spelling_.dc + ":creator><" + r +
           ":Seq><" + r + ":li>Ada</" + r + ":li></" + r + ":Seq></" + spelling_.dc + ":creator>\n   <" +
           spelling_.dc + ":rights>\n    <" + r + ":Alt>\n     <" + r + ":li xml:lang=\"x-default\">mine</" +
           r + ":li>\n    </" + r + ":Alt>\n   </" + spelling_.dc +
           ":rights>\n   <crs:ToneCurvePV2012>\n    <" + r + ":Seq>\n     <" + r + ":li>0, 0</" + r +
           ":li>\n     <" + r + ":li>255, 255</" + r + ":li>\n    </" + r +
           ":Seq>\n   </crs:ToneCurvePV2012>\n   <xmpMM:History>\n    <" + r + ":Seq>\n     <" + r +
           ":li stEvt:action=\"saved\" stEvt:changed=\"/metadata\"/>\n     <" + r +
           ":li\n      stEvt:action=\"derived\"\n      stEvt:parameters=\"a &gt; b\"/>\n    </" + r +
           ":Seq>\n   </xmpMM:History>\n" + Close();
  }

  std::string Darktable() {
    const std::string& r = spelling_.rdf;
    std::string attributes = OurNamespaces() + Ns("exif", "http://ns.adobe.com/exif/1.0/") +
                             Ns("darktable", "http://darktable.sf.net/") +
                             "\n   exif:DateTimeOriginal=" + Q("2023:05:06 10:11:12.000") + "\n   " +
                             spelling_.xmp +
                             ":Rating=" + Q(std::to_string(static_cast<int>(dice_.Below(7)) - 1)) +
                             "\n   darktable:xmp_version=" + Q("5") + "\n   darktable:raw_params=" + Q("0") +
                             "\n   darktable:history_end=" + Q("2");
    return Open(attributes) + ">\n   <darktable:masks_history>\n    <" + r +
           ":Seq/>\n   </darktable:masks_history>\n" + "   <darktable:history>\n    <" + r + ":Seq>\n     <" +
           r +
           ":li\n      darktable:num=\"0\"\n      darktable:operation=\"rawprepare\"\n      "
           "darktable:params=\"2a000000\"/>\n     <" +
           r + ":li\n      darktable:num=\"1\"\n      darktable:operation=\"temperature\"/>\n    </" + r +
           ":Seq>\n   </darktable:history>\n" + Tags() + Caption() + Close();
  }

  std::string Digikam() {
    const std::string& r = spelling_.rdf;
    std::string attributes = OurNamespaces() + Ns("MicrosoftPhoto", "http://ns.microsoft.com/photo/1.0/") +
                             Ns("acdsee", "http://ns.acdsee.com/iptc/1.0/") +
                             Ns("mwg-rs", "http://www.metadataworkinggroup.com/schemas/regions/") +
                             Ns("stArea", "http://ns.adobe.com/xmp/sType/Area#") + "\n   " +
                             spelling_.digikam + ":PickLabel=" + Q("3") + "\n   acdsee:categories=" +
                             Q("<Categories><Category Assigned=\"1\">x</Category></Categories>");
    if (dice_.Coin(3)) attributes += " " + spelling_.dc + ":description=" + Q("as an \"attribute\"");
    const bool caption = attributes.find(":description=") == std::string::npos;
    return Open(attributes) + ">\n" + Tags() + RatingElement() + (caption ? Caption() : "") +
           List("MicrosoftPhoto:LastKeywordXMP", "Bag", Draw(3)) + "   <mwg-rs:Regions " + r +
           ":parseType=\"Resource\">\n    <mwg-rs:RegionList>\n     <" + r + ":Bag>\n      <" + r +
           ":li>\n       <" + r +
           ":Description mwg-rs:Name=\"Ada\" mwg-rs:Type=\"Face\">\n        <mwg-rs:Area " +
           "stArea:x=\"0.5\" stArea:y=\"0.4\"/>\n       </" + r + ":Description>\n      </" + r +
           ":li>\n     </" + r + ":Bag>\n    </mwg-rs:RegionList>\n   </mwg-rs:Regions>\n" + Close();
  }

  std::string CaptureOne() {
    return Open(OurNamespaces() + Ns("photomechanic", "http://ns.camerabits.com/photomechanic/1.0/")) +
           ">\n" + RatingElement() + Caption() +
           "   <photomechanic:ColorClass>0</photomechanic:ColorClass>\n" + Tags() + "   <" + spelling_.xmp +
           ":Label/>\n" + Close();
  }

  std::string Exiftool() {
    std::string text = Open(Ns(spelling_.dc, xmp_uri::kDc)) + ">\n" + Caption() + "   <" + spelling_.dc +
                       ":format>image/jpeg</" + spelling_.dc + ":format>\n" + Close();
    text += Open(OurNamespaces()) + ">\n" + Tags() + Close();
    text += Open(Ns(spelling_.xmp, xmp_uri::kXmp)) + ">\n" + RatingElement() + "   <" + spelling_.xmp +
            ":Identifier>\n    <" + spelling_.rdf + ":Bag>\n     <" + spelling_.rdf + ":li>id-1</" +
            spelling_.rdf + ":li>\n    </" + spelling_.rdf + ":Bag>\n   </" + spelling_.xmp +
            ":Identifier>\n" + Close();
    return text + Open(Ns("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/")) + ">\n" +
           List("Iptc4xmpExt:PersonInImage", "Bag", Draw(3)) + Close();
  }

  // What the standard allows and nobody expects.
  std::string Odd() {
    const std::string& r = spelling_.rdf;
    switch (dice_.Below(6)) {
      case 0:  // Nothing at all.
        return Open("") + "/>\n";
      case 1:  // Lists as plain values.
        return Open(OurNamespaces()) + " " + spelling_.dc + ":subject=" + Q("lone word") + " " +
               spelling_.xmp + ":Label=" + Q("Red") + "/>\n";
      case 2:  // A namespace declared where it is used, under a prefix that means something else
               // outside. (ExifTool takes the inner meaning from there on, so nothing of the outer one
               // follows.)
        return Open(OurNamespaces() + Ns("z", "urn:outer#")) + " z:a=" + Q("outer") +
               ">\n   <z:b>outer too</z:b>\n   <z:subject xmlns:z=\"" + Uri(xmp_uri::kDc) + "\"><" + r +
               ":Bag><" + r + ":li>inner</" + r + ":li></" + r + ":Bag></z:subject>\n" + Caption() + Close();
      case 3:  // The same property twice, values with qualifiers, the prefixes of ours meaning other things.
        return Open(Ns("lr", "urn:not-lightroom#") + Ns("digiKam", "urn:not-digikam#")) + " lr:x=" + Q("1") +
               " digiKam:y=" + Q("2") + "/>\n" + Open(OurNamespaces()) + ">\n" + Tags() + RatingElement() +
               Tags() + Close();
      case 4:  // RDF in the default namespace.
        return "<Description xmlns=\"" + Uri(xmp_uri::kRdf) + "\" " + r + ":about=\"\"" + OurNamespaces() +
               ">\n   <" + spelling_.dc + ":subject><Bag><li>plain</li><li>other</li></Bag></" +
               spelling_.dc + ":subject>\n   <" + spelling_.dc +
               ":title><Alt><li xml:lang=\"x-default\">T</li></Alt></" + spelling_.dc +
               ":title>\n</Description>\n";
      default:  // Ours empty or blank.
        return Open(OurNamespaces()) + ">\n   <" + spelling_.dc + ":subject/>\n   <" + spelling_.lr +
               ":hierarchicalSubject><" + r + ":Bag/></" + spelling_.lr + ":hierarchicalSubject>\n   <" +
               spelling_.xmp + ":Rating></" + spelling_.xmp + ":Rating>\n   <" + spelling_.dc +
               ":description/>\n" + "   <?inside a Description?>\n   <!-- " + "and a comment -->\n   <" +
               spelling_.xmp + ":Nickname>n</" + spelling_.xmp + ":Nickname>\n" + Close();
    }
  }

  Dice dice_;
  Spelling spelling_;
  std::string quote_ = "\"";
  std::string about_;  // With one character behind it, so that an empty one counts as chosen.
};

void Describe(const XmlDocument& xml, const XmlElement& element, std::string& line) {
  line += "<" + element.name.uri + element.name.local;
  for (const XmlAttribute& attribute : element.attributes) {
    line += " " + attribute.name.uri + attribute.name.local + "=" + attribute.value;
  }
  line += ">";
  if (element.children.empty()) line += element.text;
  for (const std::size_t child : element.children) Describe(xml, xml.elements[child], line);
  line += "</>";
}

constexpr std::array kOurs = {XmpKey::kSubject,    XmpKey::kHierarchical, XmpKey::kTagsList,
                              XmpKey::kRating,     XmpKey::kDescription,  XmpKey::kExactTags,
                              XmpKey::kSuggestions};

bool IsOurs(const XmlName& name) {
  return std::ranges::any_of(kOurs, [&](XmpKey key) { return NameOf(key) == name; });
}

}  // namespace

std::vector<XmpSample> MakeXmpSamples(std::size_t count) {
  constexpr std::array<std::string_view, 6> kStyles = {"lightroom",  "darktable", "digikam",
                                                       "captureone", "exiftool",  "odd"};
  std::vector<XmpSample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view style = kStyles[i % kStyles.size()];
    const std::string number = std::to_string(1000 + i).substr(1);
    samples.push_back({number + "-" + std::string(style), Maker(static_cast<unsigned>(i)).Make(style)});
  }
  return samples;
}

EmbeddedNote ChangeNote(EmbeddedNote note, unsigned seed) {
  Dice dice(seed);
  std::erase_if(note.tags, [&](const std::string&) { return dice.Coin(3); });
  for (std::size_t n = dice.Below(4); n > 0; --n) note.tags.emplace_back(kTags[dice.Below(kTags.size())]);
  if (dice.Coin()) note.rating = static_cast<int>(dice.Below(7)) - 1;
  if (dice.Coin(6)) note.rating.reset();
  if (dice.Coin()) note.caption = "New words, \"quoted\" & <marked>\nin two lines " + std::to_string(seed);
  if (dice.Coin(6)) note.caption.clear();
  return CleanNote(note);
}

std::vector<std::string> OthersIn(const std::string& bytes) {
  std::vector<std::string> others;
  const auto text = DecodeXmp(bytes);
  const auto packet = XmpPacket::Parse(text->utf8);
  const XmlDocument& xml = packet->xml();
  for (const XmlElement* description : packet->Descriptions()) {
    for (const XmlAttribute& attribute : description->attributes) {
      if (attribute.name.uri == xmp_uri::kRdf || IsOurs(attribute.name)) continue;
      others.push_back(attribute.name.uri + attribute.name.local + "=" + attribute.value);
    }
    for (const std::size_t child : description->children) {
      const XmlElement& property = xml.elements[child];
      if (!IsOurs(property.name)) Describe(xml, property, others.emplace_back());
      const XmlElement* list = packet->ListOf({.element = &property});
      if (property.name != NameOf(XmpKey::kDescription) || list == nullptr) continue;
      // Captions in other languages.
      for (const std::size_t entry : list->children) {
        if (&xml.elements[entry] != packet->DefaultLanguage(*list))
          Describe(xml, xml.elements[entry], others.emplace_back());
      }
    }
  }
  return others;
}

}  // namespace vitrine::testing
