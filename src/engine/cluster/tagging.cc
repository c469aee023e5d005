#include "engine/cluster/tagging.h"

#include <string>
#include <utility>

#include "cluster/understood.h"
#include "engine/cluster/tag_pictures.h"
#include "engine/query_preparing.h"
#include "engine/tagging.h"

namespace vitrine {
namespace {

class ClusterTagging final : public Tagging {
 public:
  ClusterTagging(ClusterRoom& room, ClusterSaying& saying, std::size_t threads)
      : room_(room),
        tags_(MakeTagging({.words = room.words(),
                           .threads = threads,
                           .view = [&room](bool) -> Result<TagView> {
                             return TagView{
                                 .alone = {},
                                 .pictures = PicturesOn({.cluster = room.cluster(),
                                                         .index = room.alias(),
                                                         .meta = room.meta(),
                                                         .model = [&room] { return room.Model(); }})};
                           },
                           .say = [&saying](const SayWork& work) { return saying.Say(work); },
                           .embed_file =
                               [&room](const PathBytes& file, Embedder& model) {
                                 return EmbedFile(file, CropBox{}, model, room.decoder());
                               }})) {}

  Result<SuggestReport> Suggest(const SuggestOptions& options, SuggestObserver* observer,
                                const StopSignal& stop) override {
    return Understood([&] { return tags_->Suggest(options, observer, stop); });
  }
  Result<TagChange> Decide(const DecideOptions& options) override {
    return Understood([&] { return tags_->Decide(options); });
  }
  Result<TeachReport> Teach(const TeachOptions& options) override {
    return Understood([&] { return tags_->Teach(options); });
  }
  Result<TagChange> Rename(const std::string& from, const std::string& to) override {
    return Understood([&] { return tags_->Rename(from, to); });
  }
  Result<TagChange> Delete(const std::string& tag) override {
    return Understood([&] { return tags_->Delete(tag); });
  }
  Result<std::vector<TagFacet>> List() override {
    return Understood([&] { return tags_->List(); });
  }
  Result<std::size_t> NamesToLearn() override { return tags_->NamesToLearn(); }
  Result<NamesReport> LearnNames(VectorObserver* observer, const StopSignal& stop) override {
    return tags_->LearnNames(observer, stop);
  }

 private:
  template <typename Work>
  auto Understood(const Work& work) const -> decltype(work()) {
    return cluster::Understood(room_.address(), work);
  }

  ClusterRoom& room_;
  const std::unique_ptr<Tagging> tags_;
};

}  // namespace

std::unique_ptr<Tagging> MakeClusterTagging(ClusterRoom& room, ClusterSaying& saying, std::size_t threads) {
  return std::make_unique<ClusterTagging>(room, saying, threads);
}

}  // namespace vitrine
