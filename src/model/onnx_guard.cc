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
#include "model/onnx_guard.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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

Status CheckMessage(Message message, std::string_view bytes, int depth) {
  if (depth > kMaxDepth) return Error(Code::kModel, "its graphs are nested too deeply");
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
  return {};
}

}  // namespace

Status CheckOnnx(std::string_view model) {
  if (model.empty()) return Error(Code::kModel, "it is not an ONNX model, or a damaged one");
  return CheckMessage(Message::kModel, model, 0);
}

}  // namespace vitrine
