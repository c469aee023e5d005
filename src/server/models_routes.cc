// The models of the library: which there are, which answer, and taking others into use.
#include <cmath>

#include "server/app.h"
#include "server/reply.h"
#include "server/routes.h"
#include "vitrine/models.h"

namespace vitrine::server {
namespace {

constexpr char kJob[] = "model";

// What a model is to the library, in a word.
const char* StateOf(const ModelInfo& model, std::uint64_t pictures) {
  if (model.mixed_in) return "mixed_in";
  if (model.answers) return "answers";
  if (!model.problem.empty()) return "unusable";
  return model.pictures == 0 ? "unseen" : model.pictures < pictures ? "partial" : "ready";
}

Json ModelForm(const ModelInfo& model, std::uint64_t pictures) {
  Json json = {{"id", Clean(model.id)},
               {"name", Clean(model.name)},
               {"version", Clean(model.version)},
               {"licence", Clean(model.licence)},
               {"space", model.space},
               {"dimension", model.dimension},
               {"precision", Clean(model.image_precision)},
               {"state", StateOf(model, pictures)},
               {"active", model.answers},
               {"pictures", model.pictures},
               {"problem", Clean(model.problem)}};
  json["others"] = Json::array();
  for (const OtherPrecision& other : model.others) {
    json["others"].push_back(
        {{"precision", Clean(other.precision)}, {"space", other.space}, {"pictures", other.pictures}});
  }
  return json;
}

JobOutcome OutcomeOf(const UseReport& report) {
  JobOutcome outcome{.result = {{"model", Clean(report.id)},
                                {"with", Clean(report.with)},
                                {"embedded", report.embedded},
                                {"pictures", report.pictures},
                                {"left_out", report.left_out},
                                {"answers", report.answers},
                                {"seconds", std::round(report.seconds * 1e3) / 1e3}},
                     .notes = {},
                     .stopped = report.stopped};
  if (report.left_out > 0) {
    outcome.notes.push_back(std::to_string(report.left_out) + " pictures could not be had" +
                            (report.answers ? "" : ", so nothing was swapped") + "; one of them: " +
                            Clean(report.failures.empty() ? "" : report.failures.front().reason));
  }
  return outcome;
}

}  // namespace

Response GetModels(App& app, const Request&) {
  const auto list = app.models().List();
  if (!list) return Problem(list.error());
  Json json = NewAnswer();
  json["pictures"] = list->pictures;
  json["models"] = Json::array();
  for (const ModelInfo& model : list->models) json["models"].push_back(ModelForm(model, list->pictures));
  return Reply(json);
}

// Models are named as the list names them: no request takes a path.
Response PostUseModel(App& app, const Request& request) {
  Fields fields(request.body);
  const std::string name = fields.Text("model");
  const UseOptions options{.with = fields.TextOr("with", "")};
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  const auto job = app.jobs().Start(
      kJob, [&app, name, options](JobReport& report, const StopSignal& stop) -> Result<JobOutcome> {
        JobSteps steps(report);
        const auto used = app.models().Use(name, options, &steps, stop);
        app.Changed();
        if (!used) return used.error();
        return OutcomeOf(*used);
      });
  if (!job) return Problem(job.error());
  Json json = NewAnswer();
  json.update(*job);
  return Reply(json, 202);
}

}  // namespace vitrine::server
