// Sidecars as programs write them, and as none should but some do: made, the same on every machine.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "vitrine/types.h"
#include "xmp/note.h"
#include "xmp/packet.h"
#include "xmp/xmp.h"

namespace vitrine::testing {

struct XmpSample {
  std::string name;  ///< "037-lightroom"
  std::string bytes;
};

/// `count` sidecars in the styles of Lightroom, darktable, digiKam, Capture One and exiftool, with odd
/// prefixes, namespaces declared anew, comments, CDATA, byte order marks, other line ends and padding.
std::vector<XmpSample> MakeXmpSamples(std::size_t count);

/// A change to what a file says: tags come and go, stars and caption are set or taken away; by `seed`.
EmbeddedNote ChangeNote(EmbeddedNote note, unsigned seed);

/// Everything in a document that is none of Vitrine's business, one line each: the properties of others with
/// their values, qualifiers and languages.
std::vector<std::string> OthersIn(const std::string& bytes);

}  // namespace vitrine::testing
