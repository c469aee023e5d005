#include "model/onnx_guard.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <string>

#include "base/file.h"

namespace vitrine {
namespace {

std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7F) | 0x80);
  return bytes + static_cast<char>(value);
}

// Protobuf fields by hand; numbers are those of onnx.proto.
std::string Number(std::uint64_t field, std::uint64_t value) { return Varint(field << 3) + Varint(value); }
std::string Bytes(std::uint64_t field, const std::string& value) {
  return Varint(field << 3 | 2) + Varint(value.size()) + value;
}
std::string Graph(const std::string& graph) { return Number(1, 8) + Bytes(7, graph); }
std::string Node(const std::string& node) { return Graph(Bytes(1, node)); }
std::string Initializer(const std::string& tensor) { return Graph(Bytes(5, tensor)); }
std::string AttributeOf(std::uint64_t field, const std::string& value) {
  return Node(Bytes(5, Bytes(field, value)));
}

std::string Objection(const std::string& model) {
  const Status status = CheckOnnx(model);
  return status ? "" : status.error().message();
}

const std::string kElsewhere = Number(14, 1) + Bytes(13, Bytes(1, "location") + Bytes(2, "../weights"));

TEST(CheckOnnx, RealTowerPasses) {
  for (const std::string name : {"image.onnx", "text.onnx"}) {
    const Result<std::string> model = ReadFile(VITRINE_SOURCE_DIR "/tests/golden/tiny_pack/" + name);
    ASSERT_TRUE(model);
    EXPECT_EQ(Objection(*model), "") << name;
  }
}

TEST(CheckOnnx, TensorInAnotherFileIsRefusedWhereverItStands) {
  const std::string words = "it keeps tensors in other files";
  EXPECT_EQ(Objection(Initializer(Number(14, 0))), "");
  EXPECT_EQ(Objection(Initializer(kElsewhere)), words);
  EXPECT_EQ(Objection(Initializer(Number(14, 1))), words);
  EXPECT_EQ(Objection(Initializer(Bytes(13, ""))), words);
  EXPECT_EQ(Objection(Graph(Bytes(15, Bytes(1, kElsewhere)))), words);
  EXPECT_EQ(Objection(Graph(Bytes(15, Bytes(2, kElsewhere)))), words);
  EXPECT_EQ(Objection(AttributeOf(5, kElsewhere)), words);
  EXPECT_EQ(Objection(AttributeOf(10, kElsewhere)), words);
  EXPECT_EQ(Objection(AttributeOf(22, Bytes(1, kElsewhere))), words);
  EXPECT_EQ(Objection(AttributeOf(6, Bytes(5, kElsewhere))), words);
  EXPECT_EQ(Objection(AttributeOf(11, Bytes(1, Bytes(5, Bytes(6, Bytes(5, kElsewhere)))))), words);
}

TEST(CheckOnnx, ForeignOperatorsAreRefused) {
  EXPECT_EQ(Objection(Node(Bytes(4, "Conv") + Bytes(7, "com.microsoft"))), "");
  EXPECT_EQ(Objection(Node(Bytes(4, "Run") + Bytes(7, "evil"))), "it uses an operator of \"evil\"");
  EXPECT_EQ(Objection(Bytes(8, Bytes(1, "evil") + Number(2, 1))), "it needs operators of \"evil\"");
  EXPECT_EQ(Objection(Node(Bytes(4, "EPContext") + Bytes(7, "com.microsoft"))),
            "it refers to a compiled model in another file");
  EXPECT_EQ(Objection(Bytes(25, "")), "it defines operators of its own");
  EXPECT_EQ(Objection(Bytes(20, "")), "it holds training steps");
}

// TensorProto: dims 1, data_type 2, float_data 4, name 8, raw_data 9.
std::string Tensor(std::initializer_list<std::uint64_t> dimensions, std::uint64_t type,
                   const std::string& raw) {
  std::string tensor;
  for (const std::uint64_t dimension : dimensions) tensor += Number(1, dimension);
  return tensor + Number(2, type) + Bytes(8, "w") + Bytes(9, raw);
}

TEST(CheckOnnx, TensorThatClaimsMoreThanItHoldsIsRefused) {
  const std::string words = "its tensor \"w\" claims more numbers than it holds";
  const std::string raw(40, '\0');
  EXPECT_EQ(Objection(Initializer(Tensor({2, 5}, 1, raw))), "");
  EXPECT_EQ(Objection(Initializer(Tensor({0, 1u << 30}, 1, ""))), "");
  EXPECT_EQ(Objection(Initializer(Tensor({1u << 20}, 1, raw))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({1u << 20, 1u << 30}, 1, raw))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({std::uint64_t(-1)}, 1, raw))), words);  // A negative dimension.
  // Four factors whose product is 0 in 64 bits.
  EXPECT_EQ(Objection(Initializer(Tensor({1u << 16, 1u << 16, 1u << 16, 1u << 16}, 1, raw))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({1ull << 39, 1ull << 39}, 1, raw))), words);
  EXPECT_EQ(Objection(Initializer(Bytes(1, Varint(1u << 20) + Varint(8)) + Bytes(8, "w"))), words);
  EXPECT_EQ(Objection(Initializer(Bytes(1, "\xff") + Bytes(8, "w"))), words);
}

TEST(CheckOnnx, WeightThatIsNotANumberIsRefusedWhereverItStands) {
  const std::string words = "its tensor \"w\" holds weights that are not numbers (NaN)";
  const std::string one = std::string("\x00\x00\x80\x3f", 4);
  const std::string infinity = std::string("\x00\x00\x80\xff", 4);  // Masks are made of it.
  const std::string nan = std::string("\x00\x00\xc0\x7f", 4);
  EXPECT_EQ(Objection(Initializer(Tensor({2}, 1, one + infinity))), "");
  EXPECT_EQ(Objection(Initializer(Tensor({3}, 1, one + infinity + nan))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({1}, 1, std::string("\x01\x00\x80\xff", 4)))), words);
  EXPECT_EQ(Objection(Initializer(Bytes(8, "w") + Bytes(4, one + nan) + Number(1, 2))), words);
  EXPECT_EQ(Objection(AttributeOf(5, Tensor({1}, 1, nan))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({1}, 6, nan))), "");  // The same bytes as an int32.
  EXPECT_EQ(Objection(Initializer(Tensor({2}, 10, std::string("\x00\x7c\x00\x3c", 4)))), "");
  EXPECT_EQ(Objection(Initializer(Tensor({2}, 10, std::string("\x00\x3c\x01\x7c", 4)))), words);
  EXPECT_EQ(Objection(Initializer(Tensor({1}, 16, std::string("\xc0\x7f", 2)))), words);
}

TEST(CheckOnnx, DeepNestingIsRefusedWithoutDeepRecursion) {
  std::string graph;
  for (int i = 0; i < 10'000; ++i) graph = Bytes(1, Bytes(5, Bytes(6, graph)));
  EXPECT_EQ(Objection(Graph(graph)), "its graphs are nested too deeply");
}

TEST(CheckOnnx, EveryCutOfAModelIsSafe) {
  const Result<std::string> model = ReadFile(VITRINE_SOURCE_DIR "/tests/golden/tiny_pack/text.onnx");
  ASSERT_TRUE(model);
  std::size_t refused = 0;
  for (std::size_t size = 0; size < model->size(); ++size)
    refused += Objection(model->substr(0, size)) != "" ? 1u : 0u;
  EXPECT_GT(refused,
            model->size() * 9 / 10);  // A cut between two fields of the outermost message is well-formed.
}

TEST(CheckOnnx, RandomBytesAreSafe) {
  constexpr unsigned kSeed = 5;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  std::size_t refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(1 + random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    refused += Objection(bytes) != "" ? 1u : 0u;
  }
  EXPECT_GT(refused, 1800u);
  EXPECT_EQ(Objection(""), "it is not an ONNX model, or a damaged one");
  EXPECT_EQ(Objection(Bytes(7, "x").substr(0, 2)), "it is not an ONNX model, or a damaged one");
}

}  // namespace
}  // namespace vitrine
