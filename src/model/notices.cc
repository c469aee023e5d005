#include "model/notices.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20;

bool IsNotice(std::string_view name) {
  constexpr std::array<std::string_view, 5> kBeginnings = {"MODEL_CARD", "LICENSE", "LICENCE", "NOTICE",
                                                           "README"};
  return std::ranges::any_of(kBeginnings, [&](std::string_view start) { return name.starts_with(start); });
}

}  // namespace

Status CopyNotices(const std::string& from, const std::string& to, const std::string& prefix) {
  std::error_code error;
  fs::directory_iterator entries(from, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    const std::string copy = JoinPath(to, prefix + name);
    std::error_code ignored;
    if (!IsNotice(name) || entries->symlink_status(ignored).type() != fs::file_type::regular) continue;
    if (fs::exists(copy, ignored)) continue;
    const Result<std::string> text = ReadFile(entries->path().string(), kMostBytes);
    if (text) VITRINE_TRY(WriteFileAtomically(copy, *text, Durability::kSynced));
  }
  return {};
}

}  // namespace vitrine
