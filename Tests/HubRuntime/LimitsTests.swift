import Foundation
import HubEngine
import JSONScan
import TestSupport
import Testing

@testable import HubRuntime

@Suite("The limits of the configuration")
struct LimitsTests {
  private func limits(_ text: String) throws(ConfigurationError) -> EngineLimits {
    try ConfigurationFile.limits(Array(text.utf8), path: "hub.yaml")
  }

  private func fault(_ text: String) -> String {
    do throws(ConfigurationError) {
      _ = try limits(text)
      return "none"
    } catch { return "\(error)" }
  }

  @Test("without limits, or without any of them, the defaults hold")
  func defaults() throws {
    for text in ["listen: :8080", "limits: {}", "limits: {hub: {}, tenant: {}}", "# nothing"] {
      let limits = try limits(text)
      #expect(limits.subscriptions == 20_000 && limits.deliveriesInFlight == 512)
      #expect(limits.waitingBodyBytes == 64 << 20 && limits.deliveriesPerSecond == nil)
      var tenant = TenantLimits()
      tenant.subscriptions = 2000
      #expect(limits.tenant == tenant)
    }
  }

  @Test("each of them is taken")
  func all() throws {
    let limits = try limits(
      """
      limits:
        hub: {subscriptions: 100, inFlight: 64, deliveriesPerSecond: 1000, pendingBytes: 8Mi}
        tenant: {subscriptions: 10, inFlight: 16, deliveriesPerSecond: 100, pendingBytes: 1048576}
      """)
    #expect(limits.subscriptions == 100 && limits.deliveriesInFlight == 64)
    #expect(limits.deliveriesPerSecond == 1000 && limits.waitingBodyBytes == 8 << 20)
    #expect(limits.tenant.subscriptions == 10 && limits.tenant.deliveriesInFlight == 16)
    #expect(limits.tenant.deliveriesPerSecond == 100 && limits.tenant.waitingBodyBytes == 1 << 20)
  }

  @Test("a tenant's subscriptions go down with the hub's, where they are not set")
  func follows() throws {
    #expect(try limits("limits: {hub: {subscriptions: 5}}").tenant.subscriptions == 5)
  }

  @Test(
    "at their bounds they are taken, beyond them refused",
    arguments: [
      ("subscriptions", 1, 100_000), ("inFlight", 1, 65_536), ("deliveriesPerSecond", 1, 1_000_000),
      ("pendingBytes", 0, 64 << 30),
    ])
  func bounds(name: String, low: Int, high: Int) {
    for good in [low, high] { #expect(fault("limits: {hub: {\(name): \(good)}}") == "none") }
    for bad in [low - 1, high + 1] {
      #expect(
        fault("limits: {hub: {\(name): \(bad)}}").hasPrefix(
          "hub.yaml:1:\(18 + name.utf8.count): limits.hub.\(name): is \(bad), not from \(low) to \(high)"))
    }
  }

  @Test(
    "a tenant's limit may be the hub's, and not more",
    arguments: ["subscriptions", "inFlight", "deliveriesPerSecond", "pendingBytes"])
  func tenantWithinHub(name: String) {
    #expect(fault("limits: {hub: {\(name): 7}, tenant: {\(name): 7}}") == "none")
    #expect(
      fault("limits: {hub: {\(name): 7}, tenant: {\(name): 8}}").contains(
        "limits.tenant.\(name): is 8, not from"))
  }

  @Test(
    "what is wrong is told by line, column and field, with what to do",
    arguments: [
      ("limits: 5", "hub.yaml:1:9: limits: is a number, not an object"),
      ("limits:\n  hubs: {}", "hub.yaml:2:9: limits.hubs: unknown field; did you mean hub?"),
      (
        "limits:\n  hub:\n    inflight: 5",
        "hub.yaml:3:15: limits.hub.inflight: unknown field; did you mean inFlight?"
      ),
      (
        "limits:\n  tenant:\n    inFlight: many",
        "hub.yaml:3:15: limits.tenant.inFlight: is a string, not a number"
      ),
      (
        "limits:\n  tenant:\n    inFlight: 1.5",
        "hub.yaml:3:15: limits.tenant.inFlight: is 1.5, not a whole number"
      ),
      ("limits:\n  hub:\n    pendingBytes: 64MB", "hub.yaml:3:19: limits.hub.pendingBytes: is '64MB', not"),
      ("limits:\n  hub:\n    pendingBytes: -1Mi", "hub.yaml:3:19: limits.hub.pendingBytes: is '-1Mi', not"),
      (
        "limits:\n  hub:\n    pendingBytes: 65Gi",
        "hub.yaml:3:19: limits.hub.pendingBytes: is 65Gi, not from 0"
      ),
    ])
  func faults(text: String, expected: String) {
    let found = fault(text)
    #expect(found.hasPrefix(expected), "\(found)")
  }

  @Test("the limits of config/hub.yaml, with the comments taken off, are the defaults but for the rates")
  func sample() throws {
    let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
    let bytes = [UInt8](try Data(contentsOf: root.appending(path: "config/hub.yaml")))
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").drop { $0 != "#limits:" }
    #expect(lines.count == 11)
    let limits = try limits(lines.map { $0.dropFirst() }.joined(separator: "\n"))
    let defaults = EngineLimits()
    #expect(limits.subscriptions == defaults.subscriptions)
    #expect(limits.deliveriesInFlight == defaults.deliveriesInFlight)
    #expect(limits.waitingBodyBytes == defaults.waitingBodyBytes)
    #expect(limits.tenant.subscriptions == defaults.tenant.subscriptions)
    #expect(limits.tenant.deliveriesInFlight == defaults.deliveriesInFlight / 2)
    #expect(limits.tenant.waitingBodyBytes == defaults.waitingBodyBytes / 2)
  }

  @Test("the other settings of the file stand beside them")
  func beside() throws {
    let text = "limits: {hub: {inFlight: 9}}\nlisten: 127.0.0.1:1"
    let settings = try ConfigurationFile.settings(Array(text.utf8), path: "hub.yaml")
    #expect(settings.keys.sorted() == ["listen"])
  }
}
