#include "engine/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <vector>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

// A head of version 1.0 around any text, as numpy would lay it out.
std::string HeadOf(std::string text, char major = 1) {
  text += '\n';
  std::string head = "\x93NUMPY";
  head += major;
  head += '\0';
  head += static_cast<char>(text.size() & 0xff);
  head += static_cast<char>(text.size() >> 8);
  if (major > 1) head += std::string(2, '\0');
  return head + text;
}

Code CodeOf(const std::string& head, std::uint64_t data_bytes) {
  const auto shape = ReadNpyHead(head, head.size() + data_bytes);
  return shape ? Code::kInternal : shape.error().code();
}

std::string MessageOf(const std::string& text) {
  const std::string head = HeadOf(text);
  const auto shape = ReadNpyHead(head, head.size() + 24);
  return shape ? "" : shape.error().message();
}

TEST(NpyHead, IsByteForByteWhatNumpyWrites) {
  const std::string head = NpyHead(1000, 512);
  EXPECT_EQ(head.size(), 128u);
  EXPECT_EQ(head.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(head.substr(10, 61), "{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 512)");
  EXPECT_EQ(head.back(), '\n');
  EXPECT_EQ(head.substr(71, 4), ", } ");
}

TEST(NpyHead, ComesBackAsItWent) {
  for (const std::uint64_t rows : {0ull, 1ull, 7ull, 1'000'000ull, 123'456'789'012ull}) {
    const std::string head = NpyHead(rows, 3);
    const auto shape = ReadNpyHead(head, head.size() + rows * 12);
    ASSERT_TRUE(shape) << shape.error().message();
    EXPECT_EQ(shape->rows, rows);
    EXPECT_EQ(shape->columns, 3u);
    EXPECT_EQ(shape->data_offset % 64, 0u);
  }
}

TEST(ReadNpyHead, UnderstandsWhatPythonMayWrite) {
  for (const char* text : {
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
           "{'shape': (2, 3,), 'fortran_order': False, 'descr': '<f4'}",
           "{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(2,3)}     ",
       }) {
    for (const char version : {'\1', '\2', '\3'}) {
      const std::string head = HeadOf(text, version);
      const auto shape = ReadNpyHead(head, head.size() + 24);
      ASSERT_TRUE(shape) << text << ": " << shape.error().message();
      EXPECT_EQ(shape->rows, 2u);
      EXPECT_EQ(shape->columns, 3u);
      EXPECT_FALSE(shape->is_half);
    }
  }
}

TEST(ReadNpyHead, OtherTypesAndOrdersSayHowToConvert) {
  EXPECT_NE(MessageOf("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }").find("astype('<f4')"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }").find("<f8"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }").find("|O"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 3), }").find("record"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }").find("ascontiguousarray"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }").find("1 dimensions"),
            std::string::npos);
  EXPECT_NE(MessageOf("{'descr': '<f4', 'fortran_order': False, 'shape': (), }").find("0 dimensions"),
            std::string::npos);
}

TEST(ReadNpyHead, HostileHeadsAreRefused) {
  const std::string good = NpyHead(2, 3);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(CodeOf(good.substr(0, length), 24), Code::kInvalidArgument) << length;
  }
  for (const char* text : {
           "",
           "{",
           "{}",
           "{'descr': '<f4', 'fortran_order': False}",
           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} import os",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3",
           "{'descr': '<f4, 'fortran_order': False, 'shape': (2, 3)}",
           "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
           // 2^62 rows of 4 numbers would be 0 bytes in 64 bits.
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 3)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4294967296)}",
       }) {
    EXPECT_EQ(CodeOf(HeadOf(text), 0), Code::kInvalidArgument) << text;
    EXPECT_EQ(CodeOf(HeadOf(text), 24), Code::kInvalidArgument) << text;
  }
  EXPECT_EQ(CodeOf(HeadOf("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 9), 24),
            Code::kInvalidArgument);
  EXPECT_EQ(CodeOf("\x93NUMPY\x02" + std::string("\0\xff\xff\xff\xff", 5), 24), Code::kInvalidArgument);
}

TEST(ReadNpyHead, DataMustBeAsLongAsTheHeadSays) {
  const std::string head = NpyHead(2, 3);
  EXPECT_TRUE(ReadNpyHead(head, head.size() + 24));
  EXPECT_FALSE(ReadNpyHead(head, head.size() + 23));
  EXPECT_FALSE(ReadNpyHead(head, head.size() + 25));
  EXPECT_FALSE(ReadNpyHead(head, head.size()));
}

class NpyReaderTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    std::ofstream(folder_.File("a.npy"), std::ios::binary) << bytes;
    return folder_.File("a.npy");
  }
  const TempFolder folder_;
};

TEST_F(NpyReaderTest, ReadsRowsFromTheMiddle) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  std::string bytes = NpyHead(3, 2);
  bytes.append(reinterpret_cast<const char*>(values.data()), 24);
  const auto reader = NpyReader::Open(Write(bytes));
  ASSERT_TRUE(reader) << reader.error().message();
  std::vector<float> rows(4);
  ASSERT_TRUE(reader->Read(1, rows));
  EXPECT_EQ(rows, (std::vector<float>{3, 4, 5, 6}));
}

TEST_F(NpyReaderTest, HalfNumbersAreWidenedExactly) {
  // 1, -2, 2^-14 (smallest normal), 2^-24 (smallest subnormal), infinity, NaN, 65504 (largest), -0.
  const std::vector<std::uint16_t> halves = {0x3c00, 0xc000, 0x0400, 0x0001, 0x7c00, 0x7e00, 0x7bff, 0x8000};
  std::string bytes = HeadOf("{'descr': '<f2', 'fortran_order': False, 'shape': (4, 2), }");
  bytes.append(reinterpret_cast<const char*>(halves.data()), 16);
  const auto reader = NpyReader::Open(Write(bytes));
  ASSERT_TRUE(reader) << reader.error().message();
  std::vector<float> values(8);
  ASSERT_TRUE(reader->Read(0, values));
  EXPECT_EQ(values[0], 1.0F);
  EXPECT_EQ(values[1], -2.0F);
  EXPECT_EQ(values[2], 0x1p-14F);
  EXPECT_EQ(values[3], 0x1p-24F);
  EXPECT_TRUE(std::isinf(values[4]));
  EXPECT_TRUE(std::isnan(values[5]));
  EXPECT_EQ(values[6], 65504.0F);
  EXPECT_TRUE(values[7] == 0 && std::signbit(values[7]));
}

TEST_F(NpyReaderTest, MistakesNameTheFile) {
  const auto reader = NpyReader::Open(Write("no matrix"));
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().message().find("a.npy"), std::string::npos) << reader.error().message();
  EXPECT_EQ(NpyReader::Open(folder_.File("none.npy")).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace vitrine
