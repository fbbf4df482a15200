import Glibc

// One subcommand is one type in a file of its own; this file only finds it. `run` returns the exit code
// (docs/commands.md), so that nothing here needs to be tested.
exit(HubProgram.run(Array(CommandLine.arguments.dropFirst())))
