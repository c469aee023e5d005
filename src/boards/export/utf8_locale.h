// libarchive recodes names from the encoding of the thread's locale; ours are UTF-8 whatever the locale.
#pragma once

#include <locale.h>

namespace vitrine {

/// While it lives, the thread's character set is UTF-8, where the system has the locale C.UTF-8.
class Utf8Locale {
 public:
  Utf8Locale() : made_(newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{})) {
    if (made_ != locale_t{}) before_ = uselocale(made_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (made_ == locale_t{}) return;
    uselocale(before_);
    freelocale(made_);
  }

 private:
  locale_t made_, before_{};
};

}  // namespace vitrine
