#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

// The examples of FIPS 180-4 for SHA-256.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(Hex(Sha256(std::string_view(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256(std::string_view("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256OfFile, EqualsTheHashOfItsBytesWhateverTheSize) {
  const TempFolder folder;
  for (const std::size_t size : {0u, 1u, 65'536u, 262'144u, 262'145u, 1'000'003u}) {
    const std::string bytes(size, 'x');
    ASSERT_TRUE(WriteFileAtomically(folder.File("f"), bytes, Durability::kCache));
    const auto fd = OpenRegularFile(folder.File("f"));
    ASSERT_TRUE(fd);
    EXPECT_EQ(*Sha256OfFile(fd->get()), Sha256(bytes)) << size;
  }
}

// An example of RFC 1321.
TEST(Md5, KnownAnswerFromAnOffset) {
  TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("a"),
                                  "head"
                                  "abc",
                                  Durability::kCache));
  const auto file = OpenRegularFile(folder.File("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ(*Md5OfFile(file->get(), 4), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Checksum64, EveryFlippedBitIsSeen) {
  std::array<std::byte, 100> bytes{};
  const std::uint64_t whole = Checksum64(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= std::byte(1u << (bit % 8));
    EXPECT_NE(Checksum64(bytes), whole) << bit;
    bytes[bit / 8] ^= std::byte(1u << (bit % 8));
  }
}

}  // namespace
}  // namespace vitrine
