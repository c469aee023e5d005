// A value or an error. Vitrine's own code throws nothing: whatever can go wrong for a reason outside the
// program comes back as an Error, and the compiler warns when one is dropped.
//
//   Result<std::unique_ptr<Library>> library = Library::Open(options);
//   if (!library) return Report(library.error());      // code() decides, message() is for people
//   (*library)->Search(...);
//
// The spelling is that of std::expected (C++23), so that a later move is a typedef.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace vitrine {

/// What kind of thing went wrong. Each has one exit code on the command line (docs/cli.md).
enum class Code : std::uint8_t {
  kNotFound,         ///< The named thing does not exist.
  kInvalidArgument,  ///< The caller asked for something that makes no sense.
  kCorrupt,          ///< Stored or given bytes are damaged.
  kUnsupported,      ///< Understood, but not something this build can do.
  kIo,               ///< The operating system refused to read or write.
  kNoSpace,          ///< The disk or the quota is full.
  kLocked,           ///< Another process holds the library.
  kModel,            ///< A model is missing, damaged or refused.
  kTimeout,          ///< A limit of time was reached.
  kCancelled,        ///< The caller asked to stop.
  kInternal,         ///< A bug in Vitrine.
};

/// An error: a code to decide by and a message that names the thing, the cause and, where there is one, the
/// next step.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  /// Puts what the caller was doing in front: "cannot open the library: disk is full".
  Error Annotate(std::string_view context) && { return Error(code_, std::string(context) + ": " + message_); }

 private:
  Code code_;
  std::string message_;
};

/// A T or an Error. Reading the value of a failed result is a bug (checked by the standard library's
/// assertions).
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // Implicit on purpose: `return value;` and `return Error(...);` both read well.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : state_(std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<std::monostate, Error> state_;
};

using Status = Result<void>;

}  // namespace vitrine
