#include "catalog/changeset_check.h"

#include <cstddef>
#include <cstdint>

namespace vitrine {
namespace {

constexpr char kTable = 'T';
constexpr std::uint8_t kInsert = 18, kUpdate = 23, kDelete = 9;
constexpr std::uint8_t kUndefined = 0, kInteger = 1, kReal = 2, kText = 3, kBlob = 4, kNull = 5;
constexpr std::size_t kMaxColumns = 64;

/// What values of a record may be undefined: of an update, those of columns that do not change.
enum class Gaps : std::uint8_t { kNone, kOutsideOfKey, kAny };

class Checker {
 public:
  explicit Checker(std::string_view bytes) : left_(bytes) {}

  bool Check() {
    while (!left_.empty()) {
      if (left_.front() == kTable ? !TakeTable() : !TakeChange()) return false;
    }
    return true;
  }

 private:
  bool Take(std::size_t count) {
    if (left_.size() < count) return false;
    left_.remove_prefix(count);
    return true;
  }

  bool TakeByte(std::uint8_t& byte) {
    if (left_.empty()) return false;
    byte = static_cast<std::uint8_t>(left_.front());
    return Take(1);
  }

  // Seven bits a byte, high ones first; all but the last byte have the high bit set.
  bool TakeNumber(std::size_t& number) {
    number = 0;
    for (int i = 0; i < 5; ++i) {
      std::uint8_t byte = 0;
      if (!TakeByte(byte)) return false;
      number = number << 7 | (byte & 0x7FU);
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }

  bool TakeTable() {
    std::size_t columns = 0;
    if (!Take(1) || !TakeNumber(columns) || columns == 0 || columns > kMaxColumns) return false;
    if (left_.size() < columns) return false;
    keys_ = left_.substr(0, columns);
    if (keys_.find_first_not_of('\0') == std::string_view::npos || !Take(columns)) return false;
    const std::size_t end = left_.find('\0');
    return end != std::string_view::npos && end > 0 && Take(end + 1);
  }

  bool TakeChange() {
    std::uint8_t operation = 0;
    std::uint8_t indirect = 0;
    if (keys_.empty() || !TakeByte(operation) || !TakeByte(indirect)) return false;
    switch (operation) {
      case kInsert:
      case kDelete:
        return TakeRecord(Gaps::kNone);
      case kUpdate:
        return TakeRecord(Gaps::kOutsideOfKey) && TakeRecord(Gaps::kAny);
      default:
        return false;
    }
  }

  bool TakeRecord(Gaps gaps) {
    for (const char key : keys_) {
      const bool may_lack = gaps == Gaps::kAny || (gaps == Gaps::kOutsideOfKey && key == 0);
      if (!TakeValue(may_lack)) return false;
    }
    return true;
  }

  bool TakeValue(bool may_lack) {
    std::uint8_t type = 0;
    if (!TakeByte(type)) return false;
    std::size_t length = 0;
    switch (type) {
      case kUndefined:
        return may_lack;
      case kInteger:
      case kReal:
        return Take(8);
      case kText:
      case kBlob:
        return TakeNumber(length) && Take(length);
      default:
        return type == kNull;
    }
  }

  std::string_view left_;
  std::string_view keys_;  // Of the current table: a byte a column, 0 where it is no part of the key.
};

}  // namespace

bool IsWholeChangeset(std::string_view bytes) { return Checker(bytes).Check(); }

}  // namespace vitrine
