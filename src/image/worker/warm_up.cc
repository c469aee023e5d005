#include "image/worker/decode.h"

#include "base/try.h"
#include "image/worker/vips_loader.h"

namespace vitrine::worker {

Status WarmUp() {
  VITRINE_TRY(StartVips());
  Samples samples{{8, 8}, 4, std::vector<std::uint8_t>(256, 128)};
  VITRINE_TRY(ConvertWithVips(samples, {}));
  return {};
}

}  // namespace vitrine::worker
