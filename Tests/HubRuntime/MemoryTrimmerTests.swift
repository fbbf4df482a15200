import Testing

@testable import HubRuntime

@Suite("Giving memory back")
struct MemoryTrimmerTests {
  private static let second = MemoryTrimmer.windowNanoseconds

  @Test("little work never leads to it, much does, a second later")
  func threshold() {
    var trimmer = MemoryTrimmer()
    trimmer.note(inputs: MemoryTrimmer.leastInputs - 1, at: 5)
    #expect(trimmer.deadline == nil)
    let wasDue = trimmer.isDue(at: 100 * Self.second)
    #expect(!wasDue)
    trimmer.note(inputs: 1, at: 7)
    #expect(trimmer.deadline == 7 + Self.second)
    let isEarly = trimmer.isDue(at: 6 + Self.second)
    let isDue = trimmer.isDue(at: 7 + Self.second)
    #expect(!isEarly && isDue)
    #expect(trimmer.deadline == nil)
  }

  @Test("a second that is not quiet puts it off, and after it the counting begins anew")
  func busy() {
    var trimmer = MemoryTrimmer()
    trimmer.note(inputs: MemoryTrimmer.leastInputs, at: 0)
    trimmer.note(inputs: MemoryTrimmer.quietInputs + 1, at: 1)
    let whileBusy = trimmer.isDue(at: Self.second)
    #expect(!whileBusy)
    #expect(trimmer.deadline == 2 * Self.second)
    trimmer.note(inputs: MemoryTrimmer.quietInputs, at: Self.second + 1)
    let whenQuiet = trimmer.isDue(at: 2 * Self.second)
    #expect(whenQuiet)
    trimmer.note(inputs: MemoryTrimmer.leastInputs - 1, at: 2 * Self.second)
    #expect(trimmer.deadline == nil)
  }
}
