// The names of the vocabulary, learnt in the background before somebody waits for them.
#pragma once

namespace vitrine::server {

class App;

/// Starts a job of the kind "names", where the library has names to learn and no such job is running.
void StartLearningNames(App& app);

}  // namespace vitrine::server
