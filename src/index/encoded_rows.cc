#include "index/encoded_rows.h"

namespace vitrine {
namespace {

void AppendPart(std::vector<std::int8_t>& to, const std::vector<std::int8_t>& from, std::size_t first,
                std::size_t end) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
            from.begin() + static_cast<std::ptrdiff_t>(end));
}

}  // namespace

void EncodedRows::Append(const EncodedRows& from, std::size_t first, std::size_t end) {
  if (rows() == 0) dimension = from.dimension;
  if (!fine.empty() || !from.fine.empty()) {
    fine.resize(codes.size());
    if (from.fine.empty()) {
      fine.resize(fine.size() + (end - first) * dimension);
    } else {
      AppendPart(fine, from.fine, first * dimension, end * dimension);
    }
  }
  AppendPart(codes, from.codes, first * dimension, end * dimension);
  scales.insert(scales.end(), from.scales.begin() + static_cast<std::ptrdiff_t>(first),
                from.scales.begin() + static_cast<std::ptrdiff_t>(end));
}

bool EncodedRows::HasShape(std::size_t wanted) const {
  return dimension == wanted && codes.size() == rows() * wanted &&
         (fine.empty() || fine.size() == codes.size());
}

}  // namespace vitrine
