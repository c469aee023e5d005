// Words in pictures, read where an OCR pack lies in the right place.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog_gate.h"
#include "image/decoder.h"
#include "vitrine/index_report.h"
#include "vitrine/library.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// The OCR pack that a library reads with: "<library>/models/ocr", else the folder "ocr" beside that of the
/// model. Empty when there is neither. `options` has its defaults filled in.
std::optional<std::string> FindOcrPack(const LibraryOptions& options);

/// Reads what is due, with FindOcrPack(), and says so in the report's notes; without a pack nothing happens.
/// A pack that cannot be used costs a note, not the run. Errors: kNoSpace, kCorrupt, kIo (the catalog).
Status ReadPictureTexts(CatalogGate& gate, Decoder& decoder, const LibraryOptions& options,
                        IndexObserver* observer, const StopSignal& stop, IndexReport& report);

/// What `doctor` says: "none: ..." or the pack, opened and tried.
Finding CheckOcrPack(const LibraryOptions& options);

}  // namespace vitrine
