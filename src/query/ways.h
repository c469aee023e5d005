// A branch of a query made ready for the index: which rows it allows, which point it means, what else speaks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/fact_table.h"
#include "index/vector_index.h"
#include "query/derived_facts.h"
#include "query/filter.h"
#include "query/fuse.h"
#include "query/meaning.h"
#include "query/words.h"

namespace vitrine {

/// What is known of each row, and what filters make of it once.
struct LibraryFacts {
  std::shared_ptr<const FactTable> table;
  DerivedFacts derived;
  BoardLookup boards;  ///< Looks now, not when the rest was read; thread-safe. May be empty.
};

/// What is asked once the ways of a query were looked up. All references outlive the answer.
struct AnswerRooms {
  Embedder& embedder;
  const VectorIndex& index;
  const RowSet& live;          ///< Rows that may be returned.
  std::uint64_t pictures = 0;  ///< How many pictures there are to be found.
  /// Called only for queries that need facts, as often as they do.
  std::function<Result<std::shared_ptr<const LibraryFacts>>()> facts;
  /// The pictures behind rows, in the order asked; rows without one are left out.
  std::function<Result<std::vector<std::pair<RowId, AssetRecord>>>(std::span<const RowId>)> assets;
};

/// What a query is run against: a consistent view of one library and one space. All references outlive the
/// run.
struct QueryRooms {
  Embedder& embedder;
  Catalog& catalog;
  const VectorIndex& index;
  const RowSet& live;  ///< Rows that may be returned.
  /// Called only for queries that need facts, as often as they do.
  std::function<Result<std::shared_ptr<const LibraryFacts>>()> facts;

  AnswerRooms ForAnswers() const;
};

/// What a perfect fit of a colour says, in nats.
inline constexpr double kColorNats = 5;

/// One way to answer one query.
struct Way {
  const Branch* branch = nullptr;
  bool filtered = false;  ///< Whether `allowed` is anything but all live rows.
  RowSet allowed;         ///< Empty unless filtered.
  std::size_t allowed_count = 0;
  std::vector<float> meaning;  ///< Unit vector; empty for a query of facts alone.
  bool by_pictures = false;    ///< Pictures take part in the meaning.
  WordEvidence words;
  std::vector<float> colors;  ///< How well each row fits the colours, 0..1; empty without them.
  std::vector<float> extra;   ///< Evidence of words and colours in nats a row; empty for none.
  std::vector<Neighbour> nearest;
  ScoreShape shape;
  RelevanceModel model;
  double filter_ms = 0, meaning_ms = 0, rank_ms = 0;

  /// @param live  all rows that may be returned.
  const RowSet& allowed_rows(const RowSet& live) const { return filtered ? allowed : live; }
};

/// Exact words that stand in no picture become words to look like: somebody may have quoted a phrase. Says so
/// in `notes`. Errors: those of the catalog.
Status LoosenExactWords(const QueryRooms& rooms, Branch& branch, std::vector<std::string>& notes);

/// Errors: those of the catalog and of the facts.
Result<Way> PrepareWay(const QueryRooms& rooms, const PreparedQuery& query, const Branch& branch,
                       const Meanings& meanings);

/// Finds the `depth` nearest allowed rows of each way that has a meaning, and how its scores lie in a sample.
/// Ways without a filter share one pass over the vectors. Errors: those of the index.
Status LookFirst(const QueryRooms& rooms, std::span<Way> ways, std::size_t depth);

/// The best `limit` rows of a way. Without a meaning: by colours, then newest first, then by row.
/// Errors: those of the index and of the facts.
Result<std::vector<Ranked>> RankWay(const AnswerRooms& rooms, Way& way, std::size_t limit);

// Parts of these steps, for ways whose rows were looked up elsewhere (src/engine/cluster/query.cc).

/// Whether a fact is words that a picture must hold: what LoosenExactWords() may loosen.
bool IsExactWords(const QueryNode& fact);

/// Takes exact words out of the branch's facts and has it look for what is like them. @return the fact
/// behind.
std::vector<QueryNode>::iterator Loosen(Branch& branch, std::vector<QueryNode>::iterator fact,
                                        std::vector<std::string>& notes);

/// Rows of a library that a query's scores are compared with, at most.
inline constexpr std::size_t kSampleRows = 2048;

/// Sets the relevance model that fits what the way's branch asks for.
void ChooseModel(const Embedder& embedder, Way& way);

/// The wanted point of a branch, turned away from what it excludes.
std::vector<float> MeaningOf(const PreparedQuery& query, const Branch& branch, const Meanings& meanings);

/// All texts that a branch wants, in one.
std::string WordsWanted(const Branch& branch);

/// Joins what words and colours say into Way::extra.
void JoinExtra(Way& way);

/// Sets Way::shape after its count, its nearest rows and the scores of the sample.
void Shape(Way& way, const std::vector<Neighbour>& sample);

}  // namespace vitrine
