#include "image/worker/embedded.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "image/worker/decode.h"
#include "picture_maker.h"
#include "xmp/xmp.h"

namespace vitrine::worker {
namespace {

using namespace std::string_literals;
using Tags = std::vector<std::string>;

std::span<const std::byte> Bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string Record(char record, char dataset, const std::string& text) {
  return "\x1c"s + record + dataset + static_cast<char>(text.size() >> 8) +
         static_cast<char>(text.size() & 255) + text;
}

std::string Resource(int id, const std::string& name, const std::string& data) {
  std::string bytes = "8BIM"s + static_cast<char>(id >> 8) + static_cast<char>(id & 255);
  bytes += static_cast<char>(name.size());
  bytes += name;
  if (name.size() % 2 == 0) bytes += '\0';
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(data.size() >> shift & 255);
  bytes += data;
  if (data.size() % 2 != 0) bytes += '\0';
  return bytes;
}

std::string Segment(int marker, const std::string& body) {
  const std::size_t size = body.size() + 2;
  return "\xff"s + static_cast<char>(marker) + static_cast<char>(size >> 8) + static_cast<char>(size & 255) +
         body;
}

std::string Packet(const EmbeddedNote& note) { return *MergeXmp("", {.note = note}); }

TEST(ReadEmbedded, IptcInAllItsWrappings) {
  const std::string records = Record(1, 90, "\x1b%G") + Record(2, 25, "beach") +
                              Record(2, 25, "caf\u00e9/bar") + Record(2, 120, "A day\r\nout");
  const std::string resources = Resource(1005, "ab", "xyz") + Resource(0x0404, "", records);
  for (const std::string& bytes : {records, resources, "Photoshop 3.0\0"s + resources}) {
    const EmbeddedNote note = ReadEmbedded({.iptc = Bytes(bytes)});
    EXPECT_EQ(note.tags, (Tags{"beach", "caf\u00e9\\/bar"}));
    EXPECT_EQ(note.caption, "A day\nout");
  }
}

TEST(ReadEmbedded, OldIptcIsLatin1) {
  const std::string records = Record(2, 25, "caf\xe9");
  EXPECT_EQ(ReadEmbedded({.iptc = Bytes(records)}).tags, Tags{"caf\u00e9"});
}

TEST(ReadEmbedded, XmpSpeaksFirst) {
  const std::string xmp = Packet({.tags = {"a/b"}, .rating = 2, .caption = "xmp"});
  const std::string iptc = Record(2, 25, "other") + Record(2, 120, "iptc");
  Exif exif;
  exif.rating = 5;
  exif.description = "exif";
  EXPECT_EQ(ReadEmbedded({.xmp = Bytes(xmp), .iptc = Bytes(iptc), .exif = exif}),
            (EmbeddedNote{.tags = {"a/b"}, .rating = 2, .caption = "xmp"}));
  EXPECT_EQ(ReadEmbedded({.iptc = Bytes(iptc), .exif = exif}),
            (EmbeddedNote{.tags = {"other"}, .rating = 5, .caption = "iptc"}));
  EXPECT_EQ(ReadEmbedded({.exif = exif}), (EmbeddedNote{.rating = 5, .caption = "exif"}));
  exif.description = "OLYMPUS DIGITAL CAMERA         ";
  EXPECT_EQ(ReadEmbedded({.exif = exif}).caption, "");
}

TEST(ReadEmbedded, BrokenPartsAreAbsent) {
  const std::string xmp = Packet({.tags = {"a/b"}});
  const std::string iptc = Resource(0x0404, "", Record(2, 25, "beach") + Record(2, 120, "caption"));
  for (std::size_t size = 0; size < iptc.size(); ++size) {
    const std::string cut = iptc.substr(0, size);
    EXPECT_EQ(ReadEmbedded({.xmp = Bytes(xmp).first(xmp.size() / 2), .iptc = Bytes(cut)}), EmbeddedNote())
        << size;
  }
  EXPECT_EQ(ReadEmbedded({.iptc = Bytes(iptc)}).tags, Tags{"beach"});
}

TEST(ReadEmbedded, RandomBytesDoNoHarm) {
  std::mt19937 random(7);
  const std::string whole =
      "Photoshop 3.0\0"s + Resource(1005, "ab", "xyz") + Resource(0x0404, "n", Record(2, 25, "beach"));
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (int flips = 0; flips < 3; ++flips) bytes[random() % bytes.size()] = static_cast<char>(random());
    for (const std::string& tag : ReadEmbedded({.iptc = Bytes(bytes)}).tags) EXPECT_FALSE(tag.empty());
  }
}

TEST(EmbeddedNotes, TravelFromTheFileToThePool) {
  const EmbeddedNote note = {.tags = {"places/sea", "caf\u00e9"}, .rating = 4, .caption = "Waves"};
  const std::string plain = testing::Encode(testing::Quarters(64, 48), ".jpg");
  const std::string xmp = Segment(0xe1, "http://ns.adobe.com/xap/1.0/\0"s + Packet(note));
  const std::string file = plain.substr(0, 2) + xmp + plain.substr(2);
  const auto pool = testing::StartPool("vitrine-decode", {.workers = 1});
  ASSERT_TRUE(pool);
  const auto with = pool->Decode(testing::FileWith(file), {});
  ASSERT_TRUE(with) << with.error().message();
  EXPECT_EQ(with->note, note);
  EXPECT_FALSE(with->thumbnail.empty());
  const auto without = pool->Decode(testing::FileWith(plain), {});
  ASSERT_TRUE(without);
  EXPECT_EQ(without->note, EmbeddedNote());
  const std::string bomb =
      Segment(0xe1, "http://ns.adobe.com/xap/1.0/\0<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"s);
  EXPECT_TRUE(pool->Decode(testing::FileWith(plain.substr(0, 2) + bomb + plain.substr(2)), {}));
}

TEST(EmbeddedNotes, EveryFormatThatHoldsAPacketIsRead) {
  const EmbeddedNote note = {.tags = {"places/sea"}, .rating = 4, .caption = "Waves"};
  const std::string packet = Packet(note);
  const RgbImage quarters = testing::Quarters(64, 48);
  std::size_t read = 0;
  for (const char* saver : {".png", ".webp", ".tif"}) {
    VipsImage* image = vips_image_new_from_memory_copy(quarters.pixels.data(), quarters.pixels.size(), 64, 48,
                                                       3, VIPS_FORMAT_UCHAR);
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, packet.data(), packet.size());
    void* data = nullptr;
    std::size_t size = 0;
    ASSERT_EQ(vips_image_write_to_buffer(image, saver, &data, &size, nullptr), 0);
    g_object_unref(image);
    const auto decoded = DecodeFile({static_cast<const std::byte*>(data), size}, {});
    g_free(data);
    ASSERT_TRUE(decoded) << saver << decoded.error().message();
    EXPECT_EQ(decoded->note, note) << saver;
    ++read;
  }
  EXPECT_EQ(read, 3u);
}

}  // namespace
}  // namespace vitrine::worker
