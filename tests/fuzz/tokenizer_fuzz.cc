// Whatever a tokenizer.json says and whatever a text holds: it is refused in words, or the ids keep to their
// number, and more room only adds ids. An input is the file, a zero byte, and the text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "model/tokenizer_json.h"

namespace {

constexpr std::size_t kLittle = 8;
constexpr std::size_t kMuch = 4096;

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), size);
  const auto little = vitrine::ReadTokenizerJson(input.substr(0, end), kLittle);
  const auto much = vitrine::ReadTokenizerJson(input.substr(0, end), kMuch);
  if (!little || !much) {
    Check(!little, "it is refused where there is more room");
    Check(little.error().code() == vitrine::Code::kModel && !little.error().message().empty(), "no reason");
    return 0;
  }
  const std::string_view text = input.substr(end);
  const std::vector<std::int64_t> few = (*little)->Encode(text);
  const std::vector<std::int64_t> all = (*much)->Encode(text);
  Check(few.size() <= kLittle && all.size() <= kMuch, "more ids than there is room for");
  Check(few.size() <= all.size(), "fewer ids with more room");
  const auto differ = std::mismatch(few.begin(), few.end(), all.begin());
  // Both may end with ids that stand behind a text; before those they are the same.
  Check(all.size() > kLittle || differ.first == few.end(), "other ids with more room");
  return 0;
}
