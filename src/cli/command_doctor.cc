#include <algorithm>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"

namespace vitrine {
namespace {

std::string Mark(const Terminal& terminal, Finding::Level level) {
  switch (level) {
    case Finding::Level::kOk:
      return Styled(terminal, "32", "ok      ");
    case Finding::Level::kNote:
      return Styled(terminal, "33", "note    ");
    case Finding::Level::kProblem:
      break;
  }
  return Styled(terminal, "31", "problem ");
}

}  // namespace

ExitCode RunDoctor(const GlobalOptions& global, const DoctorArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const std::vector<Finding> findings = (*library)->Doctor();
  const Terminal terminal = DetectTerminal(global.color);
  if (arguments.json) {
    Print(DoctorJson(findings) + "\n");
  } else {
    for (const Finding& finding : findings) {
      std::string subject = finding.subject;
      subject.resize(std::max<std::size_t>(subject.size(), 10), ' ');
      Print(Mark(terminal, finding.level) + subject + " " + Printable(finding.text) + "\n");
    }
  }
  const bool healthy = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.level == Finding::Level::kProblem;
  });
  return healthy ? ExitCode::kDone : ExitCode::kPartial;
}

}  // namespace vitrine
