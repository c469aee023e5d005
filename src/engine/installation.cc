#include "engine/installation.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

std::string ProgramFolder() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string(".") : program.parent_path().string();
}

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// $variable, else ~/fallback, else ./fallback.
std::string UserFolder(const char* variable, const char* fallback) {
  if (const char* value = std::getenv(variable); value != nullptr && value[0] == '/') return value;
  const char* home = std::getenv("HOME");
  return JoinPath(home == nullptr ? "." : home, fallback);
}

std::string HelperProgram(const std::string& name) {
  const std::string installed = ProgramFolder() + "/../lib/vitrine/" + name;
  const std::string built = ProgramFolder() + "/" + name;
  return !Exists(installed) && Exists(built) ? built : installed;
}

}  // namespace

std::string DefaultWorkerProgram() { return HelperProgram("vitrine-decode"); }

std::string DefaultClusterProgram() { return HelperProgram("vitrine-cluster"); }

std::string DefaultModelsFolder() { return ProgramFolder() + "/../share/vitrine/models"; }

std::string DefaultVocabularyFile() { return JoinPath(DefaultModelsFolder(), "vocabulary/default.txt"); }

std::string DefaultLibraryFolder() {
  if (const char* folder = std::getenv("VITRINE_LIBRARY"); folder != nullptr && folder[0] != '\0')
    return folder;
  return DefaultDataFolder() + "/default";
}

std::string DefaultDataFolder() { return UserFolder("XDG_DATA_HOME", ".local/share") + "/vitrine"; }

std::string DefaultCacheFolder() { return UserFolder("XDG_CACHE_HOME", ".cache") + "/vitrine"; }

std::string ResolvedPath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (!error) return real.string();
  const std::filesystem::path absolute = std::filesystem::absolute(path, error).lexically_normal();
  std::string text = error ? path : absolute.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

}  // namespace vitrine
