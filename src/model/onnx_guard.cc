// What an ONNX file may hold, judged from its bytes.
//
// Problem: an ONNX model can name other files (external tensor data, compiled contexts of a provider) and
// operators of any domain. The runtime would resolve such names against the current folder. A pack is one
// hashed file a tower, so whatever points outside of it is refused.
//
// Idea: ONNX is protobuf: a message is a row of fields, each a number, a kind and a value, where a value of
// kind 2 is a length and that many bytes, perhaps a message again. No schema compiler is needed to walk it: a
// table says which field of which message holds which message, everything else is skipped by its length.
// Field numbers are those of onnx.proto (ONNX IR version 3 and later).
//
// Two things about tensors are worth a look at their numbers. A tensor that claims more elements than its
// bytes can hold would have the runtime set aside memory for nothing. And a weight that is not a number makes
// vectors that are none, but only for the words or colours that reach it, which the self-test's need not do.
#include "model/onnx_guard.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr int kMaxDepth = 64;  // Messages in messages; a graph in a node's attribute takes four.

enum class Message : std::uint8_t { kModel, kOperatorSet, kGraph, kNode, kAttribute, kTensor, kSparseTensor };

struct Field {
  std::uint64_t number = 0;
  std::uint64_t kind = 0;
  std::uint64_t value = 0;  // Of kind 0.
  std::string_view bytes;   // Of kind 2.
};

std::optional<std::uint64_t> TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 10); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

std::optional<Field> TakeField(std::string_view& bytes) {
  const std::optional<std::uint64_t> tag = TakeVarint(bytes);
  if (!tag) return std::nullopt;
  Field field{*tag >> 3, *tag & 7, 0, {}};
  std::uint64_t size = field.kind == 1 ? 8 : field.kind == 5 ? 4 : 0;
  if (field.kind == 0 || field.kind == 2) {
    const std::optional<std::uint64_t> number = TakeVarint(bytes);
    if (!number) return std::nullopt;
    (field.kind == 0 ? field.value : size) = *number;
  } else if (size == 0) {
    return std::nullopt;  // Groups, which ONNX never uses, and unknown kinds.
  }
  if (size > bytes.size()) return std::nullopt;
  field.bytes = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return field;
}

// Which message a field of a message holds.
std::optional<Message> ChildOf(Message parent, std::uint64_t number) {
  struct Edge {
    Message parent;
    std::uint64_t number;
    Message child;
  };
  static constexpr std::array kEdges = {
      Edge{Message::kModel, 7, Message::kGraph},
      Edge{Message::kModel, 8, Message::kOperatorSet},
      Edge{Message::kGraph, 1, Message::kNode},
      Edge{Message::kGraph, 5, Message::kTensor},
      Edge{Message::kGraph, 15, Message::kSparseTensor},
      Edge{Message::kNode, 5, Message::kAttribute},
      Edge{Message::kAttribute, 5, Message::kTensor},
      Edge{Message::kAttribute, 6, Message::kGraph},
      Edge{Message::kAttribute, 10, Message::kTensor},
      Edge{Message::kAttribute, 11, Message::kGraph},
      Edge{Message::kAttribute, 22, Message::kSparseTensor},
      Edge{Message::kAttribute, 23, Message::kSparseTensor},
      Edge{Message::kSparseTensor, 1, Message::kTensor},
      Edge{Message::kSparseTensor, 2, Message::kTensor},
  };
  for (const Edge& edge : kEdges) {
    if (edge.parent == parent && edge.number == number) return edge.child;
  }
  return std::nullopt;
}

bool IsKnownDomain(std::string_view domain) {
  return domain.empty() || domain == "ai.onnx" || domain == "ai.onnx.ml" || domain == "com.microsoft";
}

// Why a field may not be there; empty when it may.
std::string Objection(Message message, const Field& field) {
  switch (message) {
    case Message::kModel:
      if (field.number == 20) return "it holds training steps";
      if (field.number == 25) return "it defines operators of its own";
      break;
    case Message::kOperatorSet:
      if (field.number == 1 && !IsKnownDomain(field.bytes))
        return "it needs operators of " + Quoted(field.bytes);
      break;
    case Message::kNode:
      if (field.number == 7 && !IsKnownDomain(field.bytes))
        return "it uses an operator of " + Quoted(field.bytes);
      if (field.number == 4 && field.bytes == "EPContext")
        return "it refers to a compiled model in another file";
      break;
    case Message::kTensor:
      if (field.number == 13 || (field.number == 14 && field.value != 0))
        return "it keeps tensors in other files";
      break;
    default:
      break;
  }
  return "";
}

// Whether little-endian floats of `Bits` hold a NaN: everything above the bits of infinity, but for the sign.
template <typename Bits>
bool HoldsNan(std::string_view bytes, Bits infinity) {
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  bool found = false;
  for (std::size_t at = 0; at + sizeof(Bits) <= bytes.size(); at += sizeof(Bits)) {
    Bits value;
    std::memcpy(&value, bytes.data() + at, sizeof(Bits));
    found |= (value & kMagnitude) > infinity;
  }
  return found;
}

bool HoldsNan(std::uint64_t type, std::string_view bytes) {
  constexpr std::uint64_t kFloat = 1, kFloat16 = 10, kBfloat16 = 16;  // TensorProto.DataType.
  if (type == kFloat) return HoldsNan<std::uint32_t>(bytes, 0x7F800000u);
  if (type == kFloat16) return HoldsNan<std::uint16_t>(bytes, 0x7C00u);
  if (type == kBfloat16) return HoldsNan<std::uint16_t>(bytes, 0x7F80u);
  return false;
}

// The dimensions of a tensor, of which the writer may have packed several into one field.
struct Shape {
  static constexpr std::uint64_t kTooMany = std::uint64_t{1}
                                            << 32;  // Two below it have a product in 64 bits.
  std::uint64_t elements = 1;
  bool sound = true;

  void Take(std::uint64_t dimension) {
    sound = sound && dimension < kTooMany && (elements *= dimension) < kTooMany;
  }
  void Take(const Field& field) {
    if (field.kind == 0) return Take(field.value);
    for (std::string_view packed = field.bytes; !packed.empty() && sound;) {
      const std::optional<std::uint64_t> dimension = TakeVarint(packed);
      sound = dimension.has_value();
      if (sound) Take(*dimension);
    }
  }
};

// REQUIRES: every field of the message can be taken.
Status CheckTensorData(std::string_view message) {
  constexpr std::uint64_t kDims = 1, kType = 2, kFloats = 4, kName = 8, kRaw = 9;
  constexpr std::uint64_t kDensest = 4;  // Elements a byte, of two bits each.
  Shape shape;
  std::uint64_t type = 0;
  std::string_view name;
  std::string_view floats;
  std::string_view raw;
  for (std::string_view rest = message; !rest.empty();) {
    const Field field = TakeField(rest).value_or(Field{});
    if (field.number == kDims) shape.Take(field);
    if (field.number == kType) type = field.value;
    if (field.number == kFloats) floats = field.bytes;
    if (field.number == kName) name = field.bytes;
    if (field.number == kRaw) raw = field.bytes;
  }
  if (!shape.sound || shape.elements / kDensest > message.size()) {
    return Error(Code::kModel, "its tensor " + Quoted(name) + " claims more numbers than it holds");
  }
  if (HoldsNan(type, raw) || HoldsNan<std::uint32_t>(floats, 0x7F800000u)) {
    return Error(Code::kModel, "its tensor " + Quoted(name) + " holds weights that are not numbers (NaN)");
  }
  return {};
}

Status CheckMessage(Message message, std::string_view bytes, int depth) {
  if (depth > kMaxDepth) return Error(Code::kModel, "its graphs are nested too deeply");
  const std::string_view whole = bytes;
  while (!bytes.empty()) {
    const std::optional<Field> field = TakeField(bytes);
    if (!field) return Error(Code::kModel, "it is not an ONNX model, or a damaged one");
    if (const std::string objection = Objection(message, *field); !objection.empty()) {
      return Error(Code::kModel, objection);
    }
    if (const std::optional<Message> child = ChildOf(message, field->number)) {
      VITRINE_TRY(CheckMessage(*child, field->bytes, depth + 1));
    }
  }
  return message == Message::kTensor ? CheckTensorData(whole) : Status{};
}

}  // namespace

Status CheckOnnx(std::string_view model) {
  if (model.empty()) return Error(Code::kModel, "it is not an ONNX model, or a damaged one");
  return CheckMessage(Message::kModel, model, 0);
}

}  // namespace vitrine
