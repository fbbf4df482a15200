import Testing

@testable import HubEngine
@testable import Simulator

@Suite("The machine of a sink")
struct SinkMachineTests {
  private let second = Duration64.second

  private func held(_ machine: inout SinkMachine, at now: UInt64) -> UInt64? {
    if case .held(let due) = machine.admission(at: now) { due } else { nil }
  }

  @Test("SEMANTICS 23: a cold sink gets one, each answer lets one more go, until it is open")
  func opening() {
    var machine = SinkMachine(coldWindow: 1)
    #expect(machine.state == .cold)
    #expect(held(&machine, at: 0) == nil)
    var eras = [machine.sent(at: 0)]
    #expect(held(&machine, at: 1) == SinkMachine.patience)
    for count in 1..<SinkMachine.openFrom {
      #expect(machine.inFlight == count)
      machine.answered(since: eras.removeLast(), at: 1)
      while machine.state != .open, held(&machine, at: 1) == nil { eras.append(machine.sent(at: 1)) }
    }
    #expect(machine.state == .open)
    for _ in 0..<1000 { _ = machine.sent(at: 1) }
    #expect(held(&machine, at: 1) == nil)
  }

  @Test("SEMANTICS 23: a failing sink gets nothing until its wait is over, then one at a time")
  func failing() {
    var machine = SinkMachine(coldWindow: 8)
    let eras = (0..<3).map { _ in machine.sent(at: 0) }
    machine.failed(since: eras[0], wait: 5 * second, demanded: 0, at: 0)
    #expect(machine.state == .failing && machine.failures == 1)
    #expect(held(&machine, at: 1) == 5 * second)
    // What was sent before that failure fails too: that is no news.
    machine.failed(since: eras[1], wait: 500 * second, demanded: 0, at: 1)
    #expect(machine.failures == 1 && held(&machine, at: 1) == 5 * second)
    // Nor does its success end the wait.
    machine.answered(since: eras[2], at: 2)
    #expect(machine.failures == 1 && held(&machine, at: 2) == 5 * second)
    #expect(held(&machine, at: 5 * second) == nil)
    let probe = machine.sent(at: 5 * second)
    #expect(held(&machine, at: 5 * second + 1) == 15 * second)
    machine.failed(since: probe, wait: 7 * second, demanded: 0, at: 6 * second)
    #expect(machine.failures == 2 && held(&machine, at: 6 * second) == 13 * second)
    machine.answered(since: machine.sent(at: 13 * second), at: 14 * second)
    #expect(machine.failures == 0 && machine.inFlight == 0)
    #expect(held(&machine, at: 14 * second) == nil)
  }

  @Test("what a sink itself asks for holds, also when it says so late")
  func demanded() {
    var machine = SinkMachine(coldWindow: 8)
    let eras = (0..<2).map { _ in machine.sent(at: 0) }
    machine.failed(since: eras[0], wait: second, demanded: 30 * second, at: 0)
    #expect(held(&machine, at: 2 * second) == 30 * second)
    machine.failed(since: eras[1], wait: second, demanded: 60 * second, at: 2 * second)
    #expect(held(&machine, at: 31 * second) == 62 * second)
  }

  @Test("a probe that was not refused for ten seconds lets another go beside it")
  func patience() {
    var machine = SinkMachine(coldWindow: 1)
    for count in 1...5 {
      let now = UInt64(count) * SinkMachine.patience
      #expect(held(&machine, at: now - 1) == (count == 1 ? nil : now))
      #expect(held(&machine, at: now) == nil)
      _ = machine.sent(at: now)
      #expect(machine.inFlight == count)
    }
  }

  @Test("a sink that was sent nothing for a minute is cold again; one that works on something is not")
  func cold() {
    var machine = SinkMachine(coldWindow: 1)
    machine.answered(since: machine.sent(at: 0), at: 0)
    let era = machine.sent(at: second)
    #expect(held(&machine, at: 100 * second) == nil)
    #expect(machine.state == .opening)
    machine.answered(since: era, at: 101 * second)
    #expect(held(&machine, at: 160 * second) == nil && machine.state == .opening)
    #expect(held(&machine, at: 161 * second) == nil && machine.state == .cold)
  }

  @Test("the table gives each tenant and URL its machine, for as long as somebody sends there")
  func table() {
    var table = SinkTable()
    func identity(_ tenant: String, _ url: String, administrator: Bool = false) -> SinkIdentity {
      SinkIdentity(tenant: tenant, isAdministrators: administrator, url: url)
    }
    func held(_ subscription: UInt32) -> SinkTable.Held {
      SinkTable.Held(subscription: subscription, role: .events)
    }
    let one = table.join(identity("a", "http://x"), coldWindow: 1)
    #expect(table.join(identity("a", "http://x"), coldWindow: 1) == one)
    let others = [
      identity("b", "http://x"), identity("a", "http://y"), identity("a", "http://x", administrator: true),
    ]
    #expect(Set(others.map { table.join($0, coldWindow: 1) } + [one]).count == 4)
    #expect(table.hold(held(7), for: one, until: 50) == 50)
    #expect(table.hold(held(8), for: one, until: 60) == nil)
    #expect(table.hold(held(9), for: one, until: 40) == 40)
    #expect(table.leave(one) == [])
    #expect(table.release(one) == [7, 8, 9].map(held) && table.release(one) == [])
    table.woke(one)
    #expect(table.hold(held(7), for: one, until: 70) == 70)
    #expect(table.leave(one) == [held(7)])
    #expect(table[one] == nil && table.count == 3)
    let again = table.join(identity("a", "http://x"), coldWindow: 1)
    #expect(again != one && table[one] == nil && table[again] != nil)
    #expect(table.hold(held(7), for: one, until: 1) == nil && table.release(one) == [])
  }
}
