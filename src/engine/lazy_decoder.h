// Decode workers that start when they are first needed.
#pragma once

#include <memory>
#include <mutex>

#include "image/decoder.h"

namespace vitrine {

/// Thread-safe; nobody waits for a picture that another thread decodes, unless all workers are busy.
class LazyDecoder {
 public:
  explicit LazyDecoder(DecoderPoolOptions options) : options_(std::move(options)) {}

  /// Errors: kNotFound (no worker program), kIo (cannot start it). A later call tries again.
  Result<Decoder*> Get();

 private:
  const DecoderPoolOptions options_;
  std::mutex mutex_;
  std::unique_ptr<DecoderPool> pool_;
};

}  // namespace vitrine
