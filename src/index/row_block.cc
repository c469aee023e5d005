#include "index/row_block.h"

#include <cmath>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "index/kernels.h"

namespace vitrine {
namespace {

std::size_t RoundUp(std::size_t bytes) { return (bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment; }

Status Damaged(const RowBlock& block, RowId begin, RowId end) {
  return Error(Code::kCorrupt, "the vector file " + Quoted(block.checks->file()) +
                                   " is damaged between rows " + std::to_string(begin) + " and " +
                                   std::to_string(end));
}

}  // namespace

Status VerifyCodes(const RowBlock& block, RowId begin, RowId end, std::size_t stride) {
  if (block.checks == nullptr) return {};
  const std::size_t offset = begin - block.first;
  const std::size_t rows = end - begin;
  const bool whole = block.checks->AreWhole(block.codes + offset * stride, rows * stride) &&
                     block.checks->AreWhole(block.scales + offset, rows * sizeof(float));
  return whole ? Status() : Damaged(block, begin, end);
}

Status VerifyFine(const RowBlock& block, RowId begin, RowId end, std::size_t stride) {
  if (block.checks == nullptr) return {};
  const std::size_t offset = begin - block.first;
  const bool whole = block.checks->AreWhole(block.fine + offset * stride, (end - begin) * stride);
  return whole ? Status() : Damaged(block, begin, end);
}

void ExpectCodes(const RowBlock& block, RowId row, std::size_t stride) {
  if (block.checks == nullptr) return;
  const std::size_t offset = row - block.first;
  block.checks->Expect(block.codes + offset * stride, stride);
  block.checks->Expect(block.scales + offset, sizeof(float));
}

void ExpectFine(const RowBlock& block, RowId row, std::size_t stride) {
  if (block.checks == nullptr) return;
  block.checks->Expect(block.fine + std::size_t{row - block.first} * stride, stride);
}

std::size_t ScalesOffset(RowId rows, std::size_t stride) { return std::size_t{rows} * stride; }

std::size_t FineOffset(RowId rows, std::size_t stride) {
  return ScalesOffset(rows, stride) + RoundUp(std::size_t{rows} * sizeof(float));
}

std::size_t PayloadBytes(RowId rows, std::size_t stride) {
  return FineOffset(rows, stride) + std::size_t{rows} * stride;
}

std::shared_ptr<std::byte[]> LayOut(const EncodedRows& rows, std::size_t stride) {
  const auto count = static_cast<RowId>(rows.rows());
  const std::size_t bytes = PayloadBytes(count, stride);
  constexpr std::align_val_t kAlignment{kRowAlignment};
  std::shared_ptr<std::byte[]> payload(
      static_cast<std::byte*>(::operator new(bytes, kAlignment)),
      [](std::byte* p) { ::operator delete(p, std::align_val_t{kRowAlignment}); });
  std::memset(payload.get(), 0, bytes);
  const auto spread = [&](const std::vector<std::int8_t>& from, std::size_t offset) {
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(payload.get() + offset + i * stride, from.data() + i * rows.dimension, rows.dimension);
    }
  };
  spread(rows.codes, 0);
  if (!rows.fine.empty()) spread(rows.fine, FineOffset(count, stride));
  for (std::size_t i = 0; i < count; ++i) {
    const float scale = rows.scales[i];
    const float sound = std::isfinite(scale) && scale > 0 ? scale : 0;
    std::memcpy(payload.get() + ScalesOffset(count, stride) + i * sizeof(float), &sound, sizeof sound);
  }
  return payload;
}

RowBlock BlockOver(RowId first, RowId rows, std::size_t stride, const std::byte* payload,
                   std::shared_ptr<const void> owner) {
  return {first,
          rows,
          reinterpret_cast<const std::int8_t*>(payload),
          reinterpret_cast<const float*>(payload + ScalesOffset(rows, stride)),
          reinterpret_cast<const std::int8_t*>(payload + FineOffset(rows, stride)),
          std::move(owner),
          nullptr};
}

}  // namespace vitrine
