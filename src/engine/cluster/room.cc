#include "engine/cluster/room.h"

#include "base/try.h"
#include "base/utf8.h"
#include "boards/store/board_store.h"
#include "cluster/board_storage.h"
#include "engine/installation.h"
#include "engine/query_vectors.h"

namespace vitrine {
namespace {

Result<OpenModel> ModelOf(const cluster::IndexMeta& meta, const LibraryOptions& options) {
  const ModelPacks packs("", DefaultModelsFolder());
  const std::string wanted = options.model.empty() ? meta.model_id : options.model;
  EmbedderOptions embedding = EmbedderOptionsFor(options);
  embedding.space_in_use = [space = meta.space](const std::string& other) { return other == space; };
  VITRINE_TRY_ASSIGN(embedding.pack_folder, packs.FolderOf(wanted));
  VITRINE_TRY_ASSIGN(std::unique_ptr<Embedder> model, OpenEmbedder(embedding));
  if (model->space().id != meta.space) {
    return Error(Code::kModel, "the library on the cluster holds vectors of the model " + Quoted(meta.model) +
                                   " (space " + Printable(meta.space) + "), here is " +
                                   Quoted(model->space().model) + " (space " + model->space().id +
                                   "); name the folder of that model with --model");
  }
  return OpenModel(std::make_shared<RememberingEmbedder>(std::move(model)));
}

Result<std::vector<std::string>> ContentsOn(const cluster::Cluster& cluster, const std::string& board) {
  BoardStore boards(cluster::OpenBoardsOn(cluster));
  VITRINE_TRY_ASSIGN(const std::string id, boards.Find(board));
  return boards.ContentsOf(id);
}

}  // namespace

DecoderPoolOptions DecodersFor(const LibraryOptions& options, std::size_t workers) {
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program.empty() ? DefaultWorkerProgram() : options.worker_program;
  pool.workers = workers;
  pool.allow_svg = options.allow_svg;
  return pool;
}

ClusterRoom::ClusterRoom(LibraryOptions options, std::shared_ptr<ClusterLink> link)
    : options_(std::move(options)),
      link_(std::move(link)),
      alias_(cluster::AliasName(link_->address)),
      decoder_(DecodersFor(options_, 1)) {}

Result<std::unique_ptr<ClusterRoom>> ClusterRoom::Open(const LibraryOptions& options,
                                                       std::shared_ptr<ClusterLink> link) {
  std::unique_ptr<ClusterRoom> room(new ClusterRoom(options, std::move(link)));
  VITRINE_TRY_ASSIGN(room->cluster_, cluster::Cluster::Open(room->link_->link, room->address()));
  room->duplicates_ = std::make_unique<DuplicatePictures>(*room->cluster_, room->alias_);
  room->lookups_ = {.duplicates = [duplicates = room->duplicates_.get()] { return duplicates->Find(); },
                    .boards = [cluster = room->cluster_.get()](
                                  const std::string& board) { return ContentsOn(*cluster, board); }};
  VITRINE_TRY_ASSIGN(room->meta_, cluster::ReadMeta(*room->cluster_, room->alias_));
  if (room->meta_.format < cluster::kFormat) {
    const char* next =
        room->meta_.shared
            ? "index the same folders into a library of another name: vitrine --library opensearch://"
            : "copy it there again: vitrine library copy FOLDER opensearch://";
    return Error(Code::kUnsupported,
                 "the library " + Quoted(room->address().name) +
                     " was put on the cluster by an older Vitrine and lacks what this one looks for there; " +
                     next + "...");
  }
  return room;
}

Result<OpenModel> ClusterRoom::Model() {
  const std::lock_guard lock(mutex_);
  if (!model_) {
    VITRINE_TRY_ASSIGN(model_, ModelOf(meta_, options_));
  }
  return model_;
}

}  // namespace vitrine
