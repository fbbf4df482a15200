// Some parsers are internal: the fuzzer and the tests are built with testable modules, a release build has none.
#if DEBUG || FUZZING
  extension FuzzTarget {
    /// All of them.
    public static let all = [
      FuzzTarget(name: "json", maxBytes: 4096, check: fuzzJSON),
      FuzzTarget(name: "yaml", maxBytes: 1024, check: fuzzYAML),
      FuzzTarget(name: "requests", maxBytes: 2048, check: fuzzRequests),
      FuzzTarget(name: "answers", maxBytes: 1024, check: fuzzAnswers),
      FuzzTarget(name: "watch", maxBytes: 4096, check: fuzzWatch),
      FuzzTarget(name: "lists", maxBytes: 4096, check: fuzzLists),
      FuzzTarget(name: "selectors", maxBytes: 1024, check: fuzzSelectors),
      FuzzTarget(name: "queries", maxBytes: 512, check: fuzzQueries),
      FuzzTarget(name: "cloudevents", maxBytes: 2048, check: fuzzCloudEvents),
      FuzzTarget(name: "subscriptions", maxBytes: 2048, check: fuzzSubscriptions),
      FuzzTarget(name: "durations", maxBytes: 80, check: fuzzDurations),
      FuzzTarget(name: "frames", maxBytes: 512, check: fuzzFrames),
      FuzzTarget(name: "entries", maxBytes: 2048, check: fuzzEntries),
    ]
  }
#else
  extension FuzzTarget {
    /// None: a release build has no testable modules.
    public static let all: [FuzzTarget] = []
  }
#endif
