// What the tests of segment files share.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "index/exact_scan.h"
#include "index/segment_store.h"
#include "index_testing.h"
#include "support/memory_row_source.h"

namespace vitrine {

inline const std::string kSpace = "0123456789abcdef";

inline SegmentIdentity IdentityIn(const TestFolder& folder, std::size_t dimension,
                                  std::uint64_t generation = 1) {
  return {folder.path() + "/" + kSpace, kSpace, dimension, generation};
}

inline std::string FileOf(const SegmentIdentity& identity) {
  char name[64];
  std::snprintf(name, sizeof name, "/vectors-%016llx.seg",
                static_cast<unsigned long long>(identity.generation));
  return identity.folder + name;
}

/// True when the index gives, to the bit, what the source's rows give when they are held in memory.
inline testing::AssertionResult AnswersLike(const VectorIndex& index, const EncodedRows& rows,
                                            std::mt19937& random) {
  if (index.row_count() != rows.rows()) {
    return testing::AssertionFailure() << index.row_count() << " rows, not " << rows.rows();
  }
  if (rows.rows() == 0) return testing::AssertionSuccess();
  const Matrix queries = RandomUnitRows(2, rows.dimension, random);
  const auto expected = IndexInMemory(rows)->Search(queries.values(), rows.rows(), nullptr);
  const auto found = index.Search(queries.values(), rows.rows(), nullptr);
  if (!found || !Identical(*found, *expected)) return testing::AssertionFailure() << "other neighbours";
  return testing::AssertionSuccess();
}

/// Opens, and holds the answers against the source's.
inline testing::AssertionResult OpensRight(const SegmentIdentity& identity, MemoryRowSource& source,
                                           std::mt19937& random, SegmentState* state = nullptr,
                                           Checking checking = Checking::kOnFirstUse) {
  const auto index = OpenSegments(identity, source, state, checking);
  if (!index) return testing::AssertionFailure() << index.error().message();
  return AnswersLike(ExactScan(*index), source.rows(), random);
}

}  // namespace vitrine
