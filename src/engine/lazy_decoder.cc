#include "engine/lazy_decoder.h"

#include "base/try.h"

namespace vitrine {

Result<Decoder*> LazyDecoder::Get() {
  const std::lock_guard lock(mutex_);
  if (!pool_) {
    VITRINE_TRY_ASSIGN(pool_, DecoderPool::Start(options_));
  }
  return pool_.get();
}

}  // namespace vitrine
