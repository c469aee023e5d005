#include "server/names_job.h"

#include "server/app.h"

namespace vitrine::server {

// Whatever speaks against it (there is no library yet, or it cannot be read) is told by what people ask for.
void StartLearningNames(App& app) {
  const auto missing = app.library().tags().NamesToLearn();
  if (!missing || *missing == 0) return;
  [[maybe_unused]] const auto job =
      app.jobs().Start("names", [&app](JobReport& report, const StopSignal& stop) -> Result<JobOutcome> {
        JobSteps steps(report);
        const auto learnt = app.library().tags().LearnNames(&steps, stop);
        if (!learnt) return learnt.error();
        return JobOutcome{.result = {{"names", learnt->names}, {"learnt", learnt->learnt}}};
      });
}

}  // namespace vitrine::server
