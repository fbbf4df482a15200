import Glibc

exit(TestSink.run(Array(CommandLine.arguments.dropFirst())))
