#include "image/protocol.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "xmp/note.h"

namespace vitrine::protocol {
namespace {

constexpr DecodeRequest kAsked = {.min_edge_px = 20, .thumbnail_edge_px = 0};

Request MakeRequest() {
  Request request;
  request.id = 7;
  request.max_pixels = 1'000'000;
  request.arena_bytes = ArenaBytes(kAsked);
  request.min_edge_px = kAsked.min_edge_px;
  request.thumbnail_edge_px = kAsked.thumbnail_edge_px;
  return request;
}

Reply MakeReply() {
  Reply reply;
  reply.kind = Kind::kPicture;
  reply.id = 7;
  reply.width_px = 30;
  reply.height_px = 20;
  reply.original_width_px = 300;
  reply.original_height_px = 200;
  reply.format = Format::kPng;
  reply.note_bytes = PackNote({.tags = {"a/b"}, .rating = 3}).size();
  return reply;
}

Result<DecodedPicture> Judge(const Reply& reply, std::size_t message_bytes = sizeof(Reply)) {
  std::vector<std::byte> arena(ArenaBytes(kAsked), std::byte{9});
  const std::string note = PackNote({.tags = {"a/b"}, .rating = 3});
  std::memcpy(arena.data() + 30 * 20 * 3, note.data(), note.size());
  std::vector<std::byte> message(sizeof(Reply) + 1);
  std::memcpy(message.data(), &reply, sizeof reply);
  return CheckReply(MakeRequest(), std::span(message).first(message_bytes), arena);
}

TEST(CheckReply, TruthIsTaken) {
  const auto decoded = Judge(MakeReply());
  ASSERT_TRUE(decoded) << decoded.error().message();
  EXPECT_EQ(decoded->picture.pixels, std::vector<std::uint8_t>(30 * 20 * 3, 9));
  EXPECT_EQ(decoded->info.format, "png");
  EXPECT_EQ(decoded->info.width_px, 300);
  EXPECT_EQ(decoded->note, (EmbeddedNote{.tags = {"a/b"}, .rating = 3}));
}

TEST(CheckReply, ThumbnailAloneComesWithoutPixels) {
  Request request = MakeRequest();
  request.thumbnail_edge_px = 400;
  request.only_thumbnail = 1;
  request.arena_bytes = ArenaBytes(RequestOf(request));
  EXPECT_LT(request.arena_bytes, ArenaBytes({.min_edge_px = 20, .thumbnail_edge_px = 400}));
  EXPECT_TRUE(CheckRequest(request));
  const std::string jpeg("\xff\xd8\xff\xe0 fake \xff\xd9", 12);
  std::vector<std::byte> arena(request.arena_bytes);
  std::memcpy(arena.data(), jpeg.data(), jpeg.size());
  Reply reply = MakeReply();
  reply.note_bytes = 0;
  reply.thumbnail_bytes = jpeg.size();
  const auto judge = [&] { return CheckReply(request, std::as_bytes(std::span(&reply, 1)), arena); };
  EXPECT_EQ(judge().error().code(), Code::kInternal) << "pixels that nobody asked for";
  reply.width_px = reply.height_px = 0;
  const auto decoded = judge();
  ASSERT_TRUE(decoded) << decoded.error().message();
  EXPECT_EQ(decoded->thumbnail, jpeg);
  EXPECT_TRUE(decoded->picture.pixels.empty());
  reply.original_width_px = 0;
  EXPECT_FALSE(judge());
}

TEST(CheckReply, EveryLieIsRefused) {
  const std::vector<std::function<void(Reply&)>> lies = {
      [](Reply& r) { r.magic += 1; },
      [](Reply& r) { r.version += 1; },
      [](Reply& r) { r.id += 1; },
      [](Reply& r) { r.kind = Kind::kReady; },
      [](Reply& r) { r.kind = static_cast<Kind>(99); },
      [](Reply& r) { r.width_px = 0; },
      [](Reply& r) { r.height_px = -1; },
      [](Reply& r) { r.width_px = 161; },
      [](Reply& r) { r.width_px = r.height_px = 41; },
      [](Reply& r) { r.width_px = std::numeric_limits<std::int32_t>::max(); },
      [](Reply& r) { r.original_width_px = 0; },
      [](Reply& r) { r.original_width_px = r.original_height_px = 1001; },
      [](Reply& r) { r.format = Format::kUnknown; },
      [](Reply& r) { r.format = static_cast<Format>(4'000'000'000); },
      [](Reply& r) { r.thumbnail_bytes = 1; },
      [](Reply& r) { r.thumbnail_bytes = std::numeric_limits<std::uint64_t>::max(); },
      [](Reply& r) { r.note_bytes -= 1; },
      [](Reply& r) { r.note_bytes += 1; },
      [](Reply& r) { r.note_bytes = kMaxPackedNoteBytes + 1; },
      [](Reply& r) { r.note_bytes = std::numeric_limits<std::uint64_t>::max(); },
      [](Reply& r) { r.kind = Kind::kFailure, r.code = 99; },
      [](Reply& r) { r.kind = Kind::kFailure, r.code = static_cast<std::uint32_t>(Code::kNoSpace); },
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    Reply reply = MakeReply();
    lies[i](reply);
    const auto decoded = Judge(reply);
    ASSERT_FALSE(decoded) << "lie " << i;
    EXPECT_EQ(decoded.error().code(), Code::kInternal) << "lie " << i;
  }
}

TEST(CheckReply, MessagesOfTheWrongLengthAreRefused) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{4}, sizeof(Reply) - 1, sizeof(Reply) + 1}) {
    EXPECT_FALSE(Judge(MakeReply(), bytes)) << bytes;
  }
}

TEST(CheckReply, ArenaTooSmallForTheClaimIsRefused) {
  const Reply reply = MakeReply();
  const std::vector<std::byte> arena(30 * 20 * 3 - 1);
  EXPECT_FALSE(CheckReply(MakeRequest(), std::as_bytes(std::span(&reply, 1)), arena));
}

TEST(CheckReply, ReasonsAreCleaned) {
  Reply reply = MakeReply();
  reply.kind = Kind::kFailure;
  reply.code = static_cast<std::uint32_t>(Code::kCorrupt);
  std::memset(reply.reason, '\x1b', sizeof reply.reason);
  std::memcpy(reply.reason, "cut\x1b[31m off\xff", 13);
  const auto decoded = Judge(reply);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), Code::kCorrupt);
  EXPECT_EQ(decoded.error().message(), "cut [31m off\xef\xbf\xbd");
}

TEST(CheckRequest, OnlySoundRequestsPass) {
  EXPECT_TRUE(CheckRequest(MakeRequest()));
  const std::vector<std::function<void(Request&)>> faults = {
      [](Request& r) { r.magic = 0; },
      [](Request& r) { r.version = 1; },
      [](Request& r) { r.min_edge_px = 0; },
      [](Request& r) { r.min_edge_px = kMaxEdgePx + 1; },
      [](Request& r) { r.thumbnail_edge_px = -1; },
      [](Request& r) { r.arena_bytes -= 1; },
      [](Request& r) { r.thumbnail_quality = 0; },
      [](Request& r) { r.thumbnail_quality = 101; },
      [](Request& r) { r.only_thumbnail = 2; },
  };
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Request request = MakeRequest();
    faults[i](request);
    EXPECT_FALSE(CheckRequest(request)) << i;
  }
}

TEST(WireFacts, CompleteFactsSurviveTheTrip) {
  Facts facts;
  facts.taken_at = "2024-06-01T17:03:22";
  facts.camera = "FUJIFILM X-T5";
  facts.lens = "XF33mmF1.4 R LM WR";
  facts.exposure_s = 0.004;
  facts.f_number = 1.4;
  facts.focal_length_mm = 33;
  facts.iso = 125;
  facts.latitude = -33.85;
  facts.longitude = 151.2;
  const Facts back = FromWire(ToWire(facts));
  EXPECT_EQ(back.taken_at, facts.taken_at);
  EXPECT_EQ(back.camera, facts.camera);
  EXPECT_EQ(back.lens, facts.lens);
  EXPECT_EQ(back.exposure_s, facts.exposure_s);
  EXPECT_EQ(back.f_number, facts.f_number);
  EXPECT_EQ(back.focal_length_mm, facts.focal_length_mm);
  EXPECT_EQ(back.iso, facts.iso);
  EXPECT_EQ(back.latitude, facts.latitude);
  EXPECT_EQ(back.longitude, facts.longitude);
}

TEST(WireFacts, AbsentFactsStayAbsent) {
  const Facts back = FromWire(ToWire({}));
  EXPECT_FALSE(back.taken_at || back.camera || back.lens || back.exposure_s || back.f_number ||
               back.focal_length_mm || back.iso || back.latitude || back.longitude);
}

TEST(WireFacts, NonsenseIsDropped) {
  WireFacts wire = ToWire({});
  wire.exposure_s = std::numeric_limits<double>::infinity();
  wire.f_number = -4;
  wire.latitude = 91;
  wire.longitude = 180.5;
  wire.iso = std::numeric_limits<std::int64_t>::max();
  std::memcpy(wire.taken_at, "2024-13-01T00:00:00", 20);
  const Facts facts = FromWire(wire);
  EXPECT_FALSE(facts.exposure_s || facts.f_number || facts.latitude || facts.longitude || facts.iso ||
               facts.taken_at);
}

TEST(WireFacts, TextsWithoutAnEndAreCutAndMended) {
  WireFacts wire = ToWire({});
  std::memset(wire.camera, '\xff', sizeof wire.camera);
  std::memcpy(wire.lens, "\x01 50mm\n\t", 9);
  const Facts facts = FromWire(wire);
  ASSERT_TRUE(facts.camera);
  EXPECT_LE(facts.camera->size(), 255u);
  EXPECT_TRUE(IsUtf8(*facts.camera));
  EXPECT_EQ(facts.lens, "50mm");
}

}  // namespace
}  // namespace vitrine::protocol
