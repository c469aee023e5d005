// Problem: moving files and recording that they moved are two things, and the power may fail between them.
//
// Idea: a note of every move (from, to) is written beside the catalog and synced first; then the files move;
// then the catalog records it in one transaction; then the note goes. Whoever finds a note asks the catalog:
// where it knows a file under its new name the change was recorded and the note is merely late; where it does
// not, nothing was, and a file found under its new name alone goes back. A file that a crash left under both
// names (a copy to another drive, whole, whose source was not removed yet) is left so: nothing is ever
// deleted.
#include "engine/quarantine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr char kPending[] = "moves.pending";
constexpr char kPutAside[] = "put aside ";

bool Exists(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

bool IsInside(const PathBytes& path, const PathBytes& folder) {
  return path == folder || path.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

std::string PendingFile(const std::string& library_folder) { return JoinPath(library_folder, kPending); }

// "from NUL to NUL" for each move: paths hold no NUL.
std::string PendingText(const std::vector<FileMove>& moves) {
  std::string text;
  for (const FileMove& move : moves) (text.append(move.from) += '\0').append(move.to) += '\0';
  return text;
}

std::vector<FileMove> PendingMoves(const std::string& text) {
  std::vector<std::string> paths;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    paths.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::vector<FileMove> moves;
  for (std::size_t i = 0; i + 1 < paths.size(); i += 2)
    moves.push_back({.from = paths[i], .to = paths[i + 1]});
  return moves;
}

Status ForgetPending(const std::string& library_folder) {
  if (unlink(PendingFile(library_folder).c_str()) != 0 && errno != ENOENT) {
    return ErrnoError("cannot remove", PendingFile(library_folder), errno);
  }
  return SyncFolder(library_folder);
}

Status CheckFolder(Catalog& catalog, const PathBytes& folder, const std::string& library_folder) {
  VITRINE_TRY_ASSIGN(const std::vector<RootRecord> roots, catalog.Roots());
  for (const RootRecord& root : roots) {
    if (IsInside(folder, root.path) || IsInside(root.path, folder)) {
      return Error(Code::kInvalidArgument, "copies cannot be put aside in " + Quoted(folder) +
                                               ": it lies in, or around, " + Quoted(root.path) +
                                               ", which is indexed; name a folder outside");
    }
  }
  if (IsInside(folder, library_folder) || IsInside(library_folder, folder)) {
    return Error(Code::kInvalidArgument, "copies cannot be put aside in the library's own folder");
  }
  return {};
}

// A name in the folder that neither a file nor an earlier move has: "beach.jpg", "beach (2).jpg", ...
PathBytes FreeName(const PathBytes& folder, const PathBytes& file, std::set<PathBytes>& taken) {
  const std::string name(NameOf(file));
  const std::size_t dot = name.rfind('.');
  const std::string stem = dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
  const std::string ending = name.substr(stem.size());
  PathBytes path = JoinPath(folder, name);
  for (int i = 2; Exists(path) || taken.contains(path); ++i) {
    path = JoinPath(folder, stem + " (" + std::to_string(i) + ")" + ending);
  }
  taken.insert(path);
  return path;
}

std::vector<FileMove> PlanMoves(const std::vector<DuplicateGroup>& groups, const PathBytes& folder,
                                ActionReport& report) {
  std::vector<FileMove> moves;
  std::set<PathBytes> taken, seen;
  for (const DuplicateGroup& group : groups) {
    if (!Exists(group.keep.path)) {
      report.skipped.push_back(Quoted(group.keep.path) + " is not there, so its copies stay where they are");
      continue;
    }
    for (const Copy& copy : group.others) {
      if (!seen.insert(copy.file.path).second) continue;
      if (!Exists(copy.file.path)) {
        report.skipped.push_back(Quoted(copy.file.path) + " is not there");
        continue;
      }
      moves.push_back({.from = copy.file.path, .to = FreeName(folder, copy.file.path, taken)});
    }
  }
  return moves;
}

// Moves what can be moved, and returns that.
std::vector<FileMove> MoveFiles(const std::vector<FileMove>& planned, ActionReport& report) {
  std::vector<FileMove> moved;
  for (const FileMove& move : planned) {
    if (const Status done = MoveFile(move.from, move.to)) {
      moved.push_back(move);
    } else {
      report.skipped.push_back(done.error().message());
    }
  }
  return moved;
}

Status Record(Catalog& catalog, const std::string& what, const std::vector<AssetId>& tagged,
              const std::string& tag, const std::vector<FileMove>& moved, ActionReport& report) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, catalog.annotations().Begin(what));
  if (!tag.empty() && !tagged.empty()) VITRINE_TRY(change->Mark(tag, tagged, {}));
  for (const FileMove& move : moved) VITRINE_TRY(change->RecordMove(move));
  VITRINE_TRY_ASSIGN(report.journal_id, change->Commit());
  return {};
}

std::string Copies(std::size_t count) { return std::to_string(count) + (count == 1 ? " copy" : " copies"); }

// The pictures of all files but the kept ones. Files of the same bytes are one picture, which has no tag of
// its own.
std::vector<AssetId> PicturesOf(const std::vector<DuplicateGroup>& groups) {
  std::set<AssetId> pictures;
  for (const DuplicateGroup& group : groups) {
    for (const Copy& copy : group.others) {
      if (copy.file.id != group.keep.id) pictures.insert(copy.file.id);
    }
  }
  return {pictures.begin(), pictures.end()};
}

}  // namespace

Result<ActionReport> TagCopies(Annotations& annotations, const std::vector<DuplicateGroup>& groups,
                               const std::string& tag) {
  VITRINE_TRY(TagPath::Levels(tag));
  const std::vector<AssetId> pictures = PicturesOf(groups);
  ActionReport report;
  report.tagged = pictures.size();
  if (pictures.empty()) return report;
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("tag " + Copies(pictures.size()) + " " + Quoted(tag)));
  VITRINE_TRY(change->Mark(tag, pictures, {}));
  VITRINE_TRY_ASSIGN(report.journal_id, change->Commit());
  return report;
}

Result<ActionReport> ActOnCopies(Catalog& catalog, const std::string& library_folder,
                                 const std::vector<DuplicateGroup>& groups, const DuplicateAction& action) {
  VITRINE_TRY(SettleMoves(catalog, library_folder));
  if (action.quarantine.empty()) {
    return action.tag.empty() ? ActionReport() : TagCopies(catalog.annotations(), groups, action.tag);
  }
  ActionReport report;
  const std::vector<AssetId> pictures = action.tag.empty() ? std::vector<AssetId>() : PicturesOf(groups);
  if (!action.tag.empty()) VITRINE_TRY(TagPath::Levels(action.tag));
  VITRINE_TRY(CheckFolder(catalog, action.quarantine, library_folder));
  VITRINE_TRY(MakeFolders(action.quarantine));
  const std::vector<FileMove> planned = PlanMoves(groups, action.quarantine, report);
  if (planned.empty() && pictures.empty()) return report;
  if (!planned.empty()) {
    VITRINE_TRY(WriteFileAtomically(PendingFile(library_folder), PendingText(planned), Durability::kSynced));
  }
  const std::vector<FileMove> moved = MoveFiles(planned, report);
  const std::string what = moved.empty()
                               ? "tag " + Copies(pictures.size()) + " " + Quoted(action.tag)
                               : kPutAside + Copies(moved.size()) + " in " + Quoted(action.quarantine);
  if (!moved.empty() || !pictures.empty()) {
    if (Status recorded = Record(catalog, what, pictures, action.tag, moved, report); !recorded) {
      VITRINE_TRY(SettleMoves(catalog, library_folder));
      return std::move(recorded).error();
    }
  }
  if (!planned.empty()) VITRINE_TRY(ForgetPending(library_folder));
  report.tagged = pictures.size();
  report.moved = moved.size();
  return report;
}

Status SettleMoves(Catalog& catalog, const std::string& library_folder) {
  const Result<std::string> text = ReadFile(PendingFile(library_folder));
  if (!text && text.error().code() == Code::kNotFound) return {};
  if (!text) return text.error();
  for (const FileMove& move : PendingMoves(*text)) {
    VITRINE_TRY_ASSIGN(const std::optional<KnownFile> known, catalog.FileAt(move.to));
    if (known || !Exists(move.to) || Exists(move.from)) continue;
    VITRINE_TRY(MoveFile(move.to, move.from));
  }
  return ForgetPending(library_folder);
}

Result<std::vector<PathBytes>> QuarantinesOf(Catalog& catalog) {
  VITRINE_TRY_ASSIGN(const std::vector<JournalEntry> entries,
                     catalog.annotations().Journal(std::numeric_limits<std::int32_t>::max()));
  std::set<PathBytes> folders;
  for (const JournalEntry& entry : entries) {
    if (entry.undone || !entry.what.starts_with(kPutAside)) continue;
    for (const FileMove& move : entry.moves) folders.emplace(FolderOf(move.to));
  }
  return std::vector<PathBytes>(folders.begin(), folders.end());
}

}  // namespace vitrine
