// Whatever is typed, the query is read or refused with a column inside it, and a tree that was read comes
// back the same from its written form.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/language.h"

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

[[noreturn]] void Fail(const char* what, const std::string& typed) {
  std::fprintf(stderr, "%s: %s\n", what, typed.c_str());
  std::abort();
}

bool NamesAColumn(const std::string& message, std::size_t bytes) {
  constexpr std::string_view kStart = "column ";
  if (!message.starts_with(kStart)) return false;
  std::size_t column = 0;
  std::from_chars(message.data() + kStart.size(), message.data() + message.size(), column);
  return column >= 1 && column <= bytes + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string typed(data, data + size);
  const vitrine::Result<vitrine::QueryNode> query = vitrine::ParseQuery(typed, kNow);
  if (!query) {
    if (query.error().code() != vitrine::Code::kInvalidArgument ||
        !NamesAColumn(query.error().message(), size)) {
      Fail("a refusal without its column", typed + " -> " + query.error().message());
    }
    return 0;
  }
  const std::string written = vitrine::FormatQuery(*query);
  const vitrine::Result<vitrine::QueryNode> again = vitrine::ParseQuery(written, kNow);
  if (!again) Fail("a written query is refused", typed + " -> " + written + " -> " + again.error().message());
  if (!SameQuery(*query, *again)) Fail("a written query means something else", typed + " -> " + written);
  return 0;
}
