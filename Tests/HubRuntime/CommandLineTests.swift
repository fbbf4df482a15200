import Foundation
import HubEngine
import JSONScan
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Flags of hub serve")
struct CommandLineTests {
  /// Arguments, environment, and the message they must get.
  static let faults: [(arguments: [String], environment: [String: String], message: String)] = [
    (["--lisen", "x"], [:], "hub serve: unknown flag --lisen; hub serve --help lists what there is"),
    (["-v"], [:], "hub serve: unknown flag -v; hub serve --help lists what there is"),
    (["--listen"], [:], "hub serve: --listen needs a value: ADDR:PORT"),
    (["--listen", "--config", "x"], [:], "hub serve: --listen needs a value: ADDR:PORT"),
    (["--listen="], [:], "hub serve: --listen needs a value: ADDR:PORT"),
    (["--listen", ":1", "--listen=:2"], [:], "hub serve: --listen is given twice"),
    (
      ["--allow-loopback-sinks"], [:],
      "hub serve: --allow-loopback-sinks is no more: give the addresses: --allow-sinks 127.0.0.0/8, or a rule of"
        + " sinkPolicy.allow with cidrs in the configuration file"
    ),
    (
      ["--allow-sinks", "127.0.0.1/8"], [:],
      "hub serve: --allow-sinks: '127.0.0.1/8' has bits beyond its length; write the first address of the block"
    ),
    (
      ["--allow-sinks", "127.0.0.0/8,"], [:],
      "hub serve: --allow-sinks: '' is not a block of addresses; write it as 10.0.0.0/8 or fd00::/8"
    ),
    (
      ["--trust-all-tenants"], [:],
      "hub serve: --trust-all-tenants is no more: the rights of each subscription's service account are reviewed; take"
        + " the setting away, let the hub create subjectaccessreviews, and grant the accounts get, list and watch on"
        + " what they follow"
    ),
    (["more"], [:], "hub serve: unexpected argument \"more\"; hub serve takes flags only"),
    (["--", "--listen"], [:], "hub serve: unexpected argument \"--listen\"; hub serve takes flags only"),
    (
      ["--api-server", "http://x", "--listen", "abc"], [:],
      "hub serve: --listen: \"abc\" is not ADDR:PORT; write for example 127.0.0.1:8080"
    ),
    (
      ["--api-server", "127.0.0.1:8001"], [:],
      "hub serve: --api-server: \"127.0.0.1:8001\" is not the URL of an API server; write for example"
        + " http://127.0.0.1:8001"
    ),
    (
      [], ["KUBERNETES_API_URL": "ftp://x"],
      "hub serve: KUBERNETES_API_URL: \"ftp://x\" is not the URL of an API server; write for example"
        + " http://127.0.0.1:8001"
    ),
    (
      ["--api-server", "http://x", "--log-level", "loud"], [:],
      "hub serve: --log-level: \"loud\" is not one of error, warn, info, debug"
    ),
    (
      ["--kubeconfig", "/nowhere/config"], [:],
      "hub serve: --kubeconfig: cannot read /nowhere/config: No such file or directory"
    ),
    (
      ["--context", "x"], ["HOME": "/nowhere", "KUBERNETES_API_URL": "http://127.0.0.1:1"],
      "hub serve: --context: there is no kubeconfig that could have this context; give --kubeconfig FILE or set"
        + " KUBECONFIG"
    ),
    (
      ["--api-server", "http://127.0.0.1:1", "--kubeconfig", "x"], [:],
      "hub serve: --api-server and --kubeconfig exclude each other; give one of the two"
    ),
    (
      ["--api-server", "http://127.0.0.1:1", "--context", "x"], [:],
      "hub serve: --api-server and --context exclude each other; give one of the two"
    ),
    (
      [], ["KUBECONFIG": "/nowhere/a:/nowhere/b"],
      "hub serve: KUBECONFIG: there is no such file: /nowhere/a, /nowhere/b; name a kubeconfig, or unset KUBECONFIG"
    ),
    (
      [], [:],
      "hub serve: where is the API server? Give --kubeconfig FILE, or --api-server URL (for example"
        + " http://127.0.0.1:8001, as kubectl proxy has it), or set KUBECONFIG or KUBERNETES_API_URL; in a pod it is"
        + " found without"
    ),
    (
      ["--config", "/nowhere/hub.json"], [:],
      "hub serve: --config: cannot read /nowhere/hub.json: No such file or directory"
    ),
  ]

  @Test("a fault is named with the flag, what it says, and what to write", arguments: faults.indices)
  func faultIsNamed(index: Int) {
    let fault = Self.faults[index]
    #expect(message(fault.arguments, fault.environment) == fault.message)
  }

  @Test("all flags together make a configuration")
  func allFlags() throws {
    let arguments = try ServeSettings.grammar.parse([
      "--api-server=http://127.0.0.1:8001/", "--listen", "[::1]:9090", "--subscriptions", "subs",
      "--allow-sinks", "127.0.0.0/8,::1", "--log-level=debug",
    ])
    let configuration = try ServeSettings(arguments).configuration(environment: [:])
    #expect(configuration.api.baseURL == "http://127.0.0.1:8001")
    #expect(configuration.listen == ListenAddress(host: "::1", port: 9090))
    #expect(configuration.subscriptionsDirectory == "subs")
    var policy = SinkPolicy.standard
    policy.allow.append(SinkRule(cidrs: [try AddressRange("127.0.0.0/8"), try AddressRange("::1")]))
    #expect(configuration.sinkPolicy == policy)
    #expect(configuration.log.level == .debug)
    #expect(configuration.engine.source == "http://127.0.0.1:8001")
    #expect(configuration.engine.sinkPolicy == policy)
  }

  @Test("without flags the hub listens on :8080, allows no sink on this machine and logs at info")
  func defaults() throws {
    let arguments = try ServeSettings.grammar.parse([])
    let configuration = try ServeSettings(arguments).configuration(
      environment: ["KUBERNETES_API_URL": "http://127.0.0.1:1"])
    #expect(configuration.listen == ListenAddress(host: "", port: 8080))
    #expect(configuration.sinkPolicy == .standard)
    #expect(configuration.log.level == .info)
    #expect(configuration.subscriptionsDirectory == nil)
  }

  @Test("--help is seen between other flags, and its text names every flag")
  func help() throws {
    #expect(try ServeSettings.grammar.parse(["--listen", ":1", "--help"]).wantsHelp)
    for flag in ServeSettings.grammar.flags { #expect(ServeSettings.grammar.help.contains(flag.name)) }
  }

  @Test("operands may begin with a dash after --, and a lone dash is one")
  func operands() throws {
    let grammar = CommandGrammar("hub x", "", flags: [], operands: "FILE…")
    #expect(try grammar.parse(["a", "-", "--", "--b", "--"]).operands == ["a", "-", "--b", "--"])
  }

  private func message(_ arguments: [String], _ environment: [String: String]) -> String? {
    do {
      let parsed = try ServeSettings.grammar.parse(arguments)
      _ = try ServeSettings(parsed).configuration(environment: environment)
      return nil
    } catch let error as ConfigurationError {
      return ServeSettings.grammar.usage("\(error)").message
    } catch {
      return "\(error)"
    }
  }
}

@Suite("The file of --config")
struct ConfigurationFileTests {
  @Test("its members are the flags without dashes, and sections")
  func members() throws {
    let text = #"{"listen": ":9000", "allow-sinks": "10.0.0.0/8", "sinkPolicy": {"deny": []}}"#
    let settings = try ConfigurationFile.settings([UInt8](text.utf8), path: "hub.json")
    #expect(
      settings.mapValues(\.value) == ["listen": ":9000", "allow-sinks": "10.0.0.0/8", "sinkPolicy": ""])
    #expect(settings["allow-sinks"]?.place == "hub.json:1:36")
    #expect(settings["sinkPolicy"]?.section?.value == ["deny": []])
  }

  @Test("its sinkPolicy is in force, and --allow-sinks adds to it")
  func sinkPolicy() throws {
    let files = try TemporaryDirectory()
    try files.replace(
      "hub.yaml",
      """
      sinkPolicy:
        allow:
          - hosts: ["*.{namespace}.svc"]
        deny:
          - cidrs: [10.0.0.0/8]
      """)
    let arguments = try ServeSettings.grammar.parse([
      "--config", files.path + "/hub.yaml", "--allow-sinks=127.0.0.0/8",
    ])
    let policy = try ServeSettings(arguments).sinkPolicy
    #expect(policy.allow.map(\.hosts.description) == ["[*.{namespace}.svc]", "[]"])
    #expect(policy.allow.map(\.cidrs.description) == ["[]", "[127.0.0.0/8]"])
    #expect(policy.deny.map(\.cidrs.description) == ["[10.0.0.0/8]"])
    try files.replace(
      "hub.yaml", "listen: :8080\nsinkPolicy:\n  allow:\n    - hosts:\n        - a\n        - 10.0.0.1\n")
    let file = try ServeSettings.grammar.parse(["--config", files.path + "/hub.yaml"])
    do {
      _ = try ServeSettings(file)
      Issue.record("it was accepted")
    } catch {
      #expect(
        "\(error)".hasSuffix(
          "/hub.yaml:6:11: sinkPolicy.allow[0].hosts[1]: '10.0.0.1' is not a host; write a DNS name, *. before a name"
            + " for all below it, or * for every host; addresses belong in cidrs"), "\(error)")
    }
    try files.replace("hub.yaml", "sinkPolicy:\n  allow:\n    - namespaces: [a]\n")
    #expect(throws: ConfigurationError.self) { try ServeSettings(file) }
  }

  @Test("in YAML it says the same; comments alone leave every default")
  func yaml() throws {
    let text = "# hub\nlisten: :9000\nlog-level: warn\n"
    let settings = try ConfigurationFile.settings([UInt8](text.utf8), path: "hub.yml")
    #expect(settings.mapValues(\.value) == ["listen": ":9000", "log-level": "warn"])
    #expect(settings["listen"]?.place == "hub.yml:2:9")
    #expect(try ConfigurationFile.settings([UInt8]("# nothing".utf8), path: "hub.yaml").isEmpty)
  }

  @Test(
    "config/hub.yaml names every setting, each with the value that `hub serve --help` has for its default")
  func sample() throws {
    let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
    let bytes = [UInt8](try Data(contentsOf: root.appending(path: "config/hub.yaml")))
    #expect(try ConfigurationFile.settings(bytes, path: "config/hub.yaml").isEmpty)
    // With the comments taken off it is a file of all settings that are served.
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("#") }
      .map { $0.dropFirst() }.filter { $0.first?.isLetter == true || $0.hasPrefix("  ") }
    let all = try ConfigurationFile.settings(
      [UInt8](lines.joined(separator: "\n").utf8), path: "config/hub.yaml")
    let flags = ServeSettings.grammar.flags.map { String($0.name.dropFirst(2)) }.filter { $0 != "config" }
    let names = lines.filter { !$0.hasPrefix(" ") }.map { String($0.prefix { $0 != ":" }) }
    #expect(names == flags + ConfigurationSection.names + [ConfigurationFile.limitsName])
    let policy = try #require(try all["sinkPolicy"]?.section?.sinkPolicy())
    #expect(policy.allow.first?.hosts == SinkPolicy.standard.allow.first?.hosts)
    #expect(policy.allow.count > 1 && !policy.deny.isEmpty)
    #expect(all["listen"]?.value == ":8080" && all["log-level"]?.value == "info")
  }

  @Test(
    "a fault is named with the file, and the place or the member",
    arguments: [
      (
        "hub.json", #"{"lisen": ":1"}"#,
        "hub.json:1:11: unknown setting \"lisen\"; there are api-server, kubeconfig, context, listen,"
      ),
      ("hub.json", #"{"listen": 8080}"#, "hub.json:1:12: \"listen\" must be a string: ADDR:PORT"),
      ("hub.json", #"{"listen": ""}"#, "hub.json:1:12: \"listen\" must be a string: ADDR:PORT"),
      ("hub.json", "[]", "hub.json:1:1: the file must be one mapping"),
      ("hub.json", "{\n  \"listen\" 1}", "hub.json:2:12: "),
      ("hub.yaml", "log-level: debug\nlisen: x", "hub.yaml:2:8: unknown setting \"lisen\"; there are"),
      ("hub.yaml", "listen: 8080", "hub.yaml:1:9: \"listen\" must be a string: ADDR:PORT"),
      ("hub.yaml", "listen:", "hub.yaml:1:1: \"listen\" must be a string: ADDR:PORT"),
      (
        "hub.yaml", "allow-loopback-sinks: true",
        "hub.yaml:1:23: \"allow-loopback-sinks\" is no more: give the addresses"
      ),
      (
        "hub.yaml", "trust-all-tenants: true",
        "hub.yaml:1:20: \"trust-all-tenants\" is no more: the rights of each"
      ),
      ("hub.yaml", "listen: &a x", "hub.yaml:1:9: anchors (&name) are not supported; write the value out"),
      (
        "hub.yaml", "listen: a\nlisten: b",
        "hub.yaml:2:1: the key 'listen' stands in line 1 already; remove one"
      ),
      (
        "hub.yaml", "listen: ':1'\n---\nlog-level: info",
        "hub.yaml:3:1: a second document; write all settings in one"
      ),
      ("hub.yaml", "- a", "hub.yaml:1:1: the file must be one mapping"),
    ])
  func faults(path: String, text: String, message: String) {
    do {
      _ = try ConfigurationFile.settings([UInt8](text.utf8), path: path)
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".hasPrefix(message), "\(error)")
    }
  }

  @Test("a flag wins over the file, and a fault of the file's value names the file")
  func precedence() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("hub.json", #"{"listen": "nonsense", "log-level": "debug"}"#)
    let flags = ["--config", file, "--api-server", "http://127.0.0.1:1"]
    let won = try ServeSettings(ServeSettings.grammar.parse(flags + ["--listen", "127.0.0.1:1"]))
      .configuration(environment: [:])
    #expect(won.listen.port == 1)
    #expect(won.log.level == .debug)
    let settings = try ServeSettings(ServeSettings.grammar.parse(flags))
    #expect(throws: ConfigurationError.badAddress(setting: "\(file):1:12: listen", value: "nonsense")) {
      try settings.configuration(environment: [:])
    }
  }
}

@Suite("Addresses")
struct AddressTests {
  @Test(
    "an address to listen on",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1", 8080), (":8080", "", 8080), ("[::1]:1", "::1", 1),
      ("localhost:0", "127.0.0.1", 0), ("0.0.0.0:65535", "0.0.0.0", 65535),
    ])
  func listen(text: String, host: String, port: Int) {
    #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
  }

  @Test(
    "what is none",
    arguments: [
      "", "abc", "8080", "::1:80 ", "127.0.0.1", "127.0.0.1:", ":65536", ":-1", "[]:1", "[x]:1", "a b:1",
    ])
  func notListen(text: String) { #expect(ListenAddress(text) == nil) }

  @Test(
    "an API server's URL, whether it is on this machine, and whether a token may go there",
    arguments: [
      ("http://127.0.0.1:8001", true, true), ("http://localhost/prefix/", true, true),
      ("http://[::1]:80", true, true), ("https://10.0.0.1:443", false, true),
      ("http://10.0.0.1:8080", false, false), ("http://127.evil.example", false, false),
      ("http://127.0.0.1.evil.example", false, false),
    ])
  func api(url: String, isLoopback: Bool, mayCarryToken: Bool) throws {
    let access = try APIAccess(url: url)
    #expect(access.isLoopback == isLoopback)
    #expect(access.mayCarryCredentials == mayCarryToken)
    #expect(!access.baseURL.hasSuffix("/"))
  }

  @Test(
    "URLs that are refused: other schemes, users, queries, spaces, ports that are none",
    arguments: [
      "", "http://", "ftp://x", "x", "http://user:pw@x", "http://x?a", "http://x#a", "http://x y",
      "http://x:0",
      "http://x:70000", "http://[::1", "http://[::1]x", "http://x\n",
    ])
  func notAPI(url: String) {
    #expect(throws: ConfigurationError.badURL(setting: "--api-server", value: url)) {
      try APIAccess(url: url)
    }
  }

  @Test("in a pod the service account's token and CA are used, over https")
  func pod() throws {
    let four = try AccessFinder(environment: [
      "KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "6443",
    ]).find()
    #expect(four.baseURL == "https://10.96.0.1:6443")
    #expect(four.identity.tokenFile == "/var/run/secrets/kubernetes.io/serviceaccount/token")
    #expect(four.trust.authorities == .file("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"))
    let six = try AccessFinder(environment: ["KUBERNETES_SERVICE_HOST": "fd00::1"]).find()
    #expect(six.baseURL == "https://[fd00::1]:443")
  }
}
