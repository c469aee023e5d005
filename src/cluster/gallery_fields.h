// What a document carries for the gallery: keys by which the cluster sorts as a library on one machine does,
// names as they are shown, and colours.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "vitrine/types.h"

namespace vitrine::cluster {

struct PictureCopy;

/// The mapping of these fields.
nlohmann::json GalleryFields();

/// Adds them to a document.
void AddGalleryFields(const PictureCopy& picture, nlohmann::json& document);

/// A palette as the field `palette` holds it: of each swatch L, a, b (OKLab) and share as float32 in
/// big-endian order, so that a script of the cluster computes with the very numbers of query/filter.h.
std::string PaletteBytes(std::span<const Swatch> palette);

}  // namespace vitrine::cluster
