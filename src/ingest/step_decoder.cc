#include "ingest/step_decoder.h"

#include <atomic>
#include <exception>
#include <thread>
#include <utility>

#include "ingest/fingerprint.h"

namespace vitrine {

void NoteLeftOut(const DuePicture& due, std::uint64_t& count, std::vector<FileRecord>& failures) {
  ++count;
  if (failures.size() >= IndexReport::kMaxFailures) return;
  failures.push_back(
      {.path = due.picture.paths.front(), .outcome = FileRecord::Outcome::kFailed, .reason = due.failure});
}

void StepDecoder::Decode(std::vector<DuePicture>& due, std::size_t threads) const {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < due.size() && !stop_.requested(); i = next++) DecodeOne(due[i]);
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
}

void StepDecoder::DecodeOne(DuePicture& due) const {
  for (const PathBytes& path : due.picture.paths) {
    Result<Fingerprint> print = TakeFingerprint(path);
    if (!print) {
      due.failure = print.error().message();
    } else if (print->content != due.picture.content) {
      due.failure = "holds something else since it was indexed";
    } else if (Result<DecodedPicture> decoded = TryDecode(std::move(print->file))) {
      due.pixels = std::move(decoded->picture);
      due.failure.clear();
      return;
    } else {
      due.failure = decoded.error().message();
    }
  }
}

// Running out of memory on one picture is that picture's failure.
Result<DecodedPicture> StepDecoder::TryDecode(UniqueFd file) const {
  try {
    return decoder_.Decode(std::move(file), request_);
  } catch (const std::exception& thrown) {
    return Error(Code::kInternal, std::string("the decoder failed: ") + thrown.what());
  }
}

}  // namespace vitrine
