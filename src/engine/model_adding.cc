#include "engine/model_adding.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/notices.h"

namespace vitrine {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// Copies what is in a regular file to a new one and syncs that.
Status CopyFile(const std::string& from, const std::string& to) {
  VITRINE_TRY_ASSIGN(const UniqueFd in, OpenRegularFile(from));
  const UniqueFd out(open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!out) return ErrnoError("cannot create", to, errno);
  std::vector<char> piece(kPieceBytes);
  while (true) {
    const ssize_t got = read(in.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("cannot read", from, errno);
    if (got == 0) break;
    VITRINE_TRY(WriteAll(out.get(), {piece.data(), static_cast<std::size_t>(got)}, to));
  }
  if (fsync(out.get()) != 0) return ErrnoError("cannot write", to, errno);
  return {};
}

Status CopyChecked(const std::string& from, const std::string& to, const std::string& sha256) {
  if (const Status copied = CopyFile(from, to); !copied) {
    if (copied.error().code() != Code::kNotFound) return copied;
    return Error(Code::kModel, "the model's file " + Quoted(from) +
                                   " is not there; copy the pack again from "
                                   "where it came");
  }
  VITRINE_TRY_ASSIGN(const UniqueFd copy, OpenRegularFile(to));
  VITRINE_TRY_ASSIGN(const Sha256Digest digest, Sha256OfFile(copy.get()));
  if (Hex(digest) == sha256) return {};
  return Error(Code::kModel, "the model's file " + Quoted(from) + " is damaged: its SHA-256 is " +
                                 Hex(digest) + " and pack.json says " + sha256 +
                                 "; copy the pack again from where it came");
}

Status CopyPack(const std::string& from, const std::string& to) {
  VITRINE_TRY(CopyFile(JoinPath(from, "pack.json"), JoinPath(to, "pack.json")));
  VITRINE_TRY_ASSIGN(const std::vector<NamedFile> files, FilesOfPack(to));
  for (const NamedFile& file : files) {
    VITRINE_TRY(CopyChecked(JoinPath(from, file.name), JoinPath(to, file.name), file.sha256));
  }
  VITRINE_TRY(CopyNotices(from, to, ""));
  return SyncFolder(to);
}

// A second name for vectors that are there would only be taken for a second model.
Status RefuseKnown(const ModelPacks& packs, const PackSummary& pack, const std::string& id) {
  for (const KnownPack& known : packs.All()) {
    if (known.summary.space.id == pack.space.id) {
      return Error(Code::kInvalidArgument, "this is the model " + known.id + ", which is here already (" +
                                               Quoted(known.folder) +
                                               "); nothing was copied. Use it with: "
                                               "vitrine model use " +
                                               known.id);
    }
    if (known.in_library && known.id == id) {
      return Error(Code::kInvalidArgument,
                   "another model of that name and version, " + id +
                       ", is in the library; vitrine model remove " + id +
                       " removes it with its vectors, or give the new one another version in its pack.json");
    }
  }
  return {};
}

}  // namespace

Result<std::string> IdOf(const std::string& name, const std::string& version, const std::string& remedy) {
  std::string id = name + "-" + version;
  const bool plain = std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+';
  });
  if (plain && !id.starts_with('.') && !id.starts_with('-')) return id;
  return Error(Code::kModel, "the model is called " + Quoted(name) + ", version " + Quoted(version) +
                                 ": a name and a version may have letters, digits, '.', '_', '+' and '-'; " +
                                 remedy);
}

Result<ScratchFolder> FolderForAdding(const ModelPacks& packs) {
  const std::string parent = JoinPath(packs.library_folder(), ".adding");
  ScratchFolder::RemoveAbandoned(parent);
  return ScratchFolder::Make(parent);
}

Result<KnownPack> AddPack(const ModelPacks& packs, const std::string& folder, const PackTrial& trial) {
  VITRINE_TRY_ASSIGN(const PackSummary offered, DescribePack(folder));
  VITRINE_TRY_ASSIGN(std::string id, IdOf(offered.name, offered.version, "correct them in its pack.json"));
  VITRINE_TRY(RefuseKnown(packs, offered, id));
  VITRINE_TRY_ASSIGN(const ScratchFolder scratch, FolderForAdding(packs));
  const std::string copy = JoinPath(scratch.path(), id);
  VITRINE_TRY(MakeFolders(copy));
  VITRINE_TRY(CopyPack(folder, copy));
  VITRINE_TRY_ASSIGN(PackSummary copied, DescribePack(copy));
  if (copied.space.id != offered.space.id) {
    return Error(Code::kModel,
                 "the model pack " + Quoted(folder) + " changed while it was copied; try again");
  }
  VITRINE_TRY(trial(copy));
  std::string place = JoinPath(packs.library_folder(), id);
  if (rename(copy.c_str(), place.c_str()) != 0) return ErrnoError("cannot put the model at", place, errno);
  VITRINE_TRY(SyncFolder(packs.library_folder()));
  return KnownPack{.id = std::move(id),
                   .folder = std::move(place),
                   .in_library = true,
                   .summary = std::move(copied),
                   .problem = {}};
}

}  // namespace vitrine
