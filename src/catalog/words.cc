#include "catalog/words.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/annotations.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

// Between two pieces of a text: a word of its own, since unicode61 takes private-use characters for letters.
constexpr std::string_view kBetween = " \xEE\x80\x80 ";

enum class Letter : std::uint8_t { kSmall, kCapital, kDigit, kOther };

Letter KindOf(char c) {
  if (c >= 'a' && c <= 'z') return Letter::kSmall;
  if (c >= 'A' && c <= 'Z') return Letter::kCapital;
  if (c >= '0' && c <= '9') return Letter::kDigit;
  return Letter::kOther;
}

/// True when a word begins at `i` though letters touch: "IMG|1234", "4|th", "my|Dog", "HTML|File".
bool BeginsWord(std::string_view text, std::size_t i) {
  const Letter before = KindOf(text[i - 1]);
  const Letter here = KindOf(text[i]);
  if (before == Letter::kOther || here == Letter::kOther) return false;
  if ((before == Letter::kDigit) != (here == Letter::kDigit)) return true;
  if (here != Letter::kCapital) return false;
  const bool small_follows = i + 1 < text.size() && KindOf(text[i + 1]) == Letter::kSmall;
  return before == Letter::kSmall || (before == Letter::kCapital && small_follows);
}

std::string Parted(std::string_view text) {
  std::string parted;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && BeginsWord(text, i)) parted += ' ';
    parted += text[i];
  }
  return parted;
}

/// A text of several pieces, each once, cut where it would grow too long.
class Pieces {
 public:
  void Add(const std::string& piece) {
    if (text_.size() >= kMaxTextBytes || piece.empty() || !seen_.insert(piece).second) return;
    if (!text_.empty()) text_ += kBetween;
    text_ += piece;
  }
  std::string_view text() const { return CutUtf8(text_, kMaxTextBytes); }

 private:
  std::set<std::string> seen_;
  std::string text_;
};

struct PictureWords {
  Pieces names, folders;
};

// Where the last component of the outermost root around `path` begins; the first one without a root. The
// outermost root of a path is its shortest: `roots` are in order of length.
std::size_t FirstFolder(std::string_view path, std::span<const KnownRoot> roots) {
  const PathBytes bytes(path);
  for (const KnownRoot& root : roots) {
    if (root.length > 1 && root.range.Contains(bytes)) return bytes.rfind('/', root.length - 2) + 1;
  }
  return 0;
}

void AddPath(std::string_view path, std::span<const KnownRoot> roots, PictureWords& words) {
  const std::size_t slash = path.rfind('/');
  words.names.Add(SearchableName(path.substr(slash == std::string_view::npos ? 0 : slash + 1)));
  if (slash == std::string_view::npos) return;
  std::size_t at = FirstFolder(path, roots);
  while (at < slash) {
    const std::size_t end = std::min(path.find('/', at), slash);
    words.folders.Add(SearchableName(path.substr(at, end - at)));
    at = end + 1;
  }
}

class Refresher {
 public:
  Refresher(Database& db, std::vector<KnownRoot> roots) : db_(db), roots_(std::move(roots)) {
    std::ranges::sort(roots_, {}, &KnownRoot::length);
  }

  Status Refresh(std::int64_t asset) {
    PictureWords words;
    VITRINE_TRY_ASSIGN(const bool lives, AddPaths(asset, words));
    if (!lives) return db_.Ask("DELETE FROM words WHERE rowid = ?", asset).Run();
    VITRINE_TRY_ASSIGN(const std::string tags, TagsOf(asset));
    VITRINE_TRY_ASSIGN(const std::string caption, TextOf("SELECT caption FROM note WHERE asset = ?", asset));
    VITRINE_TRY_ASSIGN(const std::string picture_text,
                       TextOf("SELECT text FROM picture_text WHERE asset = ?", asset));
    return db_
        .Ask(
            "INSERT OR REPLACE INTO words (rowid, name, tag, caption, folder, picture_text) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            asset, words.names.text(), std::string_view(tags), std::string_view(caption),
            words.folders.text(), std::string_view(picture_text))
        .Run();
  }

 private:
  Result<bool> AddPaths(std::int64_t asset, PictureWords& words) {
    bool any = false;
    Statement query = db_.Ask("SELECT path FROM file WHERE asset = ? ORDER BY path", asset);
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) return any;
      any = true;
      AddPath(query.Bytes(0), roots_, words);
    }
  }

  Result<std::string> TagsOf(std::int64_t asset) {
    std::vector<std::string> paths;
    Statement query = db_.Ask(
        "SELECT path FROM asset_tag JOIN tag ON tag.id = asset_tag.tag WHERE asset = ? AND state = 1 "
        "ORDER BY folded",
        asset);
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) return TagTexts(paths);
      paths.push_back(query.Text(0));
    }
  }

  Result<std::string> TextOf(const char* sql, std::int64_t asset) {
    Statement query = db_.Ask(sql, asset);
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    return found ? query.Text(0) : std::string();
  }

  Database& db_;
  std::vector<KnownRoot> roots_;
};

}  // namespace

std::string SearchableName(std::string_view text) {
  std::string plain = ToValidUtf8(text);
  std::string parted = Parted(plain);
  if (parted == plain) return plain;
  return plain.append(kBetween).append(parted);
}

Result<std::string> TagTexts(std::span<const std::string> tags) {
  Pieces pieces;
  for (const std::string& path : tags) {
    VITRINE_TRY_ASSIGN(const std::vector<std::string> levels, TagPath::Levels(path));
    for (const std::string& level : levels) pieces.Add(level);
  }
  return std::string(pieces.text());
}

PathTexts TextsOfPaths(std::span<const PathBytes> paths, std::span<const PathBytes> roots) {
  std::vector<KnownRoot> known;
  for (const PathBytes& root : roots)
    known.push_back({.range = PathRange(root), .length = root.size(), .offline = false});
  std::ranges::sort(known, {}, &KnownRoot::length);
  PictureWords words;
  for (const PathBytes& path : paths) AddPath(path, known, words);
  return {.name = std::string(words.names.text()), .folder = std::string(words.folders.text())};
}

Status RefreshWords(Database& db) {
  std::vector<std::int64_t> due;
  {
    Statement query = db.Ask("SELECT asset FROM words_due");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      due.push_back(query.Int(0));
    }
  }
  if (due.empty()) return {};
  VITRINE_TRY_ASSIGN(std::vector<KnownRoot> roots, ReadRoots(db));
  Refresher refresher(db, std::move(roots));
  for (const std::int64_t asset : due) VITRINE_TRY(refresher.Refresh(asset));
  return db.Execute("DELETE FROM words_due");
}

}  // namespace vitrine
